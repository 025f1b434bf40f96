"""Hash algorithms, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from hashsvc.hashers.base import Hasher
from hashsvc.hashers.dhash import DhashHasher
from hashsvc.hashers.pdq import PdqHasher
from hashsvc.hashes import Algorithm

HASHERS: Mapping[Algorithm, Hasher] = MappingProxyType(
    {Algorithm.PDQ: PdqHasher(), Algorithm.DHASH: DhashHasher()}
)

__all__ = ["HASHERS", "Hasher"]

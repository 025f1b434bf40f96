"""64-bit hashes of the `imagehash` library, for comparing with what others hold.

They are other functions than ours, also where they share a name: one of these and one of
`hashsvc.hashes` have no distance. Not in `HASHERS`, and nothing is matched with them here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import imagehash

from hashsvc.photos import image_of
from hashsvc.pixels import Pixels

FOREIGN_SIDE = 8  # 8 by 8 bits, as the field uses them


class ForeignAlgorithm(StrEnum):
    """Whose hash; `imagehash-dhash` has its prefix because our own dHash is another."""

    PHASH = "phash"
    DHASH = "imagehash-dhash"
    WHASH = "whash"


@dataclass(frozen=True, slots=True)
class ForeignHash:
    """A hash that cannot be matched here; its `repr` names the algorithm and never the bits."""

    algorithm: ForeignAlgorithm
    digest: bytes = field(repr=False)  # 8 bytes, in the order of the hexadecimal digits

    def hex(self) -> str:
        """16 lower-case hexadecimal digits, as `imagehash` prints them."""
        return self.digest.hex()


_FUNCTIONS: Mapping[ForeignAlgorithm, Callable[..., imagehash.ImageHash]] = MappingProxyType(
    {
        ForeignAlgorithm.PHASH: imagehash.phash,
        ForeignAlgorithm.DHASH: imagehash.dhash,
        ForeignAlgorithm.WHASH: imagehash.whash,
    }
)


def foreign_hash(algorithm: ForeignAlgorithm, pixels: Pixels) -> ForeignHash:
    """Hash a photo the way `imagehash` does, from our canonical pixels."""
    bits = _FUNCTIONS[algorithm](image_of(pixels), hash_size=FOREIGN_SIDE)
    return ForeignHash(algorithm, bytes.fromhex(str(bits)))

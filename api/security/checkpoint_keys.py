"""`checkpoint.keys`: what an instance signs the heads of its audit streams with (Ed25519)."""

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.security.key_files import add_key, make_ring, read_ring
from hashsvc.transparency import Signer, Verifier
from indexer.store.sealing import KEY_BYTES, KeyRing

_NAME = "checkpoint.keys"


@dataclass(frozen=True, slots=True)
class CheckpointKeys:
    """Every key of the file signs, so that a new key is vouched for by the one before it."""

    ring: KeyRing = field(repr=False)

    def signers(self, origin: str) -> list[Signer]:
        """For one log, the newest first."""
        return [Signer(origin, _derived(key)) for key in self.ring.keys.values()]

    def verifiers(self, origin: str) -> list[Verifier]:
        """Their public halves."""
        return [signer.verifier for signer in self.signers(origin)]


def checkpoint_keys(folder: Path) -> CheckpointKeys:
    """Read the file, made where it is missing.

    Raises:
        KeyFileError: it is readable by others or damaged.
    """
    path = folder / _NAME
    if not path.exists():
        make_ring(path)
    return CheckpointKeys(read_ring(path))


def add_checkpoint_key(folder: Path) -> CheckpointKeys:
    """Put a new key before those of the file; from its next start on a server signs with it too.

    Raises:
        KeyFileError: the file cannot be used as it is.
    """
    checkpoint_keys(folder)
    return CheckpointKeys(add_key(folder / _NAME))


def _derived(key: bytes) -> bytes:
    derivation = HKDF(
        algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"hashsvc/checkpoints/1"
    )
    return derivation.derive(key)

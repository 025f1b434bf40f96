"""`checkpoint.keys`: what an instance signs the heads of its audit streams with (Ed25519)."""

from dataclasses import dataclass, field
from pathlib import Path

from api.security.derived_keys import derived_key
from api.security.key_files import add_key, ring_at
from hashsvc.transparency import Signer, Verifier
from indexer.store.sealing import KeyRing

_NAME = "checkpoint.keys"
_PURPOSE = b"hashsvc/checkpoints/1"


@dataclass(frozen=True, slots=True)
class CheckpointKeys:
    """Every key of the file signs, so that a new key is vouched for by the one before it."""

    ring: KeyRing = field(repr=False)

    def signers(self, origin: str) -> list[Signer]:
        """For one log, the newest first."""
        return [Signer(origin, derived_key(key, _PURPOSE)) for key in self.ring.keys.values()]

    def verifiers(self, origin: str) -> list[Verifier]:
        """Their public halves."""
        return [signer.verifier for signer in self.signers(origin)]


def checkpoint_keys(folder: Path) -> CheckpointKeys:
    """Read the file, made where it is missing.

    Raises:
        KeyFileError: it is readable by others or damaged.
    """
    return CheckpointKeys(ring_at(folder / _NAME))


def add_checkpoint_key(folder: Path) -> CheckpointKeys:
    """Put a new key before those of the file; from its next start on a server signs with it too.

    Raises:
        KeyFileError: the file cannot be used as it is.
    """
    ring_at(folder / _NAME)
    return CheckpointKeys(add_key(folder / _NAME))

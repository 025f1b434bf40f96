"""A witness: holds the newest checkpoint of each log it watches, and signs only what follows it.

In its folder: `witness.key`; for each log a folder with the keys it is checked with, `newest`, and
`evidence` for what spoke against that.
"""

import fcntl
import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hashsvc.files import replacing
from hashsvc.transparency.checkpoints import Checkpoint
from hashsvc.transparency.errors import (
    CheckpointOlderError,
    ForkedError,
    GrowthProofMissingError,
    GrowthUnprovenError,
    LogUnknownError,
    ProofWrongError,
    WitnessExistsError,
    WitnessFolderError,
)
from hashsvc.transparency.merkle import EMPTY, Root
from hashsvc.transparency.notes import KeyKind, Note, Signer, Verifier
from hashsvc.transparency.proofs import GrowthProof, RowProof

_KEY = "witness.key"
_KEY_LINE = re.compile(r"(\S+) ([0-9a-f]{64})\n")
_PRIVATE = 0o600
_FOLDER = 0o700
_SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint that follows from what was held."""

    checkpoint: Checkpoint
    note: Note  # with the witness's signature
    before: int | None  # the size that was held; None: this is the first


@dataclass(frozen=True, slots=True)
class Witness:
    """One folder."""

    folder: Path
    signer: Signer

    @classmethod
    def make(cls, folder: Path, name: str) -> "Witness":
        """A new one, with a key of its own.

        Raises:
            WitnessExistsError: the folder holds something.
            VerifierKeyError: no note can carry the name.
            OSError: it cannot be written.
        """
        signer = Signer(name, secrets.token_bytes(_SEED_BYTES), KeyKind.WITNESS)
        folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise WitnessExistsError
        with replacing(folder / _KEY, mode=_PRIVATE) as draft:
            draft.write_text(f"{signer.name} {signer.seed.hex()}\n", encoding="utf-8")
        return cls(folder, signer)

    @classmethod
    def read(cls, folder: Path) -> "Witness":
        """The one that was made there.

        Raises:
            WitnessFolderError: there is none.
        """
        try:
            line = _KEY_LINE.fullmatch((folder / _KEY).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise WitnessFolderError from error
        if line is None:
            raise WitnessFolderError
        return cls(folder, Signer(line[1], bytes.fromhex(line[2]), KeyKind.WITNESS))

    def trust(self, verifier: Verifier) -> None:
        """Watch a log from now on, or take one more key for it.

        Raises:
            OSError: it cannot be written.
        """
        with self._locked():
            log = self._log(verifier.name)
            log.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
            lines = [f"{one}\n" for one in {**dict.fromkeys(self._keys(log)), verifier: None}]
            with replacing(log / "keys", mode=_PRIVATE) as draft:
                draft.write_text("".join(lines), encoding="utf-8")

    def check(self, body: bytes, *, at: datetime) -> Seen:
        """Hold a checkpoint that follows from the one held until now, and sign it.

        Args:
            body: a checkpoint, or one with a proof that the log only grew.
            at: when.

        Raises:
            WitnessError: it does not follow, or says nothing of a log that is watched.
            TransparencyError: it is no such file, or its signature does not fit.
            OSError: it cannot be kept.
        """
        proof = GrowthProof.read(body) if body.startswith(b"old ") else None
        note = proof.note if proof else Note.read(body)
        checkpoint = Checkpoint.read(note.text)
        with self._locked():
            log = self._known(checkpoint.origin, note)
            held = self._held(log)
            if held is not None:
                self._require_follows(log, held, checkpoint, proof, body)
            signed = note.signed_by(self.signer, at=at)
            with replacing(log / "newest", mode=_PRIVATE) as draft:
                draft.write_bytes(bytes(signed))
        return Seen(checkpoint, signed, held[1].root.size if held else None)

    def check_row(self, body: bytes) -> tuple[Checkpoint, int]:
        """Whether a row is in a log that is watched: the checkpoint and the row's number.

        Raises:
            LogUnknownError: the log is not watched.
            TransparencyError: that is not proven, or not signed.
        """
        proof = RowProof.read(body)
        checkpoint = proof.require()
        self._known(checkpoint.origin, proof.note)
        return checkpoint, proof.index + 1

    def held(self) -> list[tuple[str, Checkpoint | None]]:
        """What is watched, by name, with what is held of each."""
        found = []
        for keys in self.folder.glob("logs/*/keys"):
            held = self._held(keys.parent)
            found.append((self._keys(keys.parent)[0].name, held[1] if held else None))
        return sorted(found, key=lambda one: one[0])

    def restart(self, origin: str) -> None:
        """Let the next checkpoint of a log be the first again; what was held is kept as evidence.

        Raises:
            LogUnknownError: the log is not watched.
        """
        with self._locked():
            log = self._log(origin)
            held = self._held(log)
            if not self._keys(log):
                raise LogUnknownError
            if held is not None:
                _keep(log, held[0])
                (log / "newest").unlink()

    def _known(self, origin: str, note: Note) -> Path:
        log = self._log(origin)
        keys = self._keys(log)
        if not keys:
            raise LogUnknownError
        note.require_signed(keys)
        return log

    def _require_follows(
        self,
        log: Path,
        held: tuple[Note, Checkpoint],
        shown: Checkpoint,
        proof: GrowthProof | None,
        body: bytes,
    ) -> None:
        old, new = held[1].root, shown.root
        if new.size < old.size:
            raise CheckpointOlderError
        if old in {EMPTY, new}:
            return
        if new.size > old.size and (proof is None or proof.old_size != old.size):
            raise GrowthProofMissingError(old.size)
        if proof is not None and _proves(proof, old):
            return
        _keep(log, held[0])
        _keep(log, body)
        raise ForkedError if new.size == old.size else GrowthUnprovenError

    def _held(self, log: Path) -> tuple[Note, Checkpoint] | None:
        try:
            note = Note.read((log / "newest").read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WitnessFolderError from error
        note.require_signed([self.signer.verifier])  # nobody else wrote it
        return note, Checkpoint.read(note.text)

    def _keys(self, log: Path) -> list[Verifier]:
        try:
            lines = (log / "keys").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [Verifier.read(line) for line in lines]

    def _log(self, origin: str) -> Path:
        return self.folder / "logs" / hashlib.sha256(origin.encode()).hexdigest()[:16]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time: what is held must not change between a look and its signature."""
        with (self.folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _proves(proof: GrowthProof, old: Root) -> bool:
    try:
        proof.require(old)
    except ProofWrongError:
        return False
    return True


def _keep(log: Path, shown: Note | bytes) -> None:
    body = shown if isinstance(shown, bytes) else bytes(shown)
    folder = log / "evidence"
    folder.mkdir(mode=_FOLDER, exist_ok=True)
    with replacing(folder / hashlib.sha256(body).hexdigest()[:16], mode=_PRIVATE) as draft:
        draft.write_bytes(body)

"""Files that carry a proof together with the checkpoint that it leads to.

That a row is in a log: c2sp.org/tlog-proof, with the row's digest as its extra line. That a log
only grew: what c2sp.org/tlog-witness sends to a witness.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hashsvc.transparency.checkpoints import Checkpoint, from_base64, in_base64
from hashsvc.transparency.errors import CheckpointMalformedError, ProofMalformedError
from hashsvc.transparency.merkle import MAX_PROOF, Root, require_consistent, require_included
from hashsvc.transparency.notes import MAX_BYTES, Note

_FIRST = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_MOST_LINES = MAX_PROOF + 3
_MOST_BYTES = MAX_BYTES + _MOST_LINES * 64


@dataclass(frozen=True, slots=True)
class RowProof:
    """That a row is in the log of a checkpoint."""

    digest: bytes
    index: int  # of its leaf: one less than its sequence number
    hashes: Sequence[bytes]
    note: Note

    def require(self) -> Checkpoint:
        """Check the proof, not who signed the checkpoint.

        Raises:
            ProofWrongError: it proves nothing.
            CheckpointMalformedError: the note is no checkpoint.
        """
        checkpoint = Checkpoint.read(self.note.text)
        require_included(self.digest, self.index, checkpoint.root, self.hashes)
        return checkpoint

    def __bytes__(self) -> bytes:
        """As a file."""
        opening = [_FIRST, f"extra {in_base64(self.digest)}", f"index {self.index}"]
        return _file(opening, self.hashes, self.note)

    @classmethod
    def read(cls, body: bytes) -> "RowProof":
        """From a file that anybody may have written.

        Raises:
            ProofMalformedError: it is no such file.
            NoteMalformedError: what stands below is no signed note.
        """
        lines, note = _parts(body)
        if len(lines) < 3 or lines[0] != _FIRST:  # the opening has three lines
            raise ProofMalformedError
        digest = _hashes([_after("extra", lines[1])])[0]
        return cls(digest, _number(_after("index", lines[2])), _hashes(lines[3:]), note)


@dataclass(frozen=True, slots=True)
class GrowthProof:
    """That the log of a checkpoint begins with an older one."""

    old_size: int
    hashes: Sequence[bytes]
    note: Note

    def require(self, old: Root) -> Checkpoint:
        """Check the proof, not who signed the checkpoint.

        Args:
            old: what the verifier holds.

        Raises:
            ProofWrongError: it proves nothing, or is about another size.
            CheckpointMalformedError: the note is no checkpoint.
        """
        checkpoint = Checkpoint.read(self.note.text)
        require_consistent(old, checkpoint.root, self.hashes)
        return checkpoint

    def __bytes__(self) -> bytes:
        """As a file."""
        return _file([f"old {self.old_size}"], self.hashes, self.note)

    @classmethod
    def read(cls, body: bytes) -> "GrowthProof":
        """From a file that anybody may have written.

        Raises:
            ProofMalformedError: it is no such file.
            NoteMalformedError: what stands below is no signed note.
        """
        lines, note = _parts(body)
        return cls(_number(_after("old", lines[0])), _hashes(lines[1:]), note)


def _file(opening: Sequence[str], hashes: Sequence[bytes], note: Note) -> bytes:
    lines = [*opening, *(in_base64(hash_) for hash_ in hashes), ""]
    return "".join(f"{line}\n" for line in lines).encode() + bytes(note)


def _parts(body: bytes) -> tuple[list[str], Note]:
    above, empty, below = body.partition(b"\n\n")
    if not empty or len(body) > _MOST_BYTES:
        raise ProofMalformedError
    try:
        lines = above.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise ProofMalformedError from error
    if len(lines) > _MOST_LINES:
        raise ProofMalformedError
    return lines, Note.read(below)


def _after(word: str, line: str) -> str:
    if not line.startswith(f"{word} "):
        raise ProofMalformedError
    return line.removeprefix(f"{word} ")


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ProofMalformedError
    return int(text)


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    try:
        return tuple(from_base64(line) for line in lines)
    except CheckpointMalformedError as error:
        raise ProofMalformedError from error

"""What a checkpoint says (c2sp.org/tlog-checkpoint): a log's name, its size and its root."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hashsvc.transparency.errors import CheckpointMalformedError
from hashsvc.transparency.merkle import EMPTY, HASH_BYTES, Root

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one size; believed only inside a note that its key signed."""

    origin: str
    root: Root
    extensions: Sequence[str] = ()  # `<word> <value>` each; nobody but the log vouches for them

    def text(self) -> str:
        """The text of its note."""
        lines = (self.origin, str(self.root.size), in_base64(self.root.hash), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def told(self, word: str) -> str | None:
        """What the extension line that begins with a word says; None where there is none."""
        for line in self.extensions:
            if line.startswith(f"{word} "):
                return line.removeprefix(f"{word} ")
        return None

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """From a note's text.

        Raises:
            CheckpointMalformedError: it is of another form.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):  # three and the end
            raise CheckpointMalformedError
        origin, size, node, *extensions = lines
        if not _SIZE.fullmatch(size):
            raise CheckpointMalformedError
        root = Root(int(size), from_base64(node))
        if root.size == 0 and root != EMPTY:
            raise CheckpointMalformedError
        return cls(origin, root, tuple(extensions))


def in_base64(hash_: bytes) -> str:
    """A hash as these formats write it."""
    return base64.b64encode(hash_).decode()


def from_base64(text: str) -> bytes:
    """A hash as these formats write it.

    Raises:
        CheckpointMalformedError: it is none.
    """
    try:
        hash_ = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckpointMalformedError from error
    if len(hash_) != HASH_BYTES or in_base64(hash_) != text:
        raise CheckpointMalformedError
    return hash_

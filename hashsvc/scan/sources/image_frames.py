"""What a scan and the child process that reads a disk image say to each other."""

import json
import struct
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from hashsvc.scan.records import FileState, FoundFile, Reason

HEAD = struct.Struct("<Ic")  # of every frame: bytes that follow, and what they are
ASK, FILE, END, DATA, REASON = b"a", b"f", b"e", b"d", b"r"
MOST_BYTES = 1 << 20  # of a file, in one answer


class Ask(StrEnum):
    """What can be asked."""

    WHOLE = "whole"  # DATA: `1` if the image is what was acquired
    VOLUMES = "volumes"  # a DATA for each name, then END
    FILES = "files"  # of a volume: a FILE for each, then END
    READ = "read"  # DATA, or REASON


def framed(kind: bytes, body: bytes = b"") -> bytes:
    """A frame."""
    return HEAD.pack(len(body), kind) + body


def question(ask: Ask, file: FoundFile | None = None, offset: int = 0, length: int = 0) -> bytes:
    """A question in its frame; of FILES the path alone counts: the volume."""
    about = words_of(file) if file else None
    return framed(ASK, json.dumps([ask, about, offset, length]).encode())


def words_of(file: FoundFile) -> list[object]:
    """A file as JSON."""
    times = (file.modified_ns, file.changed_ns, file.accessed_ns, file.created_ns)
    return [file.path.hex(), file.address, file.size, *times, file.state, file.problem]


def file_of(words: Sequence[Any]) -> FoundFile:
    """A file from JSON.

    Raises:
        ValueError: this is none; TypeError likewise.
    """
    path, address, size, modified, changed, accessed, created, state, problem = words
    times = (modified, changed, accessed, created)
    if not all(isinstance(one, int) for one in (address, size, *(one or 0 for one in times))):
        raise ValueError("This is no file.")
    reason = Reason(problem) if problem else None
    return FoundFile(bytes.fromhex(path), address, size, *times, FileState(state), reason)

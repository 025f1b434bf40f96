"""What a scan knows of a file: what was found, what became of it, and totals that must add up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a file; every file has exactly one."""

    HASHED = "hashed"
    DUPLICATE = "duplicate"
    NOT_MEDIA = "not_media"
    FAILED = "failed"
    EXCLUDED = "excluded"


class Reason(StrEnum):
    """Why a file failed or was excluded."""

    UNREADABLE = "unreadable"
    PERMISSION = "permission"
    MISSING = "missing"
    DIRECTORY_UNREADABLE = "directory_unreadable"
    CHANGED = "changed_while_scanning"
    ENCRYPTED = "encrypted"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    MEMORY = "memory"
    DECODE = "decode"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    FILESYSTEM_UNREADABLE = "filesystem_unreadable"
    METADATA_GONE = "metadata_gone"  # a deleted file's name is left, its place on the disk is not
    CONTAINER = "container"  # its members are files of their own
    CONTAINER_LIMIT = "container_limit"
    CONTAINER_DAMAGED = "container_damaged"
    CONTAINER_UNSUPPORTED = "container_unsupported"
    COMPRESSION_UNSUPPORTED = "compression_unsupported"
    NO_SPACE = "no_space"  # to unpack a container in the output folder
    NOT_REGULAR = "not_regular"
    RESERVED = "reserved"  # by the file system for itself: no file's bytes were ever there
    UNALLOCATED = "unallocated"  # space that belongs to no partition
    VIDEO = "video"

    @property
    def outcome(self) -> Outcome:
        """The last four are not asked to be read; others, containers aside, could not be."""
        if self is Reason.CONTAINER:
            return Outcome.NOT_MEDIA
        return Outcome.EXCLUDED if self in _EXCLUDED else Outcome.FAILED


_EXCLUDED = {Reason.NOT_REGULAR, Reason.RESERVED, Reason.UNALLOCATED, Reason.VIDEO}


class FileState(StrEnum):
    """Whether a file system still lists a file."""

    ALLOCATED = "allocated"
    DELETED = "deleted"  # its name or its inode is left, marked as free


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One thing that a source lists."""

    path: bytes  # below the source or its container, as its own bytes
    address: int = 0  # tells files of one path apart: an inode, an entry's number or offset
    size: int = 0  # bytes, as the source says
    modified_ns: int | None = None  # times are since 1970
    changed_ns: int | None = None  # what is known about it, not its bytes
    accessed_ns: int | None = None
    created_ns: int | None = None
    state: FileState = FileState.ALLOCATED
    problem: Reason | None = None  # known without opening it
    within: "FoundFile | None" = None  # the container that holds it


class FileProblemError(Exception):
    """A file could not be read to its end; becomes a row, never the end of a scan."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Totals:
    """How many files a scan found, and what became of them."""

    enumerated: int
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    matched: int = 0  # files, copies included
    minors: int = 0  # photos whose match may show somebody under 18

    @property
    def pending(self) -> int:
        """Files without an outcome: 0 once a scan has finished."""
        return self.enumerated - sum(self.outcomes.values())

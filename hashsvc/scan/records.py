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
    CONTAINER_DAMAGED = "container_damaged"
    CONTAINER_UNSUPPORTED = "container_unsupported"
    COMPRESSION_UNSUPPORTED = "compression_unsupported"
    NOT_REGULAR = "not_regular"
    VIDEO = "video"

    @property
    def outcome(self) -> Outcome:
        """The last two are not asked to be read, all others could not be."""
        excluded = self in {Reason.NOT_REGULAR, Reason.VIDEO}
        return Outcome.EXCLUDED if excluded else Outcome.FAILED


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One thing that a source lists."""

    path: bytes  # below the source, as its own bytes
    address: int = 0  # number of the entry in an archive, from 0
    size: int = 0  # bytes, as the source says
    modified_ns: int | None = None
    problem: Reason | None = None  # known without opening it


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

    @property
    def pending(self) -> int:
        """Files without an outcome: 0 once a scan has finished."""
        return self.enumerated - sum(self.outcomes.values())

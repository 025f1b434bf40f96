"""Frozen values about list streams: what is handed on to recipients, and who they are."""

from dataclasses import dataclass
from datetime import datetime

from hashsvc import Hash, SignatureId
from hashsvc.closed_sets import ListedState
from indexer.records import LIVE_STATES, Platform


@dataclass(frozen=True, slots=True)
class Wish:
    """That an operator wants a platform to have a list."""

    by: str  # operator, 1..64 signs
    reference: str  # of what was agreed with the platform, 1..128 signs


@dataclass(frozen=True, slots=True)
class Grant:
    """A platform's right to a bank's list, which two operators gave."""

    platform: Platform
    bank: str
    bank_id: int
    asked_by: str  # operator
    granted_by: str | None  # another one; None: not yet
    reference: str | None  # what both named; None: from before one was asked for
    revoked: bool
    data_key_id: int  # names and seals what only this recipient gets
    acknowledged: int  # position up to which the recipient has done everything
    asked_at: datetime | None  # when it last read

    @property
    def holds(self) -> bool:
        """Whether the recipient may read now."""
        return self.granted_by is not None and not self.revoked


@dataclass(frozen=True, slots=True)
class StreamHead:
    """The newest end of a list stream."""

    epoch: bytes  # 8 random bytes, new after every restore
    pos: int
    published_at: int  # seconds since 1970; 0 while nothing was published


@dataclass(frozen=True, slots=True)
class ListLine:
    """One listed signature at its latest change, as one recipient gets it."""

    pos: int
    published_at: int  # seconds since 1970, never falls as `pos` rises
    added_pos: int  # where it was first added; a reader beyond it may have it
    signature_id: SignatureId
    state: ListedState
    disputed: bool  # confirmed, though a platform spoke against it
    pdq: Hash | None  # None: erased

    @property
    def live(self) -> bool:
        """Whether it is on the list."""
        return self.state in LIVE_STATES


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some lines of a stream, in order."""

    lines: tuple[ListLine, ...]
    last_pos: int  # everything up to here was looked at
    more: bool  # there are lines beyond


@dataclass(frozen=True, slots=True)
class ListAccess:
    """Who was handed which part of a list: an audit row, kept with the answer or not at all."""

    grant: Grant
    key_id: str
    dialect: str
    after: int  # position, exclusive
    page: ListPage

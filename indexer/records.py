"""Frozen values that enter and leave the store."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType

from hashsvc import Signature, SignatureId
from hashsvc.closed_sets import (
    CaseStatus,
    Decision,
    ListedState,
    MatchState,
)
from hashsvc.policies import GradedHit, Tier

CaseId = NewType("CaseId", int)
PlatformId = NewType("PlatformId", int)
MatchId = NewType("MatchId", str)  # "mat_" and 26 Crockford digits


LIVE_STATES = (ListedState.PROBATION, ListedState.CONFIRMED)


class BankKind(StrEnum):
    """What a bank's signatures are for."""

    REPORTED = "reported"  # uploads are matched against them
    BENIGN = "benign"  # must never match: templates, logos, stock; reports are checked against them


class Hold(StrEnum):
    """Why a listed signature is suspended."""

    INTAKE = "intake"  # near something benign: an operator has to look
    VOTES = "votes"
    APPEAL = "appeal"
    FLOOD = "flood"
    CHILD = "child"  # no vote opens it again
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a listed signature stands."""

    state: ListedState
    hold: Hold | None = None  # why, while it is suspended


class Side(StrEnum):
    """What a platform's decision says about a listed signature."""

    CONFIRM = "confirm"
    SUSPEND = "suspend"


class Stream(StrEnum):
    """The two hash-chained streams."""

    CHANGE = "change"  # what alters the list: the index follows it
    ACCESS = "access"  # who was answered, and who did what


class ChangeKind(IntEnum):
    """What a change does to the index; the numbers are stored."""

    ADD = 1
    REMOVE = 2
    NOTE = 3  # nothing: a row of the access stream


@dataclass(frozen=True, slots=True)
class Change:
    """One row of an ordered, gap-free, chained stream."""

    seq: int
    kind: ChangeKind
    signature_id: SignatureId
    day: int  # days since 1970-01-01; no finer time is kept
    body: str  # canonical JSON
    prev: bytes  # digest of the row before, 32 bytes
    digest: bytes  # of this row, 32 bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The newest end of a log."""

    epoch: bytes  # 8 random bytes, new after every restore
    seq: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A signature about to be listed."""

    signature: Signature
    strong_only: bool = False  # answers at tier strong alone
    held: bool = False  # kept, but not matched until an operator has looked


@dataclass(frozen=True, slots=True)
class Digests:
    """What is kept of a case number and its PIN."""

    number_mac: bytes  # 32 bytes
    pepper_id: str
    pin_digest: str  # Argon2id, PHC string


@dataclass(frozen=True, slots=True)
class NewCase(Digests):
    """A case about to be opened; secrets enter the store only as digests."""

    request_mac: bytes  # of the signatures, to tell a repeat from another request


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the store holds it."""

    case_id: CaseId
    status: CaseStatus
    pepper_id: str  # under which the number and the PIN are kept
    pin_digest: str
    request_mac: bytes
    opened_day: int
    signatures: int  # how many are listed now


@dataclass(frozen=True, slots=True)
class PinAttempts:
    """Wrong PINs in a row for one case number, known or not."""

    failures: int
    next_at: datetime  # no PIN is checked before


@dataclass(frozen=True, slots=True)
class Platform:
    """A service that checks uploads."""

    platform_id: PlatformId
    name: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """An API key about to be stored; the secret itself never is."""

    key_id: str
    secret_mac: bytes
    scopes: tuple[str, ...]
    weakest_tier: Tier  # weaker matches are not answered
    expires_at: datetime
    label: str = ""  # the holder's own word for it
    not_before: datetime | None = None  # None: it holds at once
    parent_id: str | None = None  # the key that made it; None: an operator did
    root_id: str | None = None  # the operator's key above it; None: itself
    daily_budget: int | None = None  # signatures; None: as many as the key above it may ask
    public_key: bytes | None = None  # Ed25519, 32 bytes; with it each request must be signed


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A platform's credential as the store holds it."""

    key_id: str
    platform: Platform
    secret_mac: bytes
    scopes: tuple[str, ...]
    weakest_tier: Tier
    expires_at: datetime
    revoked: bool
    root_id: str  # the operator's key above it, or itself
    label: str = ""
    not_before: datetime | None = None
    parent_id: str | None = None
    daily_budget: int | None = None
    root_budget: int | None = None  # the daily budget of `root_id`
    public_key: bytes | None = None
    last_used_day: int | None = None  # days since 1970-01-01; no finer time is kept

    def holds(self, at: datetime) -> bool:
        """Whether it may be used at this moment."""
        begun = self.not_before is None or at >= self.not_before
        return begun and not self.ended(at)

    def ended(self, at: datetime) -> bool:
        """Whether it was revoked or has expired."""
        return self.revoked or at >= self.expires_at


@dataclass(frozen=True, slots=True)
class Bank:
    """A named, live collection of listed signatures."""

    name: str
    kind: BankKind
    weakest_tier: Tier  # its signatures answer at this tier and stronger ones
    live: int  # signatures
    held: int  # signatures that wait for an operator


@dataclass(frozen=True, slots=True)
class Match:
    """One photo with graded hits that the store confirmed as live."""

    match_id: MatchId
    tier: Tier  # the strongest of all live hits, also of those of earlier questions
    state: MatchState
    decision: Decision | None  # the platform's latest
    due_at: datetime | None  # of its soonest clock
    list_state: ListedState  # of the listed signature behind `nearest`
    nearest: GradedHit  # the best live hit of this question

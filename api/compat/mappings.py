"""Our words in other networks' words, and theirs in ours: the tables that code and tests read."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from hashsvc.closed_sets import Decision, ListedState, Reason
from indexer.list_records import ListLine

TIME_ZERO = 1_600_000_000  # a position looks like a time to StopNCII's clients, and is none


@dataclass(frozen=True, slots=True)
class Standing:
    """How StopNCII's words say where a listed signature stands."""

    status: str
    feedback: tuple[tuple[str, str], ...]  # value, tag


DISPUTED = Standing("Active", (("Blocked", "confirmed"), ("NotBlocked", "disputed")))
STANDINGS: Mapping[ListedState, Standing] = {
    ListedState.PROBATION: Standing("Received", (("None", "probation"),)),
    ListedState.CONFIRMED: Standing("Active", (("Blocked", "confirmed"),)),
    ListedState.SUSPENDED: Standing("Deleted", (("Deleted", "removed"), ("NotBlocked", "removed"))),
    ListedState.DELISTED: Standing("Deleted", (("Deleted", "removed"), ("NotBlocked", "removed"))),
}


def standing_of(line: ListLine) -> Standing:
    """Where a line stands, in StopNCII's words."""
    return DISPUTED if line.disputed and line.live else STANDINGS[line.state]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a platform decided, said in another network's words."""

    decision: Decision
    reason: Reason
    automated: bool = False  # then it is no vote


# Feedback from StopNCII's clients; a tag that is one of our reasons takes the reason's place.
FEEDBACK: Mapping[str, Wish | None] = {
    "Blocked": Wish(Decision.REMOVED, Reason.INTIMATE_NO_CONSENT),
    "NotBlocked": Wish(Decision.KEPT, Reason.POLICY_PERMITS),
    "PendingReview": Wish(Decision.PENDING, Reason.UNDER_REVIEW),
    "QualityUnknown": Wish(Decision.PENDING, Reason.CANNOT_JUDGE),
    "None": None,
    "Withdrawn": Wish(Decision.PENDING, Reason.UNDER_REVIEW),
    "Deleted": Wish(Decision.PENDING, Reason.UNDER_REVIEW),
}
AUTOMATED_TAG = "automated"

# pytx sends the name of its own class in front; other kinds of signals are not taken.
SIGNAL_TYPES = frozenset({"ImagePDQ", "StopNCIISignalType.ImagePDQ"})


# NCMEC's clients vote: for, or against with a reason that they ask us for first.
AFFIRMATIVE = Wish(Decision.REMOVED, Reason.INTIMATE_NO_CONSENT)
_REASONS = UUID("5b2f1d0e-7c34-4a52-9d5c-0c1f3f7f2a66")  # ours; the ids below hang on it
NEGATIVE: Mapping[str, Reason] = {
    str(uuid5(_REASONS, reason.value)): reason
    for reason in (
        Reason.NOT_A_MATCH,
        Reason.BENIGN_ASSET,
        Reason.NOT_INTIMATE,
        Reason.CONSENT_SHOWN,
        Reason.PUBLIC_INTEREST,
        Reason.POLICY_PERMITS,
    )
}

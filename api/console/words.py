"""What the console calls things: plain words for the members of closed sets, and for time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from api.console.filters import Due, Show
from hashsvc import Tier
from hashsvc.closed_sets import (
    AppealOutcome,
    AppealReason,
    ClockState,
    Decision,
    ListedState,
    MatchState,
    Reason,
    Restriction,
    Surface,
)

TIERS: Mapping[Tier, str] = {
    Tier.STRONG: "strong",
    Tier.LIKELY: "likely",
    Tier.POSSIBLE: "possible",
}
STATES: Mapping[MatchState, str] = {
    MatchState.OPEN: "open",
    MatchState.PENDING: "pending",
    MatchState.DECIDED: "decided",
    MatchState.REOPENED: "opened again",
    MatchState.SUSPENDED: "suspended: wait",
    MatchState.WITHDRAWN: "withdrawn: nothing to do",
}
LIST_STATES: Mapping[ListedState, str] = {
    ListedState.PROBATION: "on probation",
    ListedState.CONFIRMED: "confirmed by a platform",
}
SURFACES: Mapping[Surface, str] = {
    Surface.UPLOAD: "upload",
    Surface.MESSAGE: "message",
    Surface.PROFILE: "profile",
    Surface.LIVE: "live",
    Surface.STORAGE: "storage",
    Surface.OTHER: "other",
}
SHOWN: Mapping[Show, str] = {
    Show.TO_DO: "to do",
    Show.PENDING: "pending",
    Show.DECIDED: "decided",
    Show.SUSPENDED: "suspended",
    Show.WITHDRAWN: "withdrawn",
    Show.ALL: "all",
}
DUE: Mapping[Due, str] = {
    Due.OVERDUE: "overdue",
    Due.SOON: "overdue, or due within 4 h",
}
CLOCK_STATES: Mapping[ClockState, str] = {
    ClockState.RUNNING: "runs",
    ClockState.PAUSED: "paused",
    ClockState.STOPPED: "stopped",
    ClockState.OVERDUE: "overdue",
}
DECISIONS: Mapping[Decision, str] = {
    Decision.REMOVED: "Removed",
    Decision.RESTRICTED: "Restricted",
    Decision.KEPT: "Kept",
    Decision.PENDING: "Pending",
}
REASONS: Mapping[Reason, str] = {
    Reason.INTIMATE_NO_CONSENT: "Intimate, without consent",
    Reason.SYNTHETIC: "Made or altered to look intimate",
    Reason.COURT_ORDER: "A court ordered it",
    Reason.POLICY_OTHER: "Another rule of ours",
    Reason.ALREADY_REMOVED: "It was gone already",
    Reason.MINOR_SUSPECTED: "Somebody in it may be under 18",
    Reason.NOT_A_MATCH: "Not the same photo",
    Reason.BENIGN_ASSET: "A logo, a template, a stock photo",
    Reason.NOT_INTIMATE: "Not intimate",
    Reason.CONSENT_SHOWN: "Consent was shown",
    Reason.PUBLIC_INTEREST: "Public interest",
    Reason.POLICY_PERMITS: "Our rules permit it",
    Reason.UNDER_REVIEW: "Somebody is looking at it",
    Reason.USER_CONTACTED: "We asked whoever uploaded it",
    Reason.CANNOT_JUDGE: "It cannot be judged",
}
RESTRICTIONS: Mapping[Restriction, str] = {
    Restriction.AGE_GATE: "behind an age gate",
    Restriction.REACH: "shown to fewer people",
    Restriction.GEO: "hidden in some countries",
    Restriction.INTERACTION: "no sharing, no comments",
    Restriction.LABEL: "labelled",
}
OUTCOMES: Mapping[AppealOutcome, str] = {
    AppealOutcome.UPHELD: "Upheld: the uploader was right",
    AppealOutcome.REJECTED: "Rejected: nothing changes",
}
APPEAL_REASONS: Mapping[AppealReason, str] = {
    AppealReason.NOT_A_MATCH: REASONS[Reason.NOT_A_MATCH],
    AppealReason.NOT_INTIMATE: REASONS[Reason.NOT_INTIMATE],
    AppealReason.CONSENT_SHOWN: REASONS[Reason.CONSENT_SHOWN],
    AppealReason.PUBLIC_INTEREST: REASONS[Reason.PUBLIC_INTEREST],
    AppealReason.OTHER: "Something else",
}


class Said(StrEnum):
    """What the console says after something was done."""

    HELD = "held"
    UNDONE = "undone"
    LATE = "late"
    UPHELD = "upheld"
    UPHELD_BEFORE = "upheld_before"
    REJECTED = "rejected"
    JUDGED_BEFORE = "judged_before"


SAID: Mapping[Said, str] = {
    Said.HELD: "Decided. It is sent in ten seconds; until then you can undo it.",
    Said.UNDONE: "Undone. Nobody heard of it.",
    Said.LATE: "Too late: it was sent. Decide again to change it; the last decision counts.",
    Said.UPHELD: "The appeal is kept. What hit is matched no more, and other platforms that "
    "removed or restricted the photo for it are asked to look again.",
    Said.UPHELD_BEFORE: "The appeal is kept. What hit was not matched any more; nothing changes.",
    Said.REJECTED: "The appeal is kept. Nothing changes.",
    Said.JUDGED_BEFORE: "This form was sent before with another answer, which is kept. "
    "If it was wrong, fill in the form below anew.",
}
_UNITS = (("day", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def time_left(due: datetime | None, *, at: datetime) -> str:
    """How a clock stands, in words: never by colour alone."""
    if due is None:
        return "no clock runs"
    if due <= at:
        return f"overdue by {_span(at - due)}"
    return f"{_span(due - at)} left"


def moment(at: datetime) -> str:
    """A time as people read it; the console knows no time zone but UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _span(time: timedelta) -> str:
    """The two largest units that are not nothing, rounded down."""
    parts = []
    for name, unit in _UNITS:
        count, time = divmod(time, unit)
        if count:
            plural = "s" if name == "day" and count > 1 else ""
            parts.append(f"{count} {name}{plural}")
    return " ".join(parts[:2]) or "less than a minute"

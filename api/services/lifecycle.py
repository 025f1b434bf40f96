"""What a decision does: the one table of effects, and the rules by which votes move signatures."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hashsvc.closed_sets import Decision, ListedState, Reason
from indexer.platform_records import Votes
from indexer.records import LIVE_STATES, Hold, Side, Standing


class Outcome(StrEnum):
    """What a survivor is told of a decision."""

    REMOVED = "removed"
    GONE = "already_gone"
    LIMITED = "limited"
    NOT_ACTED = "not_acted"  # the site could not or would not act
    LOOKING = "looking"
    HIDDEN = "hidden"  # nothing: it was another photo, or the helpline page speaks


@dataclass(frozen=True, slots=True)
class Effect:
    """What one decision with one reason does."""

    outcome: Outcome
    vote: Side | None = None  # about the signatures that hit; automated decisions never vote
    hold: Hold | None = None  # suspends at once, whatever the votes
    stops_clocks: bool = True


_CONFIRMING = (
    Reason.INTIMATE_NO_CONSENT,
    Reason.SYNTHETIC,
    Reason.COURT_ORDER,
    Reason.POLICY_OTHER,
)
EFFECTS: Mapping[tuple[Decision, Reason], Effect] = {
    **{
        (Decision.REMOVED, reason): Effect(Outcome.REMOVED, vote=Side.CONFIRM)
        for reason in _CONFIRMING
    },
    (Decision.REMOVED, Reason.ALREADY_REMOVED): Effect(Outcome.GONE),
    (Decision.REMOVED, Reason.MINOR_SUSPECTED): Effect(Outcome.HIDDEN, hold=Hold.CHILD),
    **{
        (Decision.RESTRICTED, reason): Effect(Outcome.LIMITED, vote=Side.CONFIRM)
        for reason in _CONFIRMING
    },
    **{
        (Decision.KEPT, reason): Effect(Outcome.HIDDEN, vote=Side.SUSPEND)
        for reason in (Reason.NOT_A_MATCH, Reason.BENIGN_ASSET)
    },
    **{
        (Decision.KEPT, reason): Effect(Outcome.NOT_ACTED)
        for reason in (
            Reason.NOT_INTIMATE,
            Reason.CONSENT_SHOWN,
            Reason.PUBLIC_INTEREST,
            Reason.POLICY_PERMITS,
        )
    },
    **{
        (Decision.PENDING, reason): Effect(Outcome.LOOKING, stops_clocks=False)
        for reason in (Reason.UNDER_REVIEW, Reason.USER_CONTACTED, Reason.CANNOT_JUDGE)
    },
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How many platforms it takes."""

    confirm: int
    suspend: int


DEFAULT_THRESHOLDS = Thresholds(confirm=1, suspend=2)  # published: the guide states them


def moved(standing: Standing, votes: Votes, thresholds: Thresholds) -> Standing:
    """Where a listed signature stands after these votes.

    Confirming is for good until more platforms speak against it: a `confirmed` signature is
    suspended by no fewer votes than confirm it. What was suspended for flooding comes back with
    the first confirming vote; every other hold needs an operator.
    """
    against = votes.suspend >= thresholds.suspend and votes.suspend >= votes.confirm
    confirmed = votes.confirm >= thresholds.confirm and not against
    if standing.hold is Hold.FLOOD and confirmed:
        return Standing(ListedState.CONFIRMED)
    if standing.state not in LIVE_STATES:
        return standing
    if against:
        return Standing(ListedState.SUSPENDED, Hold.VOTES)
    return Standing(ListedState.CONFIRMED) if confirmed else standing

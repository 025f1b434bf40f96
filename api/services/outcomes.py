"""What a survivor is told of platforms' decisions: counts of sites, a day late, by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.services.lifecycle import EFFECTS, Outcome
from indexer.platform_records import Deed, Receipts
from indexer.records import Case

# Who watches the page and a site at once cannot tell which click was about whom.
_DELAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """On how many sites what was done."""

    sites: Mapping[Outcome, int]  # every outcome is a key
    last_month: str | None  # such as "2026-11"; None: nothing is told yet


@dataclass(frozen=True, slots=True)
class CaseReport:
    """Everything that a survivor may know of a case."""

    case: Case
    tally: Tally
    receipts: Receipts  # of the withdrawal


def tally(deeds: Sequence[Deed], *, at: datetime) -> Tally:
    """Count sites by what they did, leaving out what is less than a day old.

    A site with several copies counts once for each thing that it did.
    """
    told = [(outcome, deed) for deed in deeds if (outcome := _outcome(deed, at)) is not None]
    sites = {
        outcome: len({deed.platform_id for each, deed in told if each is outcome})
        for outcome in Outcome
    }
    months = [f"{deed.received_at:%Y-%m}" for _, deed in told if deed.received_at]
    return Tally(sites, max(months, default=None))


def _outcome(deed: Deed, at: datetime) -> Outcome | None:
    if deed.decision is None or deed.reason is None or deed.received_at is None:
        return None
    if deed.received_at > at - _DELAY:
        return None
    outcome = EFFECTS[deed.decision, deed.reason].outcome
    return None if outcome is Outcome.HIDDEN else outcome

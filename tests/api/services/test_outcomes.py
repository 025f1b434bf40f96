"""What a survivor is told: sites, not copies; a day late; nothing that would hurt or betray."""

from datetime import UTC, datetime, timedelta

import pytest

from api.services.lifecycle import EFFECTS, Outcome
from api.services.outcomes import tally
from hashsvc.closed_sets import Decision, Reason
from indexer.platform_records import Deed
from indexer.records import PlatformId

AT = datetime(2030, 5, 17, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=30)


def deed(platform, decision=Decision.REMOVED, reason=Reason.INTIMATE_NO_CONSENT, at=LONG_AGO):
    return Deed(PlatformId(platform), decision, reason, at)


def test_sites_are_counted_once_for_each_thing_they_did():
    told = tally(
        [
            deed(1),
            deed(1),
            deed(2),
            deed(1, Decision.KEPT, Reason.POLICY_PERMITS),
            deed(3, Decision.PENDING, Reason.UNDER_REVIEW),
        ],
        at=AT,
    )

    assert told.sites[Outcome.REMOVED] == 2
    assert told.sites[Outcome.NOT_ACTED] == 1
    assert told.sites[Outcome.LOOKING] == 1
    assert told.last_month == "2030-04"


@pytest.mark.parametrize(("age", "sites"), [(timedelta(hours=23), 0), (timedelta(days=1), 1)])
def test_what_is_less_than_a_day_old_is_not_told(age, sites):
    told = tally([deed(1, at=AT - age)], at=AT)

    assert told.sites[Outcome.REMOVED] == sites
    assert (told.last_month is None) == (sites == 0)


def test_no_decision_yet_is_not_told():
    told = tally([Deed(PlatformId(1), None, None, None)], at=AT)

    assert set(told.sites.values()) == {0}
    assert told.last_month is None


@pytest.mark.parametrize(
    ("decision", "reason"),
    [key for key, effect in EFFECTS.items() if effect.outcome is Outcome.HIDDEN],
)
def test_another_persons_photo_or_a_suspected_minor_is_not_told(decision, reason):
    told = tally([deed(1, decision, reason)], at=AT)

    assert set(told.sites.values()) == {0}
    assert told.last_month is None

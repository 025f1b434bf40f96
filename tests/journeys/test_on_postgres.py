"""The main job on PostgreSQL: the same service, another store."""

from dataclasses import replace

import pytest

from examples.demo.service import running_service
from hashsvc.client import NewDecision, PlatformClient, SurvivorClient
from hashsvc.closed_sets import CaseStatus, Decision, FeedKind, ListedState, MatchState, Reason
from hashsvc.hashing import enrolment_signatures
from hashsvc.policies import Tier, Verdict
from tests.factories import make_pixels

pytestmark = pytest.mark.postgres
SCOPES = ("matches:write", "matches:read", "decisions:write", "changes:read")
REMOVED = NewDecision(Decision.REMOVED, Reason.INTIMATE_NO_CONSENT, copies_removed=2)


@pytest.fixture
def service(postgres_databases, tmp_path, monkeypatch):
    with postgres_databases.empty() as url:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", url)
        with running_service(tmp_path / "data") as running:
            yield running


@pytest.fixture
def survivor(service):
    with SurvivorClient(service.url) as client:
        yield client


@pytest.fixture
def platforms(service):
    """Two platforms."""
    keys = [service.make_key(name, *SCOPES) for name in ("one", "other")]
    with PlatformClient(service.url, keys[0]) as one, PlatformClient(service.url, keys[1]) as other:
        yield one, other


def heard(platform):
    """What a platform is told, handled and acknowledged."""
    changes = []
    platform.follow(changes.append)
    return [change.kind for change in changes]


def test_a_case_is_matched_until_it_is_withdrawn(survivor, platforms):
    photo = make_pixels(seed=12)

    access = survivor.open_case(enrolment_signatures(photo), "402913")
    while_listed = platforms[0].match_photo(photo, "upl-1")
    survivor.withdraw(access)
    afterwards = platforms[0].match_photo(photo, "upl-1")

    assert while_listed.tier is Tier.STRONG
    assert afterwards.verdict is Verdict.NONE
    assert survivor.status(access).status is CaseStatus.WITHDRAWN


def test_from_a_report_over_match_and_decision_to_withdrawal_with_receipts(survivor, platforms):
    one, other = platforms
    photo = make_pixels(seed=13)
    access = survivor.open_case(enrolment_signatures(photo), "402913")

    first, second = (platform.match_photo(photo, "upl-1") for platform in platforms)
    decided = one.decide(first.match_id, REMOVED)
    confirmed = heard(other)
    again = other.match_photo(photo, "upl-1")
    status = survivor.status(access)
    survivor.withdraw(access)
    withdrawn = [heard(platform) for platform in platforms]
    receipts = survivor.status(access)

    assert first.match_id != second.match_id
    assert decided.state is MatchState.DECIDED
    assert confirmed == [FeedKind.MATCH_CONFIRMED]
    assert again.list_state is ListedState.CONFIRMED
    assert (status.removed, status.last_month) == (0, None)  # told a day later
    assert [kinds[-1] for kinds in withdrawn] == [FeedKind.MATCH_WITHDRAWN] * 2
    assert (receipts.sites_told, receipts.sites_confirmed) == (2, 2)
    assert one.decide(first.match_id, replace(REMOVED, reason=Reason.SYNTHETIC)).state is (
        MatchState.WITHDRAWN
    )

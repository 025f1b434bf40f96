"""What sites did, as a survivor sees it: only on a second tap, in both languages, a day late."""

import sqlite3
from datetime import timedelta

import pytest

from hashsvc.client import NewDecision, PlatformClient, SurvivorClient, Upload
from hashsvc.closed_sets import Decision, Reason
from hashsvc.times import now
from tests.browser.walks import PIN, arrives
from tests.factories import make_signature

pytestmark = pytest.mark.browser
SCOPES = ("matches:write", "decisions:write", "changes:read")
REMOVED = NewDecision(Decision.REMOVED, Reason.INTIMATE_NO_CONSENT)


@pytest.fixture
def case(service):
    """A case, and a platform that matched its photo: the number, the platform, the match's id."""
    signature = make_signature(seed=83_001)
    with SurvivorClient(service.url) as survivor:
        access = survivor.open_case([signature], PIN)
        with PlatformClient(service.url, service.make_key("a site", *SCOPES)) as platform:
            (answer,) = platform.match([Upload("upl-1", [signature])])
            yield access.number, platform, answer.match_id
        survivor.withdraw(access)


def let_a_day_pass(service):
    """Decisions are as old as they would be tomorrow."""
    yesterday = now() - timedelta(days=1, seconds=1)
    with sqlite3.connect(service.data / "hashsvc.db", timeout=30) as database:
        database.execute(
            "UPDATE decision SET received_at = ?", (round(yesterday.timestamp() * 1_000_000),)
        )
    database.close()
    return f"{yesterday:%Y-%m}"


def asks(visitor, service, number):
    arrives(visitor, service.url)
    visitor.click("[data-go=status]")
    visitor.types("#number-typed", number)
    visitor.types("#pin-typed", PIN)
    visitor.click("main [type=submit]")
    visitor.waits_for("#sites")


def test_what_sites_did_is_shown_on_a_second_tap(visitor, service, case):
    number, platform, match_id = case
    platform.decide(match_id, REMOVED)
    month = let_a_day_pass(service)
    asks(visitor, service, number)
    before = visitor.text("#state")

    visitor.click("#sites")

    visitor.waits_for("#state", text="Sites that removed copies: 1.")
    after = visitor.text("#state")
    assert "removed" not in before
    assert f"Latest news: {month}." in after
    assert "a day late" in after


def test_what_was_done_today_is_not_told_yet(chromium, service, case):
    number, platform, match_id = case
    platform.decide(match_id, REMOVED)
    asks(chromium, service, number)

    chromium.click("#sites")

    chromium.waits_for("#state", text="No site has told us of a copy so far.")


def test_after_a_withdrawal_it_says_which_sites_confirmed(chromium, service, case):
    number, platform, _ = case
    asks(chromium, service, number)
    chromium.click("[data-do=stop]")
    chromium.click("[data-do=withdraw]")
    chromium.waits_for("main [data-do=clear]")
    platform.follow(lambda _: None)

    asks(chromium, service, number)
    chromium.click("#sites")

    chromium.waits_for("#state", text="Sites that we told to stop: 1. Sites that confirmed it: 1.")


def test_it_follows_when_the_language_changes(chromium, service, case):
    asks(chromium, service, case[0])
    chromium.click("#sites")

    chromium.click("#language")

    chromium.waits_for("#state", text="Hakuna tovuti iliyotuambia")

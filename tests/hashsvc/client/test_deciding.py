"""Both clients decide, list and follow, against a real service."""

from datetime import UTC, datetime
from itertools import count

import pytest

from hashsvc.client import (
    AsyncPlatformClient,
    MatchFilter,
    NewDecision,
    PlatformClient,
    SurvivorClient,
    SweepReceipt,
    Upload,
)
from hashsvc.client.platforms import followed
from hashsvc.client.values import Change, ChangesPage
from hashsvc.closed_sets import (
    AppealOutcome,
    AppealReason,
    Decision,
    FeedKind,
    MatchState,
    Reason,
    Surface,
)
from hashsvc.errors import FeedBrokenError, RefusedError
from hashsvc.times import now
from tests.factories import make_signature
from tests.hashsvc.client.in_loop import InLoop

SCOPES = (
    "matches:write",
    "matches:read",
    "decisions:write",
    "changes:read",
    "appeals:write",
    "sweeps:write",
)
REMOVED = NewDecision(Decision.REMOVED, Reason.INTIMATE_NO_CONSENT, copies_removed=2)
_seeds = count(7_000)


@pytest.fixture(params=[PlatformClient, AsyncPlatformClient])
def platform(request, service):
    """A platform of its own for each test: nobody else's matches are in its lists."""
    client = request.param(service.url, service.make_key(f"platform {next(_seeds)}", *SCOPES))
    with InLoop(client) if request.param is AsyncPlatformClient else client as used:
        yield used


@pytest.fixture
def handler(platform):
    """What was handled, and a handler of the kind that the client wants."""
    handled = []

    async def in_loop(change):
        handled.append(change)

    return handled, in_loop if isinstance(platform, InLoop) else handled.append


@pytest.fixture
def survivor(service):
    with SurvivorClient(service.url) as client:
        yield client


def matched(platform, survivor, **fields):
    """A fresh case, and the answer about an upload of its photo."""
    signature = make_signature(seed=next(_seeds))
    access = survivor.open_case([signature], "402913")
    (answer,) = platform.match([Upload("upl-1", [signature], **fields)])
    return access, answer


def test_a_decision_is_told_and_read_back(platform, survivor):
    _, answer = matched(platform, survivor, surface=Surface.MESSAGE)

    decided = platform.decide(answer.match_id, REMOVED)
    read = platform.read_match(answer.match_id)

    assert read == decided
    assert (read.state, read.decision, read.surface) == (
        MatchState.DECIDED,
        Decision.REMOVED,
        Surface.MESSAGE,
    )
    assert [past.reason for past in read.history] == [Reason.INTIMATE_NO_CONSENT]


def test_lists_go_on_over_pages(platform, survivor):
    ids = set()
    for number in range(3):
        signature = make_signature(seed=next(_seeds))
        survivor.open_case([signature], "402913")
        (answer,) = platform.match([Upload(f"upl-{number}", [signature])])
        ids.add(answer.match_id)

    assert {each.match_id for each in platform.matches()} == ids
    assert list(platform.matches(MatchFilter(state=MatchState.DECIDED))) == []


def test_a_notice_starts_a_clock(platform, survivor):
    _, answer = matched(platform, survivor)

    notice = platform.keep_notice(
        answer.match_id, "au-osa", datetime(2026, 1, 1, tzinfo=UTC), ["removal_notice"]
    )

    assert notice.missing == ()
    clocks = {clock.regime for clock in platform.read_match(answer.match_id).clocks}
    assert clocks == {"service-review", "au-osa"}


def test_a_withdrawal_is_heard_handled_and_acknowledged(platform, survivor, handler):
    access, answer = matched(platform, survivor)
    handled, handle = handler
    cursor = platform.follow(handle)
    survivor.withdraw(access)

    cursor = platform.follow(handle, cursor)
    platform.follow(handle, cursor)

    assert [(each.kind, each.match_id) for each in handled] == [
        (FeedKind.MATCH_WITHDRAWN, answer.match_id)
    ]
    told = survivor.status(access)
    assert (told.sites_told, told.sites_confirmed) == (1, 1)


def test_what_was_not_handled_is_not_acknowledged(platform, survivor):
    access, _ = matched(platform, survivor)
    survivor.withdraw(access)

    def fail(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        platform.follow(fail)

    assert survivor.status(access).sites_confirmed == 0


def test_a_refusal_names_its_problem(platform):
    with pytest.raises(RefusedError) as caught:
        platform.read_match("mat_00000000000000000000000000")

    assert (caught.value.status, caught.value.problem) == (404, "no-such-match")


def test_an_upheld_appeal_suspends_what_hit(platform, survivor):
    _, answer = matched(platform, survivor)

    appeal = platform.appeal(answer.match_id, AppealOutcome.UPHELD, AppealReason.NOT_A_MATCH, now())

    assert appeal.appeal_id.startswith("app_")
    assert (appeal.state, appeal.list_state) == (MatchState.SUSPENDED, None)


def test_sweeps_are_listed_and_an_unknown_one_takes_no_receipt(platform):
    receipt = SweepReceipt(now(), now(), items_scanned=1, hits=0)

    assert list(platform.sweeps()) == []
    with pytest.raises(RefusedError) as caught:
        platform.keep_sweep_receipt("swp_00000000000000000000000000", receipt)
    assert caught.value.status == 404


def change(seq):
    return Change(seq, FeedKind.MATCH_CONFIRMED, None, {}, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("last", "seqs", "ends"), [(None, [4, 5], 5), (3, [4, 5], 5), (3, [], 3), (None, [], None)]
)
def test_entries_that_follow_are_taken(last, seqs, ends):
    assert followed(ChangesPage(tuple(map(change, seqs)), "c", has_more=False), last) == ends


@pytest.mark.parametrize(("last", "seqs"), [(3, [5]), (3, [4, 6]), (None, [4, 6]), (3, [3])])
def test_a_missing_entry_is_noticed(last, seqs):
    with pytest.raises(FeedBrokenError):
        followed(ChangesPage(tuple(map(change, seqs)), "c", has_more=False), last)

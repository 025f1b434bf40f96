"""Both clients decide, list and follow, against a real service."""

import asyncio
import inspect
from datetime import UTC, datetime
from itertools import count

import pytest

from hashsvc.client import (
    AsyncPlatformClient,
    MatchFilter,
    NewDecision,
    PlatformClient,
    SurvivorClient,
    Upload,
)
from hashsvc.client.platforms import followed
from hashsvc.client.values import Change, ChangesPage
from hashsvc.closed_sets import Decision, FeedKind, MatchState, Reason, Surface
from hashsvc.errors import FeedBrokenError, RefusedError
from tests.factories import make_signature

SCOPES = ("matches:write", "matches:read", "decisions:write", "changes:read")
REMOVED = NewDecision(Decision.REMOVED, Reason.INTIMATE_NO_CONSENT, copies_removed=2)
_seeds = count(7_000)


class InLoop:
    """The asynchronous client, used as the other one is."""

    def __init__(self, url, key):
        self._client = AsyncPlatformClient(url, key)
        self._loop = asyncio.new_event_loop()

    def __getattr__(self, name):
        method = getattr(self._client, name)

        def called(*args, **kwargs):
            result = method(*args, **kwargs)
            if inspect.isasyncgen(result):
                return iter(self._wait(_all_of(result)))
            return self._wait(result)

        return called

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._wait(self._client.close())
        self._loop.close()

    def _wait(self, awaitable):
        return self._loop.run_until_complete(awaitable)


async def _all_of(results):
    return [result async for result in results]


@pytest.fixture(params=[PlatformClient, InLoop], ids=["sync", "async"])
def platform(request, service):
    """A platform of its own for each test: nobody else's matches are in its lists."""
    key = service.make_key(f"platform {next(_seeds)}", *SCOPES)
    with request.param(service.url, key) as client:
        yield client


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

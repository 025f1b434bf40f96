"""What holds for every database: feeds without a gap, votes of one voice, answers given once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.metrics import Metrics
from api.security.api_keys import Caller
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.decisions import DecisionService
from api.services.idempotency import Idempotency, Once
from api.services.regimes import Regimes
from hashsvc import Tier
from hashsvc.closed_sets import Decision, FeedKind, ListedState, Reason
from indexer.platform_records import NewDecision, NewEntry
from indexer.records import Side, Standing
from indexer.store import tables
from indexer.store.feeds import Feeds
from tests.indexer.factories import (
    AT,
    confirm,
    listed_in,
    log_of,
    make_asked,
    make_graded,
    make_key_ring,
    make_new_key,
    make_platform,
    open_case,
    withdraw_case,
)
from tests.indexer.rows import column

WRITERS = 8
EACH = 25
MATCH = f"mat_{0:026}"  # as ids are: the audit takes no others


@pytest.fixture
def platform(store):
    return make_platform(store)


@pytest.fixture
def service(store):
    return DecisionService(
        store, Regimes.read(), Idempotency(Pepper(make_key_ring())), Metrics(), changed=lambda: None
    )


def caller_of(store, platform, key_id):
    with store.transaction() as tx:
        tx.platforms.add_key(platform, make_new_key(key_id=key_id))
        kept = tx.platforms.key(key_id)
    return Caller(key_id, platform, frozenset(Scope), Tier.POSSIBLE, kept)


def tell(store, *platforms, kind=FeedKind.MATCH_CONFIRMED):
    with store.transaction() as tx:
        tx.feeds.append([NewEntry(each.platform_id, kind) for each in platforms], at=AT)


def feed(store, platform):
    with store.snapshot() as tx:
        return tx.feeds.after(platform.platform_id, 0, limit=10_000)


def test_writers_side_by_side_leave_no_gap(store, platform):
    other = make_platform(store, "other.example")

    def write(number):
        order = (platform, other) if number % 2 else (other, platform)
        for _ in range(EACH):
            tell(store, *order)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))

    for each in (platform, other):
        assert [entry.seq for entry in feed(store, each)] == list(range(1, WRITERS * EACH + 1))


def test_what_is_rolled_back_leaves_no_number(store, platform):
    with store.engine.connect() as connection:
        Feeds(connection).append([NewEntry(platform.platform_id, FeedKind.MATCH_CONFIRMED)], at=AT)
        connection.rollback()
    tell(store, platform)

    assert [entry.seq for entry in feed(store, platform)] == [1]


def test_acknowledging_keeps_the_first_time_of_each_entry(store, platform):
    for _ in range(2):
        tell(store, platform)
    with store.transaction() as tx:
        tx.feeds.acknowledge(platform.platform_id, 1, at=AT)
    with store.transaction() as tx:
        tx.feeds.acknowledge(platform.platform_id, 2, at=AT + timedelta(hours=1))

    times = column(store, tables.feed_entry, "acknowledged_at")
    assert sorted(times) == [AT, AT + timedelta(hours=1)]


@pytest.mark.parametrize(
    ("states", "kinds"),
    [
        ([ListedState.SUSPENDED], ["remove"]),
        ([ListedState.CONFIRMED], []),
        ([ListedState.SUSPENDED, ListedState.PROBATION], ["remove", "add"]),
        ([ListedState.SUSPENDED, ListedState.SUSPENDED], ["remove"]),
    ],
)
def test_the_index_hears_of_what_begins_or_ceases_to_match(store, states, kinds):
    open_case(store, 1)
    (id_,) = listed_in(store)
    for state in states:
        with store.transaction() as tx:
            tx.listing.standings([id_])
            tx.listing.move({id_: Standing(state)}, at=AT)

    _, log = log_of(store)

    assert [change.kind.name.lower() for change in log] == ["add", *kinds]


def test_what_is_delisted_stays_so(store):
    case_id = open_case(store, 1)
    (id_,) = listed_in(store)
    withdraw_case(store, case_id)

    with store.transaction() as tx:
        tx.listing.move({id_: Standing(ListedState.CONFIRMED)}, at=AT)

    assert column(store, tables.listed_signature, "state") == ["delisted"]


def test_a_suspended_match_is_restored_to_what_was_decided(store, platform, service):
    open_case(store, 1)
    (id_,) = listed_in(store)
    match = confirm(store, make_asked(platform, new_id=MATCH), [make_graded(id_)])
    new = NewDecision(Decision.KEPT, Reason.NOT_INTIMATE, automated=False, decided_at=AT)
    caller = caller_of(store, platform, "key00001")
    with store.transaction() as tx:
        service.record(tx, caller, match.match_id, new, at=AT)
    for state in (ListedState.SUSPENDED, ListedState.PROBATION):
        with store.transaction() as tx:
            tx.listing.move({id_: Standing(state)}, at=AT)
            tx.matches.settle([id_], at=AT)

    told = [entry.kind for entry in feed(store, platform)]
    assert told == [FeedKind.MATCH_SUSPENDED, FeedKind.MATCH_RESTORED]
    assert column(store, tables.match, "state") == ["decided"]


def test_a_platform_has_one_voice_for_each_signature(store, platform):
    open_case(store, 1)
    (id_,) = listed_in(store)
    asked = [make_asked(platform, ref=f"photo {n}", new_id=f"mat_{n:026}") for n in range(2)]
    first, second = (confirm(store, each, [make_graded(id_)]).match_id for each in asked)
    with store.transaction() as tx:
        tx.votes.cast(first, platform.platform_id, Side.CONFIRM, [id_])
        tx.votes.cast(second, platform.platform_id, Side.SUSPEND, [id_])
        votes = tx.votes.count([id_])[id_]

    assert (votes.confirm, votes.suspend) == (0, 1)


def test_one_request_a_hundred_times_at_once_has_one_effect(store, platform, service):
    open_case(store, 1)
    match = confirm(
        store, make_asked(platform, new_id=MATCH), [make_graded(id_) for id_ in listed_in(store)]
    )
    caller = caller_of(store, platform, "key00001")
    new = NewDecision(Decision.REMOVED, Reason.INTIMATE_NO_CONSENT, automated=False, decided_at=AT)

    def decide(_):
        once = Once("decide", "the-key", "the request")
        return service.decide(
            caller, match.match_id, new, once=once, write=lambda file: repr(file.view), at=AT
        )

    with ThreadPoolExecutor(WRITERS) as pool:
        answers = list(pool.map(decide, range(100)))

    assert [answer.replayed for answer in answers].count(False) == 1
    assert len({answer.text for answer in answers}) == 1
    assert len(column(store, tables.decision, "id")) == 1


def test_platforms_that_decide_at_the_same_time_all_count(store, service):
    case_id = open_case(store, 3)
    hits = [make_graded(id_) for id_ in listed_in(store)]
    platforms = [make_platform(store, f"{n}.example") for n in range(WRITERS)]
    callers = [caller_of(store, each, f"key0000{n}") for n, each in enumerate(platforms)]
    matches = [
        confirm(store, make_asked(each, new_id=f"mat_{n:026}"), hits).match_id
        for n, each in enumerate(platforms)
    ]
    new = NewDecision(Decision.KEPT, Reason.NOT_A_MATCH, automated=False, decided_at=AT)

    def decide(number):
        once = Once("decide", f"key-{number}", "")
        service.decide(callers[number], matches[number], new, once=once, write=lambda _: "", at=AT)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(decide, range(WRITERS)))

    assert set(column(store, tables.listed_signature, "state")) == {"suspended"}
    assert set(column(store, tables.match, "state")) == {"suspended"}
    assert len(column(store, tables.vote, "side")) == 3 * WRITERS
    withdraw_case(store, case_id)
    assert set(column(store, tables.match, "state")) == {"withdrawn"}

"""What holds for every database: who acted on what an appeal cleared is asked to look again."""

from hashsvc.closed_sets import (
    AppealOutcome,
    AppealReason,
    Decision,
    FeedKind,
    ListedState,
    MatchState,
)
from indexer.records import Hold, MatchId, Standing
from indexer.store import tables
from indexer.store.appeals import NewAppeal
from tests.indexer.factories import (
    AT,
    confirm,
    listed_in,
    make_asked,
    make_graded,
    make_new_key,
    make_platform,
    open_case,
)
from tests.indexer.rows import alter, column

HELD = Standing(ListedState.SUSPENDED, Hold.APPEAL)


def matched(store, name, ids, match_id, *, decision=None):
    """A platform's match on these signatures, decided so."""
    platform = make_platform(store, name)
    asked = make_asked(platform, new_id=match_id)
    confirm(store, asked, [make_graded(id_) for id_ in ids])
    if decision is not None:
        state = MatchState.DECIDED
        alter(store, tables.match, tables.match.c.id == match_id, decision=decision, state=state)
    return platform.platform_id


def cleared(store, id_, *, but):
    """Suspend a signature and ask others to look again."""
    with store.transaction() as tx:
        tx.listing.move({id_: HELD}, at=AT)
        tx.matches.settle([id_], at=AT)
        tx.appeals.reopen([id_], but=but, at=AT)


def feed(store, platform_id):
    with store.snapshot() as tx:
        return [(one.kind, one.match_id) for one in tx.feeds.after(platform_id, 0, limit=9)]


def state_of(store, match_id):
    return column(store, tables.match, "state", tables.match.c.id == match_id)


def test_who_acted_is_asked_to_look_again_and_nobody_else(store):
    open_case(store, 1)
    (id_,) = listed_in(store)
    judge = matched(store, "a.example", [id_], "mat_a", decision=Decision.REMOVED)
    removed = matched(store, "b.example", [id_], "mat_b", decision=Decision.REMOVED)
    limited = matched(store, "c.example", [id_], "mat_c", decision=Decision.RESTRICTED)
    kept = matched(store, "d.example", [id_], "mat_d", decision=Decision.KEPT)
    waiting = matched(store, "e.example", [id_], "mat_e")

    cleared(store, id_, but=judge)

    suspended, again = FeedKind.MATCH_SUSPENDED, FeedKind.MATCH_REOPENED
    assert feed(store, judge) == [(suspended, "mat_a")]
    assert feed(store, removed) == [(suspended, "mat_b"), (again, "mat_b")]
    assert feed(store, limited) == [(suspended, "mat_c"), (again, "mat_c")]
    assert feed(store, kept) == [(suspended, "mat_d")]
    assert feed(store, waiting) == [(suspended, "mat_e")]


def test_a_match_that_rests_on_something_else_too_is_open_again(store):
    open_case(store, 2)
    id_, other = listed_in(store)
    judge = matched(store, "a.example", [id_], "mat_a")
    both = matched(store, "b.example", [id_, other], "mat_b", decision=Decision.REMOVED)

    cleared(store, id_, but=judge)

    assert feed(store, both) == [(FeedKind.MATCH_REOPENED, "mat_b")]
    assert state_of(store, "mat_b") == [MatchState.REOPENED]
    assert state_of(store, "mat_a") == [MatchState.SUSPENDED]


def test_an_appeal_is_kept_with_the_key_that_sent_it(store):
    open_case(store, 1)
    (id_,) = listed_in(store)
    matched(store, "a.example", [id_], "mat_a")
    with store.transaction() as tx:
        tx.platforms.add_key(tx.platforms.named("a.example"), make_new_key())
        new = NewAppeal(
            "app_1", MatchId("mat_a"), AppealOutcome.REJECTED, AppealReason.NOT_INTIMATE, AT
        )
        tx.appeals.keep(new, "key00001", at=AT)

    assert column(store, tables.appeal, "outcome") == ["rejected"]
    assert column(store, tables.appeal, "key_id") == ["key00001"]

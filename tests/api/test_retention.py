"""What a withdrawn case leaves behind is what docs/data.md says, and nothing else."""

from datetime import timedelta

from api.security.scopes import Scope
from hashsvc.times import now
from indexer.store import tables
from tests.api.bodies import OTHER_PIN, ask, case_request, item_of, only_line, opened_number
from tests.api.deciding import decide
from tests.factories import make_signature
from tests.indexer.rows import column, every_row

SEEN = make_signature(seed=51)
# What grows when a case is opened, matched, decided about and withdrawn, and a day went by.
LEFT = {
    "access",
    "change",
    "clock",
    "data_key",  # the platform's own
    "decision",
    "feed",
    "feed_entry",
    "listed_signature",
    "match",
    "match_hit",
    "platform_policy",
    "survivor_case",
    "vote",
}


def rows_of(services):
    """How many rows each table has."""
    counts = {}
    for name, _ in every_row(services.matching.store):
        counts[name] = counts.get(name, 0) + 1
    return counts


def test_a_withdrawn_case_leaves_what_is_documented_and_no_more(client, services, make_key):
    key = make_key(Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE)
    before = rows_of(services)
    number = opened_number(client, SEEN)
    match_id = only_line(ask(client, key, item_of(SEEN)))["match_id"]
    assert decide(client, key, match_id).is_success
    case_request(client, "status", number, pin=OTHER_PIN)
    assert case_request(client, "withdraw", number).status_code == 204

    with services.matching.store.transaction() as tx:
        services.decisions.idempotency.purge(tx, at=now() + timedelta(days=2))

    after = rows_of(services)
    assert {name for name in after if after[name] > before.get(name, 0)} <= LEFT
    assert after["survivor_case"] == 1  # a withdrawn case can say so


def test_of_a_withdrawn_case_neither_key_nor_body_is_kept(client, services):
    number = opened_number(client, SEEN)
    assert rows_of(services)["data_key"] == 1

    assert case_request(client, "withdraw", number).status_code == 204

    assert "data_key" not in rows_of(services)
    store = services.matching.store
    assert column(store, tables.listed_signature, "body") == [None]
    assert column(store, tables.case, "data_key_id") == [None]


def test_waits_after_wrong_pins_are_forgotten_after_a_day(client, services):
    number = opened_number(client, SEEN)
    case_request(client, "status", number, pin=OTHER_PIN)
    assert rows_of(services)["pin_attempt"] == 1

    with services.matching.store.transaction() as tx:
        tx.cases.purge_attempts(before=now() + timedelta(seconds=1))

    assert "pin_attempt" not in rows_of(services)

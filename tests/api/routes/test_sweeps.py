"""A platform is asked to look back when something was listed, and says what it did."""

from datetime import timedelta

import pytest

from api.security.scopes import Scope
from hashsvc.times import now
from indexer.store import tables
from tests.api.bodies import item_of, open_case
from tests.factories import make_signature
from tests.indexer.rows import alter

SCOPES = [
    Scope.SWEEPS_WRITE,
    Scope.MATCHES_WRITE,
    Scope.CHANGES_READ,
    Scope.POLICY_WRITE,
]
RECEIPT = {
    "from": "2026-10-01T00:00:00Z",
    "to": "2026-10-31T00:00:00Z",
    "items_scanned": 70_000,
    "hits": 2,
    "complete": True,
}


@pytest.fixture
def key(make_key):
    return make_key(*SCOPES)


def asked(services, *, later=timedelta()):
    return services.sweeps.ask_all(at=now() + later)


def sweeps_of(client, key, **query):
    return client.get("/v1/sweeps", headers=key, params=query).json()


def question(client, key, sweep_id, *signatures, ref="old-1"):
    body = {"items": [item_of(*signatures, ref=ref)], "sweep_id": sweep_id}
    return client.post("/v1/matches", json=body, headers=key)


def verdict_of(answer):
    (line,) = answer.json()["items"]
    return line["verdict"]


def test_a_sweep_is_asked_for_in_the_feed_and_listed(client, services, key):
    open_case(client)

    assert asked(services) == 1
    assert asked(services) == 0

    (entry,) = client.get("/v1/changes", headers=key).json()["items"]
    (sweep,) = sweeps_of(client, key)["items"]
    assert entry["kind"] == "sweep.requested"
    assert entry["about"]["sweep_id"] == sweep["sweep_id"]
    assert (sweep["state"], sweep["lookback_days"], sweep["hits"]) == ("open", 30, None)


def test_who_opted_out_or_holds_no_key_for_it_is_not_asked(client, services, key, make_key):
    make_key(Scope.MATCHES_WRITE, name="other.example")
    open_case(client)
    client.put("/v1/policy", json={"sweeps": False}, headers=key)

    assert asked(services) == 0


def test_a_sweep_finds_what_was_listed_on_its_first_day_or_later_and_nothing_older(
    client, services, key
):
    old, new = make_signature(seed=1), make_signature(seed=2)
    open_case(client, old)
    asked(services)
    (first,) = sweeps_of(client, key)["items"]
    assert verdict_of(question(client, key, first["sweep_id"], old)) == "review"

    listed = tables.listed_signature
    alter(services.matching.store, listed, listed_day=100)  # long ago
    open_case(client, new)
    asked(services, later=timedelta(hours=2))

    second = sweeps_of(client, key)["items"][0]["sweep_id"]
    assert verdict_of(question(client, key, second, old, ref="old-2")) == "none"
    assert verdict_of(question(client, key, second, new, ref="old-3")) == "review"
    assert verdict_of(question(client, key, None, old, ref="old-4")) == "review"


@pytest.mark.parametrize("sweep_id", ["swp_unknown", ""])
def test_an_unknown_sweep_is_no_sweep(client, key, sweep_id):
    answer = question(client, key, sweep_id, make_signature())

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-sweep")


def test_another_platforms_sweep_is_an_unknown_one(client, services, key, make_key):
    open_case(client)
    other = make_key(*SCOPES, name="other.example")
    asked(services)
    (mine,), (theirs,) = (sweeps_of(client, one)["items"] for one in (key, other))
    assert mine["sweep_id"] != theirs["sweep_id"]

    answers = [
        question(client, other, mine["sweep_id"], make_signature()),
        client.post(f"/v1/sweeps/{mine['sweep_id']}/receipt", json=RECEIPT, headers=other),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_a_receipt_completes_a_sweep_and_may_be_sent_again(client, services, key):
    open_case(client)
    asked(services)
    (sweep,) = sweeps_of(client, key)["items"]
    path = f"/v1/sweeps/{sweep['sweep_id']}/receipt"

    states = []
    for complete in (False, True, True):
        answer = client.post(path, json=RECEIPT | {"complete": complete}, headers=key)
        assert answer.status_code == 204
        states.append(sweeps_of(client, key)["items"][0]["state"])

    assert states == ["open", "complete", "complete"]
    (sweep,) = sweeps_of(client, key)["items"]
    assert (sweep["items_scanned"], sweep["hits"]) == (70_000, 2)


def test_a_missing_receipt_is_overdue(client, services, key):
    open_case(client)
    asked(services)
    alter(services.matching.store, tables.sweep, due_at=now() - timedelta(seconds=1))

    (sweep,) = sweeps_of(client, key)["items"]

    assert sweep["state"] == "overdue"


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "2026-09-01T00:00:00Z"},
        {"hits": 70_001},
        {"items_scanned": -1},
        {"to": "yesterday"},
        {"from": "2026-10-01T00:00:00"},
        {"extra": 1},
    ],
)
def test_a_receipt_that_cannot_be_true_is_refused(client, services, key, wrong):
    open_case(client)
    asked(services)
    (sweep,) = sweeps_of(client, key)["items"]

    answer = client.post(
        f"/v1/sweeps/{sweep['sweep_id']}/receipt", json=RECEIPT | wrong, headers=key
    )

    assert answer.status_code == 422
    assert sweeps_of(client, key)["items"][0]["state"] == "open"


def test_sweeps_come_in_pages(client, services, key):
    for number in range(3):
        open_case(client, make_signature(seed=number))
        asked(services, later=timedelta(hours=2 * number))

    first = sweeps_of(client, key, limit=2)
    rest = sweeps_of(client, key, limit=2, cursor=first["next_cursor"])

    ids = [sweep["sweep_id"] for sweep in first["items"] + rest["items"]]
    assert len(set(ids)) == 3
    assert rest["next_cursor"] is None

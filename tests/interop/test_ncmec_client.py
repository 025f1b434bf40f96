"""NCMEC's real client and exchange against our list."""

import time
from types import SimpleNamespace

import pytest
import requests
from threatexchange.exchanges.clients.ncmec.hash_api import (
    FeedbackType,
    FingerprintType,
    NCMECHashAPI,
)

from api.compat.mappings import NEGATIVE
from tests.factories import make_signature
from tests.interop.recipients import REPOSITORY, TxCommand


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    """The client writes local times as if they were UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def client(recipient):
    base = SimpleNamespace(value=f"{recipient.url}/compat/ncmec")
    return NCMECHashAPI(recipient.key.key_id, recipient.key.text(), base)


@pytest.fixture
def tx(tmp_path, recipient):
    """The stock command line with the exchange of `ncmec_exchange`."""
    state = tmp_path / "tx"
    state.mkdir()
    command = TxCommand(
        state,
        TX_NCMEC_CREDENTIALS=f"{recipient.key.key_id}:{recipient.key.text()}",
        HASHSVC_NCMEC_BASE=f"{recipient.url}/compat/ncmec",
        PYTHONPATH=str(REPOSITORY),
    )
    added = command("config", "extensions", "add", "tests.interop.ncmec_exchange")
    made = command("config", "collab", "edit", "hashsvc_ncmec", "--create", "NC")
    assert (added.code, made.code) == (0, 0), added.err + made.err
    return command


def entries(client, **window):
    return [one for page in client.get_entries_iter(**window) for one in page.updates]


def test_the_client_learns_who_it_is_and_what_there_is(client):
    who = client.status()
    members = client.members()

    assert who.esp_name == "example"
    assert [one.esp_name for one in members] == ["hashsvc reported"]


def test_an_entry_comes_with_its_hash_and_goes_without(lists, client):
    signature = make_signature(seed=1)
    case_id = lists.list_all([signature])
    (added,) = [one for one in entries(client) if one.fingerprints["pdq"] == signature.pdq.hex()]
    lists.withdraw(case_id)
    lists.wait_seconds(2)  # nothing comes into a second that was answered

    (removed,) = [one for one in entries(client) if one.deleted]

    assert (added.deleted, added.classification) == (False, "probation")
    assert (removed.id, removed.member_id) == (added.id, added.member_id)
    assert removed.fingerprints == {}


def test_windows_of_time_tile_the_list(lists, client):
    lists.list_all([make_signature(seed=seed) for seed in range(20)])
    end = int(time.time())

    halves = (
        entries(client, start_timestamp=0, end_timestamp=end - 1),
        entries(client, start_timestamp=end - 1, end_timestamp=end),
    )
    lists.list_all([make_signature(seed=100)])  # in the same second: never in a window answered
    again = entries(client, start_timestamp=end - 1, end_timestamp=end)

    assert len(halves[0]) + len(halves[1]) == 22
    assert [one.id for one in again] == [one.id for one in halves[1]]


def test_a_vote_against_needs_one_of_our_reasons(lists, client):
    lists.list_all([make_signature(seed=1)])
    entry = entries(client)[-1]

    reasons = client.feedback_reasons(FingerprintType.pdq)
    guid = next(guid for guid, name in reasons.items() if name == "not_a_match")
    client.submit_upvote(entry.member_id, entry.id, FingerprintType.pdq)
    client.submit_feedback(
        entry.member_id, entry.id, FingerprintType.pdq, FeedbackType.downvote, guid
    )

    assert reasons == {guid: reason.value for guid, reason in NEGATIVE.items()}
    assert lists.decisions() == [
        ("removed", "intimate_no_consent", False),
        ("kept", "not_a_match", False),
    ]


def test_only_pdq_and_our_own_entries_take_feedback(lists, client):
    lists.list_all([make_signature(seed=1)])
    entry = entries(client)[-1]

    for id_, kind in ((entry.id, FingerprintType.md5), ("lst_" + "0" * 26, FingerprintType.pdq)):
        with pytest.raises(requests.HTTPError, match="404"):
            client.submit_upvote(entry.member_id, id_, kind)


@pytest.mark.slow
def test_a_long_list_takes_few_requests_and_loses_nothing(lists, client, tx):
    lists.list_all([make_signature(seed=seed, dhash=None) for seed in range(11_000)])
    lists.wait_seconds(9)  # entries are published at 5,000 a second; the client asks 5 s late

    fetched = tx("fetch")

    assert fetched.code == 0, fetched.err
    assert len(tx.dataset()) == 11_002
    # The client gropes from 1970 for where the entries lie: 56 requests for 25,000 at once.
    assert lists.requests("ncmec") <= 80


def test_the_stock_exchange_drops_what_was_withdrawn(lists, tx):
    gone, kept = make_signature(seed=1), make_signature(seed=2)
    case_id = lists.list_all([gone])
    lists.list_all([kept])
    lists.wait_seconds(6)
    tx("fetch")
    before = tx.dataset()
    lists.withdraw(case_id)
    lists.wait_seconds(6)

    again = tx("fetch")

    assert again.code == 0, again.err
    assert {gone.pdq.hex(), kept.pdq.hex()} <= before
    assert gone.pdq.hex() not in tx.dataset()
    assert kept.pdq.hex() in tx.dataset()


def test_a_client_in_another_time_zone_is_stopped_before_it_misses_anything(lists, tx):
    signature = make_signature(seed=1)
    lists.list_all([signature])
    lists.wait_seconds(6)

    east = tx("fetch", TZ="Africa/Nairobi")
    right = tx("fetch")

    assert (east.code, right.code) == (3, 0)
    assert signature.pdq.hex() in tx.dataset()

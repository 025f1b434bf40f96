"""Our plug-in in pytx's real command line: what is removed here is removed there."""

from dataclasses import asdict

import dacite
import pytest
from threatexchange.exchanges.fetch_state import SignalOpinion, SignalOpinionCategory
from threatexchange.interface_validation import SignalExchangeAPIMapping
from threatexchange.signal_type.md5 import VideoMD5Signal
from threatexchange.signal_type.pdq.signal import PdqSignal

from hashsvc.threatexchange_plugin import (
    HashsvcCheckpoint,
    HashsvcConfig,
    HashsvcCredentials,
    HashsvcSignalExchangeAPI,
    ListedHash,
)
from indexer.records import ListedState
from tests.factories import make_photo, make_signature
from tests.interop.recipients import TxCommand, signature_of


@pytest.fixture
def tx(tmp_path, recipient):
    """The stock command line with our plug-in added, as docs/interop.md says."""
    state = tmp_path / "tx"
    state.mkdir()
    credentials = f"{recipient.key.text()},{recipient.url}"
    command = TxCommand(state, HASHSVC_TX_CREDENTIALS=credentials)
    added = command("config", "extensions", "add", "hashsvc.threatexchange_plugin")
    made = command("config", "collab", "edit", "hashsvc", "--create", "LIST", "--bank", "reported")
    assert (added.code, made.code) == (0, 0), added.err + made.err
    return command


@pytest.fixture
def exchange(recipient):
    return HashsvcSignalExchangeAPI(
        HashsvcConfig("LIST"), HashsvcCredentials(recipient.key.text(), recipient.url)
    )


def test_a_withdrawn_photo_matches_no_more(lists, tx, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(make_photo(seed=5))
    signature = signature_of(photo.read_bytes())
    case_id = lists.list_all([signature])
    fetched = tx("fetch")
    found, kept = tx("match", "photo", photo), tx.dataset()

    lists.withdraw(case_id)
    again = tx("fetch")

    assert (fetched.code, again.code) == (0, 0), fetched.err + again.err
    assert found.out.split()[:4] == ["pdq", "0", "(LIST)", "INVESTIGATION_SEED"]
    assert signature.pdq.hex() in kept
    # It was the last real one: the honey keeps pytx from matching with its old index.
    assert tx("match", "photo", photo).out == ""
    assert len(tx.dataset()) == 2
    assert signature.pdq.hex() not in tx.dataset()


def test_a_suspended_hash_goes_and_comes_back(lists, tx):
    lists.list_all([make_signature(seed=1), make_signature(seed=2)])
    tx("fetch")
    gone = make_signature(seed=1).pdq.hex()

    lists.move(gone, ListedState.SUSPENDED)
    tx("fetch")
    without = tx.dataset()
    lists.move(gone, ListedState.CONFIRMED)
    tx("fetch")

    assert gone not in without
    assert len(without) == 3
    assert gone in tx.dataset()
    assert "POSITIVE_CLASS" in tx("match", "-H", "-A", "photo", tx.hash_file(gone)).out


def test_a_hash_of_two_cases_stays_until_both_are_gone(lists, tx):
    twice = make_signature(seed=1)
    first, second = lists.list_all([twice]), lists.list_all([twice])
    tx("fetch")

    lists.withdraw(first)
    tx("fetch")
    still = tx.dataset()
    lists.withdraw(second)
    tx("fetch")

    assert twice.pdq.hex() in still
    assert twice.pdq.hex() not in tx.dataset()


def test_what_is_on_disk_is_acknowledged_by_the_next_fetch(lists, tx):
    lists.list_all([make_signature(seed=1)])
    tx("fetch")
    before = lists.lists.grants()[0].acknowledged
    tx("fetch")

    assert (before, lists.lists.grants()[0].acknowledged) == (0, 3)


def test_a_cursor_of_another_history_ends_the_fetch(lists, tx):
    lists.list_all([make_signature(seed=1)])
    tx("fetch")
    lists.restore()

    assert tx("fetch").code == 3
    assert tx("fetch", "--clear").code == 0
    assert tx("fetch").code == 0


def test_pages_add_up_to_the_list(lists, exchange):
    signatures = [make_signature(seed=seed) for seed in range(120)]
    lists.list_all(signatures)

    deltas = list(exchange.fetch_iter([PdqSignal], None))
    fetched = {key: one for delta in deltas for key, one in delta.updates.items()}
    converted = exchange.naive_convert_to_signal_type([PdqSignal], HashsvcConfig("LIST"), fetched)

    assert len(fetched) == 122
    assert {one.pdq.hex() for one in signatures} < set(converted[PdqSignal])
    (nothing,) = exchange.fetch_iter([PdqSignal], deltas[-1].checkpoint)
    assert nothing.updates == {}
    assert nothing.checkpoint.as_of >= deltas[-1].checkpoint.as_of


def test_other_kinds_and_malformed_hashes_are_left_out(exchange):
    fetched = {
        "lst_1": ListedHash("a" * 64, "probation"),
        "lst_2": ListedHash("a" * 32, "probation"),
        "lst_3": ListedHash("A" * 64, "probation"),
    }
    config = HashsvcConfig("LIST")

    assert exchange.naive_convert_to_signal_type([VideoMD5Signal], config, fetched) == {}
    found = exchange.naive_convert_to_signal_type([PdqSignal], config, fetched)
    assert set(found[PdqSignal]) == {"a" * 64}


def test_pytx_takes_it_as_an_exchange():
    mapping = SignalExchangeAPIMapping([HashsvcSignalExchangeAPI])

    assert list(mapping.api_by_name) == ["hashsvc"]
    checkpoint = HashsvcCheckpoint("abc", 7)
    assert dacite.from_dict(HashsvcCheckpoint, asdict(checkpoint)) == checkpoint
    assert not checkpoint.is_stale()


def test_credentials_come_from_one_line_and_are_not_shown():
    credentials = HashsvcCredentials._from_str("hsk_live_x,https://example.org\n")

    assert (credentials.api_key, credentials.base_url) == ("hsk_live_x", "https://example.org")
    assert "hsk_live_x" not in repr(credentials)
    assert not HashsvcCredentials._from_str("hsk_live_x")._are_valid()


@pytest.mark.parametrize(
    ("category", "kept"),
    [
        (SignalOpinionCategory.POSITIVE_CLASS, ("removed", "intimate_no_consent", False)),
        (SignalOpinionCategory.NEGATIVE_CLASS, ("kept", "not_a_match", False)),
        (SignalOpinionCategory.INVESTIGATION_SEED, ("pending", "under_review", False)),
    ],
)
def test_an_opinion_becomes_a_decision(lists, exchange, category, kept):
    signature = make_signature(seed=1)
    lists.list_all([signature])
    opinion = SignalOpinion(is_mine=True, category=category, tags=set())

    exchange.report_opinion(PdqSignal, f"{signature.pdq.hex()}\n", opinion)

    assert lists.decisions() == [kept]
    with pytest.raises(NotImplementedError):
        exchange.report_opinion(VideoMD5Signal, "x", opinion)

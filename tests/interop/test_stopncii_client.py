"""StopNCII's real client, exchange and command line against our list."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests
from threatexchange.exchanges.clients.stopncii import api

from api.compat.mappings import FEEDBACK
from tests.factories import make_photo, make_signature
from tests.interop.recipients import signature_of


@pytest.fixture
def client(recipient):
    return client_of(recipient)


def client_of(recipient):
    keys = {one: recipient.function_keys[one.value] for one in api.StopNCIIEndpoint}
    return api.StopNCIIAPI(
        recipient.key.text(),
        recipient.function_keys["FetchHashes"],
        additional_function_keys=keys,
        base_url_override=recipient.base,
    )


def hashes(pages):
    return [record.hashValue for page in pages for record in page.hashRecords]


def test_the_whole_list_comes_once_in_pages(lists, client):
    signatures = [make_signature(seed=seed, quality=60) for seed in range(2_001)]
    lists.list_all(signatures)

    pages = list(client.fetch_hashes_iter(start_timestamp=10))

    found = hashes(pages)
    assert [len(page.hashRecords) for page in pages] == [800, 800, 403]
    assert len(found) == len(set(found)) == 2_003  # two of them are honey
    assert {one.pdq.hex() for one in signatures} <= set(found)
    times = [page.nextSetTimestamp for page in pages]
    assert times == sorted(times)


def test_a_fetch_goes_on_where_the_last_one_ended(lists, client):
    """By the time alone, without a token, while the list grows."""
    found, start = [], 10
    for seed in range(4):
        lists.list_all([make_signature(seed=100 * seed + one) for one in range(50)])
        page = client.fetch_hashes(start_timestamp=start, page_size=40)
        found += hashes([page])
        assert page.nextSetTimestamp > start
        start = page.nextSetTimestamp

    found += hashes(client.fetch_hashes_iter(start_timestamp=start))

    assert len(found) == len(set(found)) == 202
    (nothing,) = client.fetch_hashes_iter(start_timestamp=start + 42)
    assert (nothing.hashRecords, nothing.nextSetTimestamp) == ([], start + 42)


def test_the_stock_command_line_fetches_and_matches_a_photo(lists, tx, tmp_path):
    photo, other = tmp_path / "photo.jpg", tmp_path / "other.jpg"
    photo.write_bytes(make_photo(seed=5))
    other.write_bytes(make_photo(seed=6))
    signature = signature_of(photo.read_bytes())
    lists.list_all([signature])

    fetched = tx("fetch")
    found, nothing = tx("match", "photo", photo), tx("match", "photo", other)

    assert fetched.code == 0, fetched.err
    assert signature.pdq.hex() in tx.dataset()
    assert found.out.split() == ["pdq", "0", "(HASHSVC)", "INVESTIGATION_SEED", "0"]
    assert nothing.out == ""


def test_a_second_fetch_brings_nothing_again(lists, tx):
    lists.list_all([make_signature(seed=1)])
    tx("fetch")

    again = tx("fetch", "--only-collab", "HASHSVC")

    assert again.code == 0
    assert "Downloaded" not in again.err


def test_a_withdrawn_hash_stays_in_the_stock_client_until_it_begins_anew(lists, tx):
    """A bug of pytx, see docs/interop.md: this fails when it is repaired."""
    gone, kept = make_signature(seed=1), make_signature(seed=2)
    case_id = lists.list_all([gone])
    lists.list_all([kept])
    tx("fetch")
    lists.withdraw(case_id)

    tx("fetch")
    stale = tx.dataset()
    tx("fetch", "--clear")
    tx("fetch")

    assert gone.pdq.hex() in stale
    assert gone.pdq.hex() not in tx.dataset()
    assert kept.pdq.hex() in tx.dataset()


@pytest.mark.parametrize("value", api.StopNCIICSPFeedbackValue)
def test_the_real_client_tells_every_value_it_has(lists, client, value):
    signature = make_signature(seed=1)
    lists.list_all([signature])

    client.submit_feedback(api.StopNCIISignalType.ImagePDQ, signature.pdq.hex(), value, {"x"})

    wish = FEEDBACK.get(value.value)
    expected = [] if wish is None else [(wish.decision, wish.reason, False)]
    assert lists.decisions() == expected


def test_the_real_client_lists_a_hash_of_its_own(lists, client):
    """It sends the name of its class in front of the signal's type."""
    hash_ = make_signature(seed=1).pdq.hex()

    client.submit_hash(api.StopNCIISignalType.ImagePDQ, hash_, {"x"})

    assert lists.bank_sizes() == {"platform-1": 1}


def test_the_real_client_waits_when_it_asked_too_often(lists, client, recipient):
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: client.fetch_hashes(), range(60)))
    pages += [client.fetch_hashes() for _ in range(8)]

    assert [len(page.hashRecords) for page in pages] == [2] * 68
    limited = r'hashsvc_requests_total\{route="[^"]*FetchHashes",status="429"\} (\d+)'
    figures = requests.get(f"{lists.url}/metrics", timeout=10).text
    assert int(float(re.search(limited, figures)[1])) > 0


def test_a_wrong_key_ends_the_fetch_and_is_not_echoed(lists, recipient):
    wrong = replace(recipient, function_keys=recipient.function_keys | {"FetchHashes": "wrongkey"})

    with pytest.raises(requests.HTTPError, match="401") as refused:
        client_of(wrong).fetch_hashes()

    assert "wrongkey" not in refused.value.response.text

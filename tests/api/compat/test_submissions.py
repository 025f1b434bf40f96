"""SubmitHashes: what a platform lists in a bank of its own."""

import pytest

from api.compat.function_keys import Endpoint
from api.compat.mappings import SIGNAL_TYPES
from api.security.scopes import Scope
from hashsvc.times import now
from indexer.records import Enrolment
from tests.api.bodies import ask, item_of, only_line
from tests.factories import make_hash, make_signature

PATH = "/compat/stopncii/v1/SubmitHashes"
HASH = make_hash(seed=1).hex()


def record(hash_=HASH, kind="ImagePDQ", **fields):
    return {"hashValue": hash_, "signalType": kind, "lastModtimestamp": 1, **fields}


def send(platform, *records):
    sent = {"count": len(records), "hashRecords": list(records)}
    headers = platform.two_keys(Endpoint.SUBMIT_HASHES)
    return platform.client.post(PATH, json=sent, headers=headers)


def banks(services):
    with services.lists.store.snapshot() as tx:
        return {bank.name: bank.live for bank in tx.banks.overview() if bank.live}


@pytest.mark.parametrize("kind", sorted(SIGNAL_TYPES))
def test_a_hash_is_listed_on_probation_and_matched_at_once(client, platform, make_key, kind):
    feedbacks = [{"feedbackValue": "Blocked", "tags": ["x"]}]

    answer = send(platform(), record(kind=kind, CSPFeedbacks=feedbacks))
    signature = make_signature(pdq=make_hash(seed=1), dhash=None)
    line = only_line(ask(client, make_key(), item_of(signature)))

    assert answer.json() == {"count": 1, "accepted": 1, "rejected": []}
    assert (line["tier"], line["list_state"]) == ("strong", "probation")


def test_a_hash_is_listed_once_for_each_platform(platform, services):
    one, other = platform("one"), platform("other")
    for sender in (one, one, other):
        send(sender, record(), record())

    assert sorted(banks(services).values()) == [1, 1]


def test_what_a_platform_lists_is_handed_to_nobody(platform, publish):
    sender, reader = platform("one"), platform("other")
    send(sender, record())
    publish()

    assert HASH not in reader.records()


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (record(kind="VideoMD5"), "signal_type"),
        (record(kind=None), "signal_type"),
        (record(kind=["ImagePDQ"]), "signal_type"),
        (record("a" * 32), "length"),
        (record("z" * 64), "not_hex"),
        (record(None), "type"),
        (record("0" * 64), "unfit"),
        (None, "type"),
    ],
)
def test_a_malformed_record_is_named_and_the_others_are_listed(platform, services, bad, code):
    good = [record(make_hash(seed=seed).hex()) for seed in (2, 3)]

    answer = send(platform(), good[0], bad, good[1])

    assert answer.json() == {"count": 3, "accepted": 2, "rejected": [{"index": 1, "code": code}]}
    assert list(banks(services).values()) == [2]


def test_what_is_near_something_benign_is_held_and_the_sender_not_told(platform, services):
    with services.lists.store.transaction() as tx:
        tx.banks.add("benign", [Enrolment(make_signature(pdq=make_hash(seed=1)))], at=now())
    services.cases.changed()

    answer = send(platform(), record())

    assert answer.json()["accepted"] == 1
    assert banks(services) == {"benign": 1}


def test_listing_needs_its_scope(platform):
    assert send(platform("reader", Scope.LISTS_READ), record()).status_code == 403

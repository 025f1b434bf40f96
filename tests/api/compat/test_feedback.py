"""Feedback in other networks' words, row by row of the table that the code reads."""

import pytest

from api.compat.function_keys import Endpoint
from api.compat.mappings import FEEDBACK
from api.security.scopes import Scope
from api.services.lifecycle import EFFECTS
from hashsvc.closed_sets import Reason
from tests.api.bodies import open_case
from tests.factories import make_signature

PATH = "/compat/stopncii/v1/SubmitFeedback"
LISTED = make_signature(seed=1)
HASH = LISTED.pdq.hex()


@pytest.fixture
def recipient(client, platform):
    """A platform, with one photo that is listed."""
    open_case(client, LISTED)
    return platform()


@pytest.fixture
def kept(services):
    """Every decision that was kept, and how many votes there are."""

    def read():
        with services.lists.store.snapshot() as tx:
            decisions = tx.connection.exec_driver_sql(
                "SELECT decision, reason, automated FROM decision ORDER BY id"
            ).all()
            votes = tx.connection.exec_driver_sql("SELECT side FROM vote").all()
        return [tuple(row) for row in decisions], [row.side for row in votes]

    return read


def send(platform, *records, **body):
    sent = {"count": len(records), "hashFeedbacks": list(records)} | body
    headers = platform.two_keys(Endpoint.SUBMIT_FEEDBACK)
    return platform.client.post(PATH, json=sent, headers=headers)


def told(value, *tags, hash_=HASH):
    return {"hashValue": hash_, "feedbackValue": value, "tags": list(tags)}


@pytest.mark.parametrize("value", FEEDBACK)
def test_each_value_becomes_the_decision_of_the_table(recipient, kept, value):
    wish = FEEDBACK[value]

    answer = send(recipient, told(value, "x"))

    assert answer.json() == {"count": 1, "accepted": 1, "rejected": []}
    expected = [] if wish is None else [(wish.decision, wish.reason, False)]
    assert kept()[0] == expected


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("value", ["Blocked", "NotBlocked"])
def test_a_tag_that_is_a_fitting_reason_is_the_reason(recipient, kept, value, reason):
    wish = FEEDBACK[value]

    send(recipient, told(value, reason.value, "x"))

    fits = (wish.decision, reason) in EFFECTS
    ((_, kept_reason, _),), _ = kept()
    assert kept_reason == (reason if fits else wish.reason)


def test_what_people_decided_is_a_vote_and_what_programs_did_is_none(recipient, platform, kept):
    send(recipient, told("Blocked", "automated"))
    assert kept() == ([("removed", "intimate_no_consent", True)], [])

    send(recipient, told("Blocked"))
    assert kept()[1] == ["confirm"]


def test_taking_it_back_takes_the_vote_back(recipient, kept):
    send(recipient, told("Blocked"))
    send(recipient, told("Withdrawn"))

    assert kept()[1] == []


def test_feedback_about_one_hash_is_one_match_however_often(recipient, services):
    for value in ("PendingReview", "Blocked", "Blocked"):
        send(recipient, told(value))

    with services.lists.store.snapshot() as tx:
        (row,) = tx.connection.exec_driver_sql("SELECT state FROM match")
    assert row.state == "decided"


def test_nothing_tells_whether_a_hash_is_listed(recipient, kept):
    near = f"{int(HASH, 16) ^ 1:064x}"  # as near as can be, and not listed

    answers = [send(recipient, told("Blocked", hash_=one)) for one in (HASH, near, "0" * 64)]

    assert len({answer.text for answer in answers}) == 1
    assert len(kept()[0]) == 1


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (told("Blocked", hash_="a" * 32), "length"),
        (told("Blocked", hash_="g" * 64), "not_hex"),
        (told("Blocked", hash_=" " * 64), "not_hex"),
        (told("Blocked", hash_=None), "type"),
        (told("Unknown"), "value"),
        (told("blocked"), "value"),
        (told(None), "value"),
        (told(["Blocked"]), "value"),
        ({"hashValue": HASH, "feedbackValue": "Blocked", "tags": "x"}, "tags"),
        ({"hashValue": HASH, "feedbackValue": "Blocked", "tags": [1]}, "tags"),
        (None, "type"),
        ("x", "type"),
        ({}, "value"),
    ],
)
def test_a_malformed_record_is_named_and_the_others_are_kept(recipient, kept, record, code):
    answer = send(recipient, told("PendingReview"), record, told("Blocked"))

    assert answer.json() == {"count": 3, "accepted": 2, "rejected": [{"index": 1, "code": code}]}
    assert len(kept()[0]) == 2


def test_upper_case_missing_tags_and_unknown_fields_are_read(recipient, kept):
    record = {"hashValue": HASH.upper(), "feedbackValue": "Blocked", "signalType": "x"}

    assert send(recipient, record, more="x").json()["accepted"] == 1
    assert len(kept()[0]) == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b'{"hashFeedbacks": [{"hashVal', 400),
        (b"", 400),
        (b"[]", 400),
        (b'{"hashFeedbacks": null}', 400),
        (b'{"count": 0}', 400),
        (b'{"hashFeedbacks": [' + b"{}," * 1_000 + b"{}]}", 413),
        (b"[" * 100_000, 400),
    ],
)
def test_what_is_no_request_is_refused(recipient, sent, status):
    headers = recipient.two_keys(Endpoint.SUBMIT_FEEDBACK) | {"Content-Type": "application/json"}

    answer = recipient.client.post(PATH, content=sent, headers=headers)

    assert (answer.status_code, list(answer.json())) == (status, ["message"])


def test_feedback_needs_the_scope_its_own_key_and_lists_switched_on(
    recipient, platform, start, connect
):
    reader = platform("reader", Scope.LISTS_READ)
    other = recipient.two_keys(Endpoint.FETCH_HASHES)
    off = connect(start())
    body = {"hashFeedbacks": []}

    assert send(reader, told("Blocked")).status_code == 403
    assert recipient.client.post(PATH, json=body, headers=other).status_code == 403
    headers = recipient.two_keys(Endpoint.SUBMIT_FEEDBACK)
    assert off.post(PATH, json=body, headers=headers).status_code == 403


def decide(platform, **body):
    path = "/compat/threatexchange/v1/decision"
    return platform.client.post(path, json={"hash": HASH} | body, headers=platform.bearer)


def test_our_plug_in_decides_in_our_words(recipient, kept):
    answer = decide(recipient, decision="kept", reason="benign_asset", automated=False)

    assert answer.status_code == 204
    assert kept() == ([("kept", "benign_asset", False)], ["suspend"])


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"decision": "kept", "reason": "court_order"}, "reason-unfit"),
        ({"decision": "kept", "reason": "not_a_match", "hash": "a"}, "invalid-field"),
        ({"decision": "blocked", "reason": "not_a_match"}, "invalid-field"),
        ({"decision": "kept", "reason": "not_a_match", "more": 1}, "invalid-field"),
    ],
)
def test_our_own_words_are_checked_as_everywhere(recipient, body, problem):
    assert decide(recipient, **body).json()["type"] == f"/problems/{problem}"

"""What a survivor's device can do, over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hashsvc import RegionKind
from hashsvc.hashes import Algorithm, Hash
from tests.api.bodies import (
    IDEMPOTENCY_KEY,
    OTHER_PIN,
    PIN,
    ask,
    case_request,
    item_of,
    listing_of,
    near,
    only_line,
    open_case,
    opened_number,
)
from tests.factories import make_hash, make_signature, with_flipped_bits

NUMBER_OF_NOBODY = "7QK2-M4RT-0XVB-9HDC"
FLAT = Hash(Algorithm.PDQ, bytes(32))
GRADIENT = Hash(Algorithm.DHASH, b"\xff" * 32)


def without_request_id(answer):
    body = answer.json()
    return {**body, "request_id": ""}, answer.content.replace(body["request_id"].encode(), b"")


NOTHING_FOUND = {
    "removed": 0,
    "already_gone": 0,
    "limited": 0,
    "not_acted": 0,
    "looking": 0,
    "last_month": None,
}


def test_an_opened_case_is_active_and_holds_its_signatures(client):
    number = opened_number(client, make_signature(seed=1), make_signature(seed=2))

    answer = case_request(client, "status", number)

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "active",
        "signatures": 2,
        "found": NOTHING_FOUND,
        "withdrawal": None,
    }


def test_two_cases_have_two_numbers_of_four_groups(client):
    numbers = {opened_number(client) for _ in range(2)}

    assert len(numbers) == 2
    assert all([len(group) for group in number.split("-")] == [4] * 4 for number in numbers)


def test_added_signatures_count_once(client):
    number = opened_number(client, make_signature(seed=1))
    added = listing_of(make_signature(seed=1), make_signature(seed=2), make_signature(seed=2))

    answer = case_request(client, "signatures", number, signatures=added)

    assert answer.json() == {"signatures": 2}
    assert case_request(client, "status", number).json()["signatures"] == 2


def test_a_signature_sent_twice_when_opening_is_listed_once(client):
    number = opened_number(client, make_signature(seed=1), make_signature(seed=1))

    assert case_request(client, "status", number).json()["signatures"] == 1


def test_an_added_signature_is_matched_at_once(client, make_key):
    number = opened_number(client, make_signature(seed=1))

    case_request(client, "signatures", number, signatures=listing_of(make_signature(seed=2)))

    answer = ask(client, make_key(), item_of(make_signature(seed=2)))
    assert only_line(answer)["verdict"] == "review"


def test_a_case_holds_at_most_300_signatures(client):
    number = opened_number(client)
    for start in range(0, 300, 60):
        batch = listing_of(*(make_signature(seed=start + step) for step in range(60)))
        assert case_request(client, "signatures", number, signatures=batch).status_code == 200

    one_more = listing_of(make_signature(seed=300))
    refused = case_request(client, "signatures", number, signatures=one_more)

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/too-many-signatures")
    assert case_request(client, "status", number).json()["signatures"] == 300


def test_301_signatures_at_once_are_too_many(start, connect):
    client = connect(start(survivor_body_bytes=2**20))

    answer = open_case(client, *[make_signature()] * 301)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/too-many-signatures")
    assert "301" not in answer.text


def test_the_same_request_under_one_key_opens_one_case(client):
    one, other = make_signature(seed=1), make_signature(seed=2)

    first = open_case(client, one, other, idempotency_key=IDEMPOTENCY_KEY)
    again = open_case(client, other, one, idempotency_key=IDEMPOTENCY_KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert case_request(client, "status", first.json()["case_number"]).json()["signatures"] == 2


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"pin": OTHER_PIN, "signatures": listing_of()}, id="other PIN"),
        pytest.param(
            {"pin": PIN, "signatures": listing_of(make_signature(seed=9))}, id="other signatures"
        ),
        pytest.param(
            {"pin": PIN, "signatures": listing_of(make_signature(), make_signature(seed=9))},
            id="more signatures",
        ),
    ],
)
def test_another_request_under_the_same_key_is_refused_without_the_number(client, second):
    number = open_case(client, idempotency_key=IDEMPOTENCY_KEY).json()["case_number"]

    answer = client.post("/v1/cases", json=second, headers={"Idempotency-Key": IDEMPOTENCY_KEY})

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/idempotency-key-reused")
    assert number not in answer.text


def test_one_key_twenty_times_in_parallel_opens_one_case(client, services):
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: open_case(client, idempotency_key=IDEMPOTENCY_KEY), range(20))
        )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["case_number"] for answer in answers}) == 1
    assert len(services.matching.index) == 1


@pytest.mark.parametrize(
    "misread",
    [
        pytest.param(str.lower, id="lower case"),
        pytest.param(lambda text: text.replace("-", " "), id="spaces"),
        pytest.param(lambda text: f"  {text.replace('-', '')} ", id="without hyphens"),
        pytest.param(lambda text: text.replace("0", "O").replace("1", "I"), id="O and I"),
        pytest.param(lambda text: text.replace("0", "o").replace("1", "l"), id="o and l"),
    ],
)
def test_a_number_is_read_as_people_type_it(client, misread):
    numbers = [open_case(client, idempotency_key=f"{place:016}") for place in range(8)]
    shown = [answer.json()["case_number"] for answer in numbers]
    number = next(number for number in shown if {"0", "1"} & set(number))

    answer = case_request(client, "status", misread(number))

    assert answer.status_code == 200


@pytest.mark.parametrize("action", ["status", "withdraw"])
def test_a_wrong_pin_and_an_unknown_number_get_the_same_answer(client, action):
    number = opened_number(client)

    wrong_pin = case_request(client, action, number, pin=OTHER_PIN)
    unknown = case_request(client, action, NUMBER_OF_NOBODY)
    no_number = case_request(client, action, "not a number")

    assert wrong_pin.status_code == unknown.status_code == no_number.status_code == 404
    assert without_request_id(wrong_pin) == without_request_id(unknown)
    assert without_request_id(wrong_pin) == without_request_id(no_number)
    assert sorted(wrong_pin.headers) == sorted(unknown.headers) == sorted(no_number.headers)


def test_too_many_wrong_pins_are_told_how_long_to_wait(client):
    for _ in range(3):
        case_request(client, "status", NUMBER_OF_NOBODY)

    answer = case_request(client, "status", NUMBER_OF_NOBODY)

    assert (answer.status_code, answer.json()["type"]) == (429, "/problems/rate-limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 30


def test_a_withdrawn_case_says_so_and_can_be_withdrawn_again(client):
    number = opened_number(client)

    first = case_request(client, "withdraw", number)
    again = case_request(client, "withdraw", number)

    assert (first.status_code, again.status_code) == (204, 204)
    assert first.content == b""
    assert case_request(client, "status", number).json() == {
        "status": "withdrawn",
        "signatures": 0,
        "found": NOTHING_FOUND,
        "withdrawal": {"sites": 0, "confirmed": 0},
    }


def test_nothing_can_be_added_to_a_withdrawn_case(client, services):
    number = opened_number(client)
    case_request(client, "withdraw", number)

    answer = case_request(client, "signatures", number, signatures=listing_of())

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/state-conflict")
    assert len(services.matching.index) == 0


@pytest.mark.parametrize(
    "unfit",
    [
        pytest.param(make_signature(quality=9), id="too little detail"),
        pytest.param(make_signature(region=RegionKind.ANCHOR, quality=49), id="weak anchor"),
        pytest.param(make_signature(pdq=FLAT), id="flat"),
    ],
)
def test_an_unfit_signature_is_refused_and_pointed_at(client, services, unfit):
    answer = open_case(client, make_signature(seed=1), unfit)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/unfit-signature"
    assert answer.json()["errors"] == [{"pointer": "/signatures/1", "code": "unfit"}]
    assert len(services.matching.index) == 0


@pytest.mark.parametrize(("quality", "tier"), [(10, None), (49, None), (50, "likely")])
def test_a_weak_signature_answers_at_tier_strong_alone(client, make_key, quality, tier):
    listed = make_signature(quality=quality)
    open_case(client, listed)
    query = make_signature()

    at_32 = ask(client, make_key(), item_of(near(query, pdq_bits=32)))
    at_31 = ask(client, make_key(), item_of(near(query, pdq_bits=31)))

    assert only_line(at_32)["tier"] == tier
    assert only_line(at_31)["tier"] == "strong"


def test_a_dhash_that_says_nothing_is_not_kept(client, make_key):
    open_case(client, make_signature(dhash=GRADIENT))
    far_dhash = make_hash(seed=5, algorithm=Algorithm.DHASH)

    at_31 = ask(client, make_key(), item_of(near(make_signature(dhash=far_dhash), pdq_bits=31)))
    at_32 = ask(client, make_key(), item_of(near(make_signature(dhash=far_dhash), pdq_bits=32)))

    assert only_line(at_31)["tier"] == "strong"
    assert only_line(at_32)["verdict"] == "none"


def test_a_dhash_that_speaks_against_a_match_stops_it(client, make_key):
    open_case(client, make_signature())
    query = make_signature(dhash=with_flipped_bits(make_signature().dhash, 65))

    answer = ask(client, make_key(), item_of(query))

    assert only_line(answer)["verdict"] == "none"

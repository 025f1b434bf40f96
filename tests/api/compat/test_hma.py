"""HMA's questions: the shapes of its answers, and no photo by any way."""

import pytest

from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.bodies import case_request, near, open_case, opened_number
from tests.factories import make_signature

PATH = "/compat/hma"
LISTED = make_signature(seed=1, dhash=None)
ALL = (Scope.MATCHES_WRITE, Scope.MATCHES_READ, Scope.MATCHES_DETAIL)


def ask(platform, path, **parameters):
    return platform.client.get(PATH + path, params=parameters, headers=platform.bearer)


def look_up(platform, signature, path="/m/raw_lookup", **parameters):
    wanted = {"signal": signature.pdq.hex(), "signal_type": "pdq"}
    return ask(platform, path, **wanted | parameters)


@pytest.fixture
def plain(client, platform):
    open_case(client, LISTED)
    return platform("plain", Scope.MATCHES_WRITE)


@pytest.fixture
def detailed(client, platform):
    open_case(client, LISTED)
    return platform("detailed", *ALL)


def test_a_hit_is_a_number_that_stays_the_same(plain):
    first, again = (look_up(plain, LISTED).json() for _ in range(2))
    (number,) = first["matches"]

    assert first == again
    assert 1 <= number <= 2**53
    assert list(first) == ["matches"]


def test_two_platforms_get_numbers_that_cannot_be_linked(plain, platform):
    other = platform("other", Scope.MATCHES_WRITE)

    assert look_up(plain, LISTED).json() != look_up(other, LISTED).json()


@pytest.mark.parametrize(("bits", "hits"), [(31, 1), (32, 0)])
def test_hits_end_at_31_bits(plain, bits, hits):
    found = look_up(plain, near(LISTED, pdq_bits=bits)).json()["matches"]

    assert len(found) == hits


def test_distances_are_text_and_shown_to_whom_may_see_them(plain, detailed):
    query = near(LISTED, pdq_bits=12)

    (hidden,) = look_up(plain, query, include_distance="true").json()["matches"]
    (shown,) = look_up(detailed, query, include_distance="on").json()["matches"]

    assert set(hidden) == set(shown) == {"bank_content_id", "distance"}
    assert (hidden["distance"], shown["distance"]) == ("-", "12")


def test_a_lookup_answers_by_bank(plain):
    answer = look_up(plain, LISTED, "/m/lookup", seed="x", bypass_coinflip="1").json()

    (number,) = look_up(plain, LISTED).json()["matches"]
    assert answer == {"REPORTED": [{"bank_content_id": number, "distance": "-"}]}


def test_nothing_near_is_an_empty_answer(plain):
    other = make_signature(seed=9)

    assert look_up(plain, other).json() == {"matches": []}
    assert look_up(plain, other, "/m/lookup").json() == {}


@pytest.mark.parametrize(
    ("banks", "hits"), [("REPORTED", 1), ("OTHER,REPORTED", 1), ("OTHER", 0), ("", 1)]
)
def test_banks_that_are_not_named_are_not_searched(plain, banks, hits):
    assert len(look_up(plain, LISTED, banks=banks).json()["matches"]) == hits


def test_a_withdrawn_photo_is_found_no_more(client, platform):
    recipient = platform("plain", Scope.MATCHES_WRITE)
    number = opened_number(client, LISTED)
    before = look_up(recipient, LISTED).json()["matches"]
    case_request(client, "withdraw", number)

    assert len(before) == 1
    assert look_up(recipient, LISTED).json() == {"matches": []}


def test_a_hit_is_a_match_of_ours_that_can_be_decided(detailed):
    (number,) = look_up(detailed, LISTED).json()["matches"]

    listed = detailed.client.get("/v1/matches", headers=detailed.bearer).json()["items"]

    assert [one["ref"] for one in listed] == [f"hma-{number}"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"signal": "abc", "signal_type": "pdq"}, "invalid signal: invalid PDQ hash"),
        ({"signal": "a" * 32, "signal_type": "pdq"}, "invalid signal: invalid PDQ hash"),
        ({"signal": "a" * 64, "signal_type": "video_md5"}, "No such SignalType"),
    ],
)
@pytest.mark.parametrize("path", ["/m/raw_lookup", "/m/lookup"])
def test_what_is_no_hash_is_a_400(plain, path, parameters, message):
    answer = ask(plain, path, **parameters)

    assert (answer.status_code, answer.json()) == (400, {"message": message})


def test_missing_and_mistyped_parameters_are_lists_without_the_input(plain):
    missing = ask(plain, "/m/raw_lookup", signal="a" * 64)
    mistyped = look_up(plain, LISTED, include_distance="perhaps")

    assert (missing.status_code, mistyped.status_code) == (422, 422)
    assert [set(one) for one in missing.json() + mistyped.json()] == [{"type", "loc", "msg"}] * 2
    assert missing.json()[0]["loc"] == ["signal_type"]
    assert "perhaps" not in mistyped.text
    assert ask(plain, "/m/lookup").status_code == 400


def test_photos_are_refused(plain):
    by_address = ask(plain, "/m/lookup", url="https://example.org/x.jpg")
    sent = plain.client.post(f"{PATH}/m/lookup", files={"photo": b"not read"}, headers=plain.bearer)

    for answer in (by_address, sent):
        assert answer.status_code == 403
        assert answer.json() == {"message": "Hashing is disabled, missing role"}


def test_banks_are_named_as_hma_names_them(detailed):
    assert ask(detailed, "/c/banks").json() == [{"name": "REPORTED", "matching_enabled_ratio": 1.0}]


def test_the_status_is_a_word(client, start, connect):
    stale = connect(start(index_stale_seconds=1e-9))

    assert client.get(f"{PATH}/status").text == "I-AM-ALIVE"
    assert (stale.get(f"{PATH}/status").status_code, stale.get(f"{PATH}/status").text) == (
        503,
        "INDEX-STALE",
    )
    assert stale.get(f"{PATH}/status/live").text == "I-AM-ALIVE"


def test_a_stale_index_answers_nothing(start, connect, platform):
    recipient = platform("plain", Scope.MATCHES_WRITE)
    stale = connect(start(index_stale_seconds=1e-9, compat_hma_enabled=True))
    parameters = {"signal": LISTED.pdq.hex(), "signal_type": "pdq"}

    answer = stale.get(f"{PATH}/m/raw_lookup", params=parameters, headers=recipient.bearer)

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize("path", ["/m/raw_lookup", "/m/lookup", "/c/banks"])
def test_questions_need_a_key_and_a_scope(client, platform, path):
    other = platform("other", Scope.LISTS_READ)

    assert client.get(PATH + path).status_code == 401
    assert ask(other, path).status_code == 403


@pytest.mark.parametrize("path", ["/h/hash", "/m/compare", "/m/index/status", "/ui", "/c/bank/X"])
def test_hma_s_other_addresses_are_not_there(client, path):
    assert client.get(PATH + path).status_code == 404


def test_it_is_off_unless_the_operator_wants_it(start, connect):
    client = connect(start())
    key = client.app.state.services.platforms.create_key(
        "example", [Scope.MATCHES_WRITE], at=now(), days=1
    )

    answer = client.get(
        f"{PATH}/m/raw_lookup",
        params={"signal": LISTED.pdq.hex(), "signal_type": "pdq"},
        headers={"Authorization": f"Bearer {key.text()}"},
    )

    assert answer.status_code == 403
    assert LISTED.pdq.hex() not in answer.text

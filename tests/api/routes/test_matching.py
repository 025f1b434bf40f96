"""What a platform is told."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from api.routes.matching import slices
from api.schemas.matching import Answers
from api.security.scopes import Scope
from api.services.matching import MatchingService, Upload
from hashsvc import Listed, RegionKind
from hashsvc.hashes import Algorithm, Hash
from hashsvc.times import now
from tests.api.bodies import (
    ask,
    case_request,
    item_of,
    near,
    only_line,
    open_case,
    opened_number,
)
from tests.factories import make_signature

SEEN = make_signature(seed=1)
UNSEEN = make_signature(seed=2)


@pytest.mark.parametrize(
    ("pdq_bits", "dhash_bits", "tier"),
    [
        (0, 0, "strong"),
        (31, 64, "strong"),
        (32, 64, "likely"),
        (50, 64, "likely"),
        (51, 64, "possible"),
        (72, 64, "possible"),
        (73, 64, None),
        (0, 65, None),
        (31, 65, None),
    ],
)
def test_distance_decides_the_tier(client, make_key, pdq_bits, dhash_bits, tier):
    open_case(client, SEEN)

    answer = ask(client, make_key(), item_of(near(SEEN, pdq_bits=pdq_bits, dhash_bits=dhash_bits)))

    line = only_line(answer)
    assert line["tier"] == tier
    assert line["verdict"] == ("review" if tier else "none")


@pytest.mark.parametrize(("pdq_bits", "tier"), [(31, "strong"), (32, None)])
def test_without_a_dhash_only_strong_is_answered(client, make_key, pdq_bits, tier):
    listed = make_signature(seed=1, dhash=None)
    open_case(client, listed)

    answer = ask(client, make_key(), item_of(near(listed, pdq_bits=pdq_bits)))

    assert only_line(answer)["tier"] == tier


def test_a_hit_says_review_and_a_miss_says_nothing_else(client, make_key):
    open_case(client, SEEN)

    hit, miss = ask(
        client, make_key(), item_of(SEEN, ref="hit"), item_of(UNSEEN, ref="miss")
    ).json()["items"]

    assert hit["match_id"].startswith("mat_")
    assert (hit["verdict"], hit["list_state"], hit["state"]) == ("review", "probation", "open")
    told = {name: value for name, value in miss.items() if value is not None and name != "pad"}
    assert told == {"ref": "miss", "verdict": "none"}


def test_a_hit_and_a_miss_have_one_size_on_the_wire(client, make_key):
    open_case(client, SEEN)
    key = make_key(Scope.MATCHES_WRITE, Scope.MATCHES_DETAIL)

    sizes = {
        len(ask(client, key, item_of(*signatures, ref="upl-1")).content)
        for signatures in ([SEEN], [UNSEEN], [replace(UNSEEN, quality=0)], [UNSEEN] * 40)
    }

    assert len(sizes) == 1


def test_the_answer_has_the_form_that_is_documented(client, make_key):
    open_case(client, SEEN)

    dull, long = item_of(replace(UNSEEN, quality=0), ref="dull"), item_of(UNSEEN, ref="x" * 64)
    answer = ask(client, make_key(), item_of(SEEN, ref="hit"), item_of(UNSEEN, ref="m"), dull, long)

    refs = [(line["ref"], line["skipped"]) for line in answer.json()["items"]]
    assert refs == [("hit", None), ("m", None), ("dull", "low_quality"), ("x" * 64, None)]
    assert Answers.model_validate_json(answer.content).model_dump_json() == answer.text


def test_the_best_tier_of_all_signatures_is_told(client, make_key):
    open_case(client, SEEN)

    answer = ask(client, make_key(), item_of(near(SEEN, pdq_bits=60), UNSEEN, SEEN))

    assert only_line(answer)["tier"] == "strong"


def test_lines_come_in_the_order_of_the_items(client, make_key):
    open_case(client, SEEN)
    refs = [f"ref-{place * 7 % 20}" for place in range(20)]

    items = [item_of(SEEN if place % 3 else UNSEEN, ref=ref) for place, ref in enumerate(refs)]
    lines = ask(client, make_key(), *items).json()["items"]

    assert [line["ref"] for line in lines] == refs
    assert [line["verdict"] for line in lines] == [
        "review" if place % 3 else "none" for place in range(20)
    ]


def test_many_signatures_are_answered_like_few(client, make_key):
    open_case(client, SEEN)
    many = [make_signature(seed=seed) for seed in range(10, 40)]

    answer = ask(client, make_key(), item_of(*many, SEEN))

    assert only_line(answer)["tier"] == "strong"


def test_many_uploads_are_searched_in_slices_and_answered_in_their_order(client, make_key):
    open_case(client, SEEN)
    parts = [[make_signature(seed=seed)] * 30 for seed in range(10, 14)]
    parts[2].append(SEEN)

    answer = ask(
        client, make_key(), *(item_of(*some, ref=f"upl-{n}") for n, some in enumerate(parts))
    )

    told = [(line["ref"], line["verdict"]) for line in answer.json()["items"]]
    assert told == [("upl-0", "none"), ("upl-1", "none"), ("upl-2", "review"), ("upl-3", "none")]


def test_a_slice_holds_no_more_than_so_many_signatures_but_for_one_upload_alone():
    uploads = [Upload(f"upl-{size}", (SEEN,) * size) for size in (30, 34, 1, 100, 2, 3)]

    sizes = [[len(one.signatures) for one in some] for some in slices(uploads, most=64)]

    assert sizes == [[30, 34], [1], [100], [2, 3]]


def test_searches_beside_the_loop_wait_for_one_another(client, make_key, monkeypatch):
    at_once, most, find = [], [], MatchingService.find

    def watched(self, *words):
        at_once.append(1)
        most.append(len(at_once))
        time.sleep(0.01)
        at_once.pop()
        return find(self, *words)

    monkeypatch.setattr(MatchingService, "find", watched)
    key, question = make_key(), item_of(*[make_signature(seed=5)] * 17)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ask(client, key, question), range(8)))

    assert [answer.status_code for answer in answers] == [200] * 8
    assert most == [1] * 8


def test_asking_again_about_the_same_upload_gives_the_same_match(client, make_key):
    open_case(client, SEEN)
    key = make_key()

    first, again = (only_line(ask(client, key, item_of(SEEN))) for _ in range(2))
    other = only_line(ask(client, key, item_of(SEEN, ref="upl-2")))

    assert first["match_id"] == again["match_id"]
    assert other["match_id"] != first["match_id"]


def test_two_platforms_get_ids_that_cannot_be_linked(client, make_key):
    open_case(client, SEEN)

    one, other = (
        only_line(ask(client, make_key(name=name), item_of(SEEN)))["match_id"]
        for name in ("one", "other")
    )

    assert one != other


def test_two_keys_of_one_platform_get_the_same_match(client, make_key):
    open_case(client, SEEN)

    ids = {only_line(ask(client, make_key(), item_of(SEEN)))["match_id"] for _ in range(2)}

    assert len(ids) == 1


def test_a_withdrawn_case_is_matched_no_more(client, make_key):
    number = opened_number(client, SEEN)
    key = make_key()
    assert only_line(ask(client, key, item_of(SEEN)))["verdict"] == "review"

    case_request(client, "withdraw", number)

    assert only_line(ask(client, key, item_of(SEEN)))["verdict"] == "none"


def test_a_photo_in_two_cases_is_matched_until_both_are_withdrawn(client, make_key):
    numbers = [opened_number(client, SEEN) for _ in range(2)]
    key = make_key()

    verdicts = []
    for number in numbers:
        case_request(client, "withdraw", number)
        verdicts.append(only_line(ask(client, key, item_of(SEEN)))["verdict"])

    assert verdicts == ["review", "none"]


def test_a_withdrawn_signature_still_in_the_index_is_not_answered(client, services, make_key):
    """The control: the index alone would answer; what the store says of the moment decides."""
    index, number = services.matching.index, opened_number(client, SEEN)
    (hit,) = index.find(SEEN, threshold=0)
    case_request(client, "withdraw", number)

    index.add([Listed(hit.signature_id, SEEN)])

    assert index.find(SEEN, threshold=0) == [hit]
    assert only_line(ask(client, make_key(), item_of(SEEN)))["verdict"] == "none"


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(make_signature(quality=9), id="too little detail"),
        pytest.param(make_signature(region=RegionKind.ANCHOR, quality=49), id="weak anchor"),
        pytest.param(make_signature(pdq=Hash(Algorithm.PDQ, bytes(32))), id="flat"),
    ],
)
def test_an_upload_without_detail_is_skipped(client, make_key, query):
    open_case(client, make_signature())

    line = only_line(ask(client, make_key(), item_of(query)))

    assert (line["verdict"], line["skipped"]) == ("none", "low_quality")


def test_one_fit_signature_is_enough_to_be_searched(client, make_key):
    line = only_line(ask(client, make_key(), item_of(make_signature(quality=0), UNSEEN)))

    assert line["skipped"] is None


def test_distances_are_told_to_keys_with_that_scope_alone(client, make_key):
    open_case(client, SEEN)
    item = item_of(near(SEEN, pdq_bits=20, dhash_bits=7))

    told = only_line(ask(client, make_key(*Scope), item))
    untold = ask(client, make_key(Scope.MATCHES_WRITE), item)

    assert told["detail"] == {"pdq_distance": 20, "dhash_distance": 7}
    assert only_line(untold)["detail"] is None


@pytest.mark.parametrize("scopes", [[Scope.MATCHES_WRITE], list(Scope)])
def test_hit_and_miss_are_equally_long_on_the_wire(client, make_key, scopes):
    open_case(client, SEEN)
    key = make_key(*scopes)
    longest = "r" * 64

    sizes = {
        len(ask(client, key, item_of(signature, ref=ref)).content)
        for ref in ("r", longest)
        for signature in (SEEN, UNSEEN, make_signature(quality=0))
    }

    assert len(sizes) == 1


def test_the_answer_says_which_changes_it_covers(client, make_key):
    for seed in range(3):
        open_case(client, make_signature(seed=seed))

    answer = ask(client, make_key(), item_of(UNSEEN))

    assert answer.json()["index_seq"] == 3
    assert answer.headers["Index-Seq"] == "3"


def test_a_stale_index_answers_nothing(start, connect):
    client = connect(start(index_stale_seconds=1e-9))
    key = client.app.state.services.platforms.create_key(
        "example", [Scope.MATCHES_WRITE], at=now(), days=1
    )

    answer = ask(client, {"Authorization": f"Bearer {key.text()}"}, item_of(SEEN))

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/index-behind")
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/readyz").status_code == 503


KEY = "hsk_live_ab12cd34_" + "x" * 43


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("Bearer", id="no key"),
        pytest.param(f"Basic {KEY}", id="other scheme"),
        pytest.param(f"Bearer {KEY}", id="unknown"),
        pytest.param(f"Bearer {KEY}x", id="too long"),
        pytest.param(f"Bearer {KEY[:-1]}", id="too short"),
        pytest.param(f"Bearer {KEY.upper()}", id="upper case"),
        pytest.param(f"Bearer {KEY.replace('live', 'test')}", id="other prefix"),
    ],
)
def test_without_a_known_key_nothing_is_answered(client, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = ask(client, headers, item_of(SEEN))

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/key-invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_with_another_secret_is_refused(client, make_key):
    key = make_key()["Authorization"]
    other = key[:-1] + ("a" if key[-1] != "a" else "b")

    assert ask(client, {"Authorization": other}, item_of(SEEN)).status_code == 401


def test_an_expired_key_is_refused(client, make_key):
    live = make_key(at=now() - timedelta(hours=23), days=1)
    expired = make_key(at=now() - timedelta(hours=25), days=1)

    assert ask(client, live, item_of(SEEN)).status_code == 200
    assert ask(client, expired, item_of(SEEN)).status_code == 401


def test_a_key_without_the_scope_is_refused(client, make_key):
    answer = ask(client, make_key(Scope.MATCHES_DETAIL), item_of(SEEN))

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/scope-missing")


def test_a_miss_leaves_no_match_behind(client, services, make_key):
    ask(client, make_key(), item_of(UNSEEN))

    with services.matching.store.snapshot() as tx:
        count = tx.connection.exec_driver_sql("SELECT count(*) FROM match").scalar_one()
    assert count == 0


def test_a_listed_photo_that_cannot_be_confirmed_is_not_answered(client, services, make_key):
    open_case(client, SEEN)
    key = make_key()
    ask(client, key, item_of(UNSEEN))
    with services.matching.store.transaction() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE listed_signature RENAME TO elsewhere")

    answer = ask(client, key, item_of(SEEN))

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/store-unavailable")
    assert int(answer.headers["Retry-After"]) > 0

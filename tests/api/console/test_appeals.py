"""Appeals at the console: said in words, counted once, for keys that hold the scope."""

import re

import pytest

from api.security.scopes import Scope
from hashsvc.closed_sets import AppealOutcome, AppealReason
from indexer.store import tables
from tests.api.bodies import ask, item_of, only_line
from tests.api.deciding import decide, kinds, matched
from tests.factories import make_signature
from tests.indexer.rows import alter, column, row_counts

SEEN = make_signature(seed=1)
ONCE = re.compile(r'name="once" value="([^"]+)"')
JUDGING = (Scope.MATCHES_READ, Scope.APPEALS_WRITE)


@pytest.fixture
def store(services):
    return services.matching.store


@pytest.fixture
def judge(desk):
    """Somebody who judges appeals, and decides nothing."""
    return desk(*JUDGING)


def address_of(match_id):
    return f"/console/matches/{match_id}"


def once_of(desk, match_id):
    """What tells the form that is shown now from others."""
    return ONCE.search(desk.text(address_of(match_id)))[1]


def appeal(desk, match_id, **fields):
    """The answer to a form that is filled in."""
    wanted = {"outcome": "upheld", "reason": "not_a_match", "once": "form_1"} | fields
    return desk.send(f"{address_of(match_id)}/appeals", **wanted)


def told(desk, answer):
    """What the page says after it."""
    assert answer.status_code == 303, answer.text
    page = desk.text(answer.headers["Location"])
    return re.search(r'role="status">(.*?)</p>', page)[1]


def test_upheld_nothing_matches_it_any_more_and_who_acted_hears_of_it(
    client, asking, make_key, judge, store
):
    match_id = matched(client, asking)
    other = make_key(
        Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE, Scope.CHANGES_READ, name="other.example"
    )
    decide(client, other, only_line(ask(client, other, item_of(SEEN)))["match_id"])

    said = told(judge, appeal(judge, match_id, once=once_of(judge, match_id)))

    assert "matched no more" in said
    assert "asked to look again" in said
    assert column(store, tables.listed_signature, "hold") == ["appeal"]
    assert only_line(ask(client, other, item_of(SEEN)))["verdict"] == "none"
    assert kinds(client, other) == ["match.suspended", "match.reopened"]
    page = judge.text(address_of(match_id))
    assert "suspended: wait" in page
    assert "not matched now" in page


def test_rejected_it_is_kept_and_nothing_changes(client, asking, judge, store):
    match_id = matched(client, asking)

    said = told(judge, appeal(judge, match_id, outcome="rejected", reason="not_intimate"))

    assert said == "The appeal is kept. Nothing changes."
    assert column(store, tables.appeal, "outcome") == ["rejected"]
    assert column(store, tables.listed_signature, "state") == ["probation"]


@pytest.mark.parametrize("state", ["suspended", "delisted"])
def test_what_was_stopped_before_is_not_said_to_be_stopped_now(client, asking, judge, store, state):
    match_id = matched(client, asking)
    alter(store, tables.listed_signature, state=state)

    said = told(judge, appeal(judge, match_id))

    assert "was not matched any more; nothing changes" in said
    assert row_counts(store)["appeal"] == 1


def test_a_form_sent_twice_has_one_effect_and_one_answer(client, asking, judge, store):
    match_id = matched(client, asking)
    once = once_of(judge, match_id)

    first, again = (appeal(judge, match_id, once=once) for _ in range(2))

    assert again.headers["Location"] == first.headers["Location"]
    assert row_counts(store)["appeal"] == 1


def test_the_same_form_filled_in_otherwise_is_not_taken(client, asking, judge, store):
    match_id = matched(client, asking)
    once = once_of(judge, match_id)
    appeal(judge, match_id, once=once)

    said = told(judge, appeal(judge, match_id, once=once, outcome="rejected"))

    assert "sent before with another answer" in said
    assert column(store, tables.appeal, "outcome") == ["upheld"]


def test_every_page_holds_a_form_of_its_own(client, asking, judge, store):
    match_id = matched(client, asking)

    for outcome in AppealOutcome:
        appeal(judge, match_id, once=once_of(judge, match_id), outcome=outcome.value)

    assert column(store, tables.appeal, "outcome") == ["upheld", "rejected"]


@pytest.mark.parametrize("reason", AppealReason)
def test_every_reason_can_be_chosen_and_stands_in_the_history(client, asking, judge, reason):
    match_id = matched(client, asking)
    assert '<p class="note">None.</p>' in judge.text(address_of(match_id)).split("Appeals")[1]
    assert f'value="{reason}"' in judge.text(address_of(match_id))

    appeal(judge, match_id, reason=reason.value)
    appeal(judge, match_id, reason=reason.value, outcome="rejected", once="form_2")

    history = judge.text(address_of(match_id)).split("<h2>Appeals</h2>")[1].split("</ol>")[0]
    assert re.findall(r"<strong>(\w+)", history) == ["Upheld", "Rejected"]
    assert history.count(f"with key {judge.key.split('_')[2]}") == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"outcome": ""}, 422),
        ({"outcome": "planted"}, 422),
        ({"outcome": ["upheld", "rejected"]}, 422),
        ({"reason": ""}, 422),
        ({"reason": "benign_asset"}, 422),
        ({"once": ""}, 422),
        ({"once": "planted \r\n"}, 422),
        ({"once": "x" * 65}, 422),
        ({"once": "٣"}, 422),
        ({"back": "show=planted"}, 422),
        ({"proof": "0" * 64}, 403),
        ({"proof": ""}, 403),
    ],
)
def test_what_is_unfit_is_refused_and_nothing_is_kept(client, asking, judge, store, fields, status):
    match_id = matched(client, asking)

    answer = appeal(judge, match_id, **fields)

    assert answer.status_code == status
    assert "planted" not in answer.text
    assert row_counts(store)["appeal"] == 0


def test_the_proof_of_another_session_is_none(client, asking, desk, judge, store):
    match_id = matched(client, asking)

    answer = appeal(judge, match_id, proof=desk(*JUDGING).proof())

    assert answer.status_code == 403
    assert row_counts(store)["appeal"] == 0


def test_another_platforms_match_is_an_unknown_one(client, asking, desk, judge, store):
    match_id = matched(client, asking)
    stranger = desk(*JUDGING, name="other")

    answers = [appeal(stranger, match_id), appeal(judge, "mat_unknown")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert row_counts(store)["appeal"] == 0


def test_nobody_reads_another_platforms_appeals(client, asking, judge, services):
    match_id = matched(client, asking)
    appeal(judge, match_id)
    with services.appeals.store.snapshot() as tx:
        own = tx.platforms.named("example").platform_id

        assert len(tx.appeals.past(match_id, own)) == 1
        assert tx.appeals.past(match_id, own + 1) == []


def test_without_the_scope_the_form_is_not_there_and_nothing_is_taken(
    client, asking, desk, judge, store
):
    match_id = matched(client, asking)
    somebody = desk(Scope.MATCHES_READ, Scope.DECISIONS_WRITE)

    answer = appeal(somebody, match_id)

    assert answer.status_code == 403
    assert row_counts(store)["appeal"] == 0
    assert 'id="appeal"' not in somebody.text(address_of(match_id))
    assert 'id="appeal"' in judge.text(address_of(match_id))
    assert 'name="choice"' not in judge.text(address_of(match_id))


def test_one_comes_back_to_the_match_and_from_there_to_ones_list(client, asking, judge):
    match_id = matched(client, asking)

    answer = appeal(judge, match_id, back="show=decided&tier=strong&evil=//evil.example")

    where = answer.headers["Location"]
    assert where == f"{address_of(match_id)}?show=decided&tier=strong&said=upheld"
    assert 'href="/console?show=decided&amp;tier=strong#list"' in judge.text(where)

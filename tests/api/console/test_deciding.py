"""Deciding at the console: kept at once, sent after ten seconds, undone before without a trace."""

import threading
from datetime import timedelta

import pytest

from api.services.held_decisions import UNDO
from api.services.lifecycle import EFFECTS
from hashsvc.closed_sets import Decision, Restriction
from hashsvc.times import now
from indexer.store import tables
from tests.api.bodies import opened_number
from tests.api.deciding import match_on, matched
from tests.factories import make_signature
from tests.indexer.rows import column

SEEN = make_signature(seed=1)


@pytest.fixture
def store(services):
    return services.matching.store


@pytest.fixture
def send(console):
    """Send what waits, as if its time had come."""

    def sent(*, after=UNDO):
        return console.held.send_due(at=now() + after)

    return sent


def read(client, key, match_id):
    return client.get(f"/v1/matches/{match_id}", headers=key).json()


def untouched(store):
    """What a decision would have changed."""
    names = ("decision", "vote", "clock", "feed_entry", "listed_signature", "match")
    with store.snapshot() as tx:
        return {
            name: tx.connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()  # noqa: S608
            for name in names
        }


def test_nothing_is_heard_of_a_decision_for_ten_seconds(client, desk, asking, send, store):
    match_id = matched(client, asking)
    before = untouched(store)

    answer = desk().decide(match_id)

    assert answer.status_code == 303
    assert send(after=UNDO - timedelta(seconds=1)) == 0
    assert untouched(store) == before
    assert send() == 1
    match = read(client, asking, match_id)
    assert (match["state"], match["decision"], match["reason"]) == (
        "decided",
        "removed",
        "intimate_no_consent",
    )
    assert [past["automated"] for past in match["history"]] == [False]


def test_the_server_sends_by_itself(start, client, desk, asking, monkeypatch):
    """With the real worker."""
    monkeypatch.setattr("api.services.held_decisions.UNDO", timedelta(0))
    match_id = matched(client, asking)
    desk().decide(match_id)
    decided = threading.Event()

    for _ in range(100):
        if read(client, asking, match_id)["state"] == "decided":
            decided.set()
            break
        decided.wait(0.1)

    assert decided.is_set()


@pytest.mark.parametrize(("decision", "reason"), EFFECTS)
def test_every_decision_of_the_table_has_its_button(client, desk, asking, send, decision, reason):
    match_id = matched(client, asking)
    somebody = desk()
    choice = f"{decision}/{reason}"
    for path in ("/console", f"/console/matches/{match_id}"):
        assert somebody.text(path).count(f'value="{choice}"') == 1

    answer = somebody.decide(match_id, choice=choice, restriction="reach")

    assert answer.status_code == 303
    assert send() == 1
    match = read(client, asking, match_id)
    assert (match["decision"], match["reason"]) == (decision, reason)


def test_no_button_is_there_without_the_table(desk, client, asking):
    matched(client, asking)

    assert desk().text().count('name="choice"') == len(EFFECTS)


@pytest.mark.parametrize("restriction", Restriction)
def test_a_restriction_is_kept(client, desk, asking, send, store, restriction):
    match_id = matched(client, asking)

    desk().decide(match_id, choice="restricted/synthetic", restriction=restriction.value)

    send()
    assert column(store, tables.decision, "restriction") == [restriction]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"choice": ""}, 422),
        ({"choice": "removed"}, 422),
        ({"choice": "removed/planted"}, 422),
        ({"choice": "planted/synthetic"}, 422),
        ({"choice": "removed/not_a_match"}, 422),
        ({"choice": "kept/not_a_match/x"}, 422),
        ({"choice": "restricted/synthetic"}, 422),
        ({"choice": "restricted/synthetic", "restriction": ""}, 422),
        ({"choice": "restricted/synthetic", "restriction": "planted"}, 422),
        ({"match": []}, 422),
        ({"match": ["mat_planted"]}, 404),
        ({"back": "show=planted"}, 422),
    ],
)
def test_what_is_unfit_is_refused_and_nothing_waits(client, desk, asking, fields, status):
    match_id = matched(client, asking)
    somebody = desk()
    wanted = {"match": [match_id], "choice": "removed/synthetic", "restriction": ""} | fields

    answer = somebody.send("/console/decisions", **wanted)

    assert answer.status_code == status
    assert "planted" not in answer.text
    assert somebody.waiting() == []


def test_undone_is_as_if_it_had_never_been(client, desk, asking, send, store):
    match_id = matched(client, asking)
    before = untouched(store)
    somebody = desk()
    somebody.decide(match_id, choice="removed/minor_suspected")

    answer = somebody.send("/console/undo", held=somebody.waiting())

    assert "said=undone" in answer.headers["Location"]
    assert "Nobody heard of it" in somebody.text(answer.headers["Location"])
    assert send() == 0
    assert untouched(store) == before


def test_undoing_too_late_says_so_and_changes_nothing(client, desk, asking, send):
    match_id = matched(client, asking)
    somebody = desk()
    somebody.decide(match_id)
    held = somebody.waiting()
    send()

    answer = somebody.send("/console/undo", held=held)

    assert "Too late" in somebody.text(answer.headers["Location"])
    assert read(client, asking, match_id)["state"] == "decided"


@pytest.mark.parametrize("held", ["", "-1", "x", "²", "9" * 30, "1.0", "0x1"])
def test_an_id_that_is_none_undoes_nothing(desk, held):
    assert desk().send("/console/undo", held=held).status_code in {303, 422}


def test_several_are_decided_at_once_and_undone_at_once(client, desk, asking, send):
    ids = [matched(client, asking, seed=seed, ref=f"upl-{seed}") for seed in range(3)]
    somebody = desk()

    somebody.decide(*ids, choice="kept/not_intimate")
    assert "3 matches" in somebody.text()
    somebody.send("/console/undo", held=somebody.waiting())
    assert send() == 0
    somebody.decide(*ids, choice="kept/not_intimate")

    assert send() == 3
    assert {read(client, asking, id_)["state"] for id_ in ids} == {"decided"}


def test_all_of_a_selection_or_none(client, desk, asking, services):
    own = matched(client, asking)
    stranger = desk(name="other")

    answer = stranger.decide(own, choice="kept/not_intimate")

    assert answer.status_code == 404
    assert stranger.waiting() == []
    somebody = desk()
    assert somebody.decide(own, "mat_unknown").status_code == 404
    assert somebody.waiting() == []


def test_nobody_undoes_another_platforms_decision(client, desk, asking, send):
    match_id = matched(client, asking)
    somebody, stranger = desk(), desk(name="other")
    somebody.decide(match_id)
    held = somebody.waiting()

    assert stranger.waiting() == []
    answer = stranger.send("/console/undo", held=held)

    assert "said=late" in answer.headers["Location"]
    assert somebody.waiting() == held
    assert send() == 1


def test_changing_ones_mind_meanwhile_keeps_both_in_order(client, desk, asking, send):
    match_id = matched(client, asking)
    somebody = desk()
    somebody.decide(match_id, choice="kept/not_intimate")
    somebody.decide(match_id, choice="removed/synthetic")

    assert send() == 2

    match = read(client, asking, match_id)
    assert [past["reason"] for past in match["history"]] == ["not_intimate", "synthetic"]
    assert match["decision"] == "removed"


def test_one_match_named_twice_is_decided_once(client, desk, asking, send):
    match_id = matched(client, asking)

    desk().decide(match_id, match_id)

    assert send() == 1


def test_what_waits_is_sent_although_its_key_is_revoked(client, desk, asking, send, services):
    match_id = matched(client, asking)
    somebody = desk()
    somebody.decide(match_id)

    services.platforms.revoke_key(somebody.key.split("_")[2], at=now())

    assert send() == 1
    assert read(client, asking, match_id)["state"] == "decided"


def test_what_waits_survives_a_restart(start, connect, client, desk, asking):
    match_id = matched(client, asking)
    desk().decide(match_id)

    again = connect(start())

    assert again.app.state.console.held.send_due(at=now() + UNDO) == 1
    assert read(again, asking, match_id)["state"] == "decided"


def test_two_senders_send_each_decision_once(client, desk, asking, console, send):
    ids = [matched(client, asking, seed=seed, ref=f"upl-{seed}") for seed in range(4)]
    desk().decide(*ids)
    sent = []
    threads = [threading.Thread(target=lambda: sent.append(send())) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(sent) == 4
    assert [len(read(client, asking, id_)["history"]) for id_ in ids] == [1] * 4


def test_what_cannot_be_sent_waits_and_holds_nobody_up(client, desk, asking, send, monkeypatch):
    bad, good = (matched(client, asking, seed=seed, ref=f"upl-{seed}") for seed in (1, 2))
    somebody = desk()
    somebody.decide(bad, choice="kept/not_intimate")
    somebody.decide(good)
    monkeypatch.delitem(EFFECTS, (Decision.KEPT, "not_intimate"))

    assert send() == 1
    monkeypatch.undo()

    assert read(client, asking, good)["state"] == "decided"
    assert send() == 1
    assert read(client, asking, bad)["state"] == "decided"


def test_a_decision_moves_votes_and_clocks_like_any_other(client, desk, asking, send):
    opened_number(client, SEEN)
    match_id = match_on(client, asking, SEEN)

    desk().decide(match_id)
    send()

    match = read(client, asking, match_id)
    assert match["list_state"] == "confirmed"
    assert {clock["state"] for clock in match["clocks"]} == {"stopped"}


def test_a_sent_decision_is_counted(client, desk, asking, send):
    counted = 'hashsvc_decisions_total{decision="removed",reason="synthetic"} 1.0'
    desk().decide(matched(client, asking), choice="removed/synthetic")
    assert counted not in client.get("/metrics").text

    send()

    assert counted in client.get("/metrics").text


@pytest.mark.parametrize("back", ["show=decided&tier=strong", "", "cursor=abc&show=all"])
def test_one_comes_back_to_the_list_one_came_from(client, desk, asking, back):
    answer = desk().decide(matched(client, asking), back=back)

    where = answer.headers["Location"]
    assert where.startswith("/console?")
    assert where.endswith("said=held#list")
    assert all(part in where for part in back.split("&"))


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "x=1\r\nSet-Cookie: a=b"]
)
def test_nobody_is_led_elsewhere(client, desk, asking, back):
    answer = desk().decide(matched(client, asking), back=back)

    assert answer.headers["Location"] == "/console?show=to_do&said=held#list"
    assert "a=b" not in str(answer.headers)

"""`hashsvc-server review`: what is held, why, and the way back; never a hash."""

import json
from datetime import timedelta

import pytest

from api.cli import app as cli
from api.cli.review_cmd import WAITS
from api.services.reviews import RestoreReason
from hashsvc.closed_sets import ListedState
from hashsvc.times import now
from indexer.records import Hold, Standing
from tests.api.bodies import ask, item_of, only_line, opened_number
from tests.factories import make_signature
from tests.indexer.factories import listed_in
from tests.leaks import CliRunner

SIGNATURE = make_signature(seed=31)


@pytest.fixture
def run(folder, client, kept_umask):
    """A command beside a running service, which has caught up afterwards."""

    def ran(*words):
        words = ["review", *map(str, words), "--data", str(folder)]
        done = CliRunner().invoke(cli, words)
        client.app.state.services.cases.changed()
        return done

    return ran


@pytest.fixture
def store(services):
    return services.matching.store


@pytest.fixture
def listed(client, store):
    opened_number(client, SIGNATURE)
    (signature_id,) = listed_in(store)
    return signature_id


@pytest.fixture
def verdict(client, make_key):
    key = make_key()
    return lambda ref: only_line(ask(client, key, item_of(SIGNATURE, ref=ref)))["verdict"]


def hold(store, services, signature_id, reason):
    with store.transaction() as tx:
        tx.listing.move({signature_id: Standing(ListedState.SUSPENDED, reason)}, at=now())
    services.cases.changed()


def acts(store):
    with store.snapshot() as tx:
        rows = [json.loads(row.body) for row in tx.access.after(0, limit=1000)]
    return [
        (row["act"], row["about"].get("hold"))
        for row in rows
        if row["act"].startswith("signature:")
    ]


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_nothing_is_held_at_first(run, listed):
    done = run("list", "--json")

    assert (done.exit_code, done.stdout) == (0, "")


def test_a_report_near_something_benign_is_in_the_queue(client, services, run, store):
    services.cases.changed()
    with store.transaction() as tx:
        from indexer.records import Enrolment  # noqa: PLC0415

        tx.banks.add("benign", [Enrolment(SIGNATURE)], at=now())
    services.cases.changed()
    opened_number(client, SIGNATURE)

    (held,) = lines(run("list", "--json"))

    assert (held["hold"], held["bank"], held["uploads"]) == ("intake", "reported", 0)
    assert held["due_at"] is None


@pytest.mark.parametrize("reason", [Hold.INTAKE, Hold.VOTES, Hold.FLOOD, Hold.OPERATOR])
def test_one_operator_brings_back_what_these_hold(run, store, services, listed, verdict, reason):
    hold(store, services, listed, reason)
    assert verdict("held") == "none"

    done = run("restore", listed, "--reason", RestoreReason.TRUE_REPORT)

    assert done.exit_code == 0
    assert verdict("back") == "review"
    assert acts(store)[-1] == ("signature:restore", reason)


@pytest.mark.parametrize("reason", [Hold.APPEAL, Hold.CHILD])
def test_two_operators_bring_back_what_these_hold(run, store, services, listed, verdict, reason):
    hold(store, services, listed, reason)
    words = ("restore", listed, "--reason", RestoreReason.ADULT)

    nameless = run(*words)
    first, again = (run(*words, "--by", name) for name in ("Amina Odhiambo", "amina"))
    between = verdict("between")
    second = run(*words, "--by", "brian")

    assert (nameless.exit_code, first.exit_code, again.exit_code) == (1, WAITS, WAITS)
    assert (between, second.exit_code, verdict("back")) == ("none", 0, "review")


def test_a_restored_signature_is_confirmed_where_platforms_said_so(
    run, store, services, client, make_key, listed
):
    from api.security.scopes import Scope  # noqa: PLC0415
    from tests.api.deciding import decide  # noqa: PLC0415

    key = make_key(Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE, name="moderated")
    match_id = only_line(ask(client, key, item_of(SIGNATURE)))["match_id"]
    decide(client, key, match_id)
    hold(store, services, listed, Hold.OPERATOR)

    run("restore", listed, "--reason", RestoreReason.MISTAKE)

    (shown,) = lines(run("show", listed, "--json"))
    assert (shown["state"], shown["confirm_votes"]) == ("confirmed", 1)
    assert shown["voices"] == [{"platform": "moderated", "uploads": 1, "vote": "confirm"}]


def test_suspending_and_restoring_undo_each_other(run, store, listed, verdict):
    assert verdict("one") == "review"
    suspended = run("suspend", listed)
    assert verdict("two") == "none"

    restored = run("restore", listed, "--reason", RestoreReason.MISTAKE)

    assert (suspended.exit_code, restored.exit_code) == (0, 0)
    assert verdict("three") == "review"
    assert acts(store) == [("signature:suspend", "operator"), ("signature:restore", "operator")]


def test_what_is_delisted_is_erased_and_never_comes_back(run, store, listed, verdict):
    asked = CliRunner().invoke(cli, ["review", "delist", str(listed)], input="n\n")
    assert asked.exit_code == 1
    assert verdict("still") == "review"

    done = run("delist", listed, "--yes")

    back = run("restore", listed, "--reason", RestoreReason.MISTAKE)
    again = run("delist", listed, "--yes")
    assert (done.exit_code, back.exit_code, again.exit_code) == (0, 1, 1)
    assert verdict("gone") == "none"
    assert acts(store) == [("signature:delist", None)]


@pytest.mark.parametrize("words", [("show",), ("suspend",), ("delist", "--yes")])
def test_an_unknown_id_is_one_sentence_and_exit_code_1(run, listed, words):
    command, *rest = words

    done = run(command, 7, *rest)

    assert done.exit_code == 1
    assert "Nothing that is listed has one of these ids" in done.stderr


def test_one_bad_id_among_many_changes_nothing(run, store, listed, verdict):
    done = run("suspend", listed, 7)

    assert done.exit_code == 1
    assert verdict("still") == "review"


def test_only_what_is_held_can_be_restored(run, listed):
    done = run("restore", listed, "--reason", RestoreReason.MISTAKE)

    assert done.exit_code == 1
    assert "not suspended" in done.stderr


@pytest.mark.parametrize("name", ["", "  ", "a" * 65, "a\nb"])
def test_a_name_is_one(run, store, services, listed, name):
    hold(store, services, listed, Hold.CHILD)

    done = run("restore", listed, "--reason", RestoreReason.ADULT, "--by", name)

    assert done.exit_code == 2


@pytest.mark.parametrize("words", [(), ("--reason", "because")])
def test_a_reason_is_a_word_of_the_list(run, listed, words):
    assert run("restore", listed, *words).exit_code == 2


def test_no_flood_suspends_what_an_operator_restored(run, store, services, listed, verdict):
    hold(store, services, listed, Hold.FLOOD)
    run("restore", listed, "--reason", RestoreReason.FLOODED_ON_PURPOSE)
    for number in range(250):
        verdict(f"upl-{number}")

    assert services.floods.look(at=now() + timedelta(seconds=10)) == 0
    (shown,) = lines(run("show", listed, "--json"))
    assert shown["uploads"] == 250
    assert shown["reviewed_on"] is not None


def test_nothing_shows_a_hash_or_a_case(run, store, services, listed):
    hold(store, services, listed, Hold.VOTES)

    said = [run("list"), run("list", "--json"), run("show", listed), run("show", listed, "--json")]

    for done in said:
        assert done.exit_code == 0
        for secret in (SIGNATURE.pdq.hex(), SIGNATURE.dhash.hex()):
            assert secret not in done.stdout + done.stderr
    assert "votes: 1 held" in said[0].stderr
    assert str(listed) in said[0].stdout

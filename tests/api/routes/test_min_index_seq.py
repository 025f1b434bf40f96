"""Who insists on a change gets an answer that covers it, or none."""

import pytest

from api.security.scopes import Scope
from api.services.matching import Upload
from hashsvc.times import now
from tests.api.bodies import ask, case_request, item_of, only_line, open_case, opened_number
from tests.factories import make_signature
from tests.indexer.factories import make_enrolments
from tests.indexer.factories import open_case as open_case_in

SEEN = make_signature(seed=3)
FOREVER = 5  # seconds


@pytest.fixture
def writer(start, connect):
    """Another process on the same database."""
    return connect(start())


@pytest.fixture
def late(start, connect, writer):
    """A service whose index looks for changes too seldom to see them."""
    return connect(start(index_poll_seconds=FOREVER))


def seq_of(client):
    return client.app.state.services.matching.sequence()


def ask_for(client, key, seq, *signatures):
    return ask(client, key | {"Min-Index-Seq": str(seq)}, item_of(*signatures or [SEEN]))


@pytest.fixture
def platform(late):
    made = late.app.state.services.platforms.create_key(
        "example", [Scope.MATCHES_WRITE], at=now(), days=1
    )
    return {"Authorization": f"Bearer {made.text()}"}


def test_without_it_a_late_index_answers_from_what_it_holds(late, writer, platform):
    open_case(writer, SEEN)

    answer = ask(late, platform, item_of(SEEN))

    assert only_line(answer)["tier"] is None
    assert int(answer.headers["Index-Seq"]) == seq_of(late) < seq_of(writer)


def test_a_change_the_index_lacks_is_read_from_the_store(late, writer, platform):
    open_case(writer, SEEN)

    answer = ask_for(late, platform, seq_of(writer))

    assert only_line(answer)["tier"] == "strong"
    assert int(answer.headers["Index-Seq"]) == answer.json()["index_seq"] == seq_of(writer)
    assert seq_of(late) < seq_of(writer)


def test_what_the_index_holds_is_answered_beside_it(late, writer, platform):
    open_case(late, make_signature(seed=4))
    open_case(writer, SEEN)

    answers = [
        ask_for(late, platform, seq_of(writer), one) for one in (SEEN, make_signature(seed=4))
    ]

    assert [only_line(answer)["tier"] for answer in answers] == ["strong", "strong"]


def test_what_was_withdrawn_since_is_not_answered(late, writer, platform):
    number = opened_number(writer, SEEN)
    case_request(writer, "withdraw", number)

    answer = ask_for(late, platform, seq_of(writer))

    assert only_line(answer)["tier"] is None


def test_a_change_that_comes_in_time_is_waited_for(start, connect, writer, platform):
    quick = connect(start(index_poll_seconds=0.05))
    open_case(writer, SEEN)

    answer = ask_for(quick, platform, seq_of(writer))

    assert only_line(answer)["tier"] == "strong"
    assert quick.app.state.services.matching.freshness.applied == seq_of(writer)


@pytest.mark.parametrize(("count", "status"), [(5_000, 200), (5_001, 503)])
def test_too_many_changes_are_not_read_for_one_answer(late, writer, platform, count, status):
    before = seq_of(late)
    open_case_in(writer.app.state.services.matching.store, make_enrolments(1) * count, seed=9)

    answer = ask_for(late, platform, before + 1)

    assert answer.status_code == status
    if status == 503:
        assert answer.json()["type"] == "/problems/index-behind"
        assert answer.headers["Retry-After"]


def test_a_change_that_nobody_made_is_not_covered(late, platform):
    answer = ask_for(late, platform, seq_of(late) + 1)

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/index-behind")


def test_a_change_that_is_covered_already_asks_nothing_more(late, platform):
    assert ask_for(late, platform, seq_of(late)).status_code == 200


@pytest.mark.parametrize("value", ["-1", "x", "1.5", str(2**63), ""])
def test_a_number_that_is_none_is_refused(late, platform, value):
    answer = ask_for(late, platform, value)

    assert answer.status_code == 422


def test_what_the_index_takes_up_meanwhile_is_found_once(late, writer):
    open_case(writer, SEEN)
    services = late.app.state.services
    covered = services.matching.covering(seq_of(writer))
    services.cases.changed()

    (found,) = services.matching.find([Upload("upl-1", (SEEN,))], covered.newer)

    assert len(found.graded) == 1
    assert services.matching.index.find(SEEN, threshold=0)
    assert covered.newer.find(SEEN, threshold=0)

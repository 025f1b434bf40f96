"""A list that is long enough for tables is answered from them, through the same routes."""

import numpy as np
import pytest

from api.routes import matching
from api.security.scopes import Scope
from api.settings import IndexMode
from hashsvc.times import now
from indexer.search import LayeredIndex
from indexer.search.layers import Layers
from tests.api.bodies import ask, case_request, item_of, near, only_line, open_case, opened_number
from tests.api.workers.test_index_following import wait_until
from tests.factories import make_signature

SEEN = make_signature(seed=1)


@pytest.fixture
def client(start, connect, tmp_path):
    """A service that has tables from the first signature on."""
    return connect(
        start(index_mode=IndexMode.BASE, index_folder=tmp_path / "tables", index_poll_seconds=0.01)
    )


@pytest.fixture
def platform(client):
    """The headers of a platform."""
    key = client.app.state.services.platforms.create_key(
        "example", [Scope.MATCHES_WRITE], at=now(), days=1
    )
    return {"Authorization": f"Bearer {key.text()}"}


@pytest.mark.parametrize(
    ("pdq_bits", "tier"),
    [(0, "strong"), (31, "strong"), (50, "likely"), (72, "possible"), (73, None)],
)
def test_tables_give_the_same_tiers(client, platform, pdq_bits, tier):
    open_case(client, make_signature(seed=2))
    open_case(client, SEEN)

    answer = ask(client, platform, item_of(near(SEEN, pdq_bits=pdq_bits)))

    assert only_line(answer)["tier"] == tier
    index = client.app.state.services.matching.index
    assert isinstance(index, LayeredIndex)
    assert isinstance(index._now, Layers)


def test_what_is_withdrawn_is_not_answered_and_what_stays_is(client, platform):
    number = opened_number(client, SEEN)
    open_case(client, make_signature(seed=2))

    case_request(client, "withdraw", number)

    questions = [item_of(make_signature(seed=seed)) for seed in (1, 2)]
    tiers = [only_line(ask(client, platform, question))["tier"] for question in questions]
    assert tiers == [None, "strong"]


def test_a_builder_takes_what_was_withdrawn_out_of_the_tables(client, platform, tmp_path):
    number = opened_number(client, SEEN)
    open_case(client, make_signature(seed=2))

    case_request(client, "withdraw", number)

    index = client.app.state.services.matching.index
    wait_until(lambda: len(index._now.base) == 1 and not index._now.tombstones, seconds=60)
    assert only_line(ask(client, platform, item_of(SEEN)))["tier"] is None
    assert only_line(ask(client, platform, item_of(make_signature(seed=2))))["tier"] == "strong"
    (published,) = (tmp_path / "tables" / "reported").glob("base-*")
    assert np.load(published / "ids.npy").size == 1


@pytest.mark.parametrize(
    ("signatures", "seconds", "threads"), [(16, 0.005, 0), (16, 0.006, 1), (17, 0, 1)]
)
def test_what_would_keep_others_waiting_is_searched_in_a_thread(
    client, platform, monkeypatch, signatures, seconds, threads
):
    """What is found is confirmed in another one; here nothing is found first."""
    handed, run = [], matching.run_in_threadpool

    def counting(function, *arguments, **named):
        handed.append(function)
        return run(function, *arguments, **named)

    monkeypatch.setattr(matching, "run_in_threadpool", counting)
    monkeypatch.setattr(LayeredIndex, "seconds_for", lambda _index, _queries: seconds)

    ask(client, platform, item_of(*[SEEN] * signatures))
    searching = len(handed)
    opened_number(client, SEEN)
    ask(client, platform, item_of(*[SEEN] * signatures))

    assert (searching, len(handed) - searching) == (threads, threads + 1)

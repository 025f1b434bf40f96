"""A list that is long enough for tables is answered from them, through the same routes."""

import pytest

from api.security.scopes import Scope
from hashsvc.times import now
from indexer.search import LayeredIndex
from indexer.search.layers import Layers
from tests.api.bodies import ask, case_request, item_of, near, only_line, open_case, opened_number
from tests.factories import make_signature

SEEN = make_signature(seed=1)


@pytest.fixture
def client(start, connect):
    """A service that has tables from the first signature on."""
    return connect(start(index_base_from=0))


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

    answers = [ask(client, platform, item_of(make_signature(seed=seed))) for seed in (1, 2)]
    assert [only_line(answer)["tier"] for answer in answers] == [None, "strong"]
    client.app.state.services.matching.index.compact()
    answers = [ask(client, platform, item_of(make_signature(seed=seed))) for seed in (1, 2)]
    assert [only_line(answer)["tier"] for answer in answers] == [None, "strong"]

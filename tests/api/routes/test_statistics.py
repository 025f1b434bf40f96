"""Anybody reads the figures of a month that is over; a platform reads its own, exactly."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from api.security.scopes import Scope
from hashsvc.times import now
from indexer.store import tables
from tests.api.bodies import ask, item_of, open_case
from tests.api.deciding import decide
from tests.factories import make_signature
from tests.indexer.rows import alter

PATH = "/v1/reports/transparency"
MONTH = "2026-01"
THEN = datetime(2026, 1, 15, tzinfo=UTC)
SEEN = make_signature(seed=1)


@pytest.fixture
def platform(make_key):
    def made(name="example"):
        scopes = (Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE, Scope.REPORTS_READ)
        return make_key(*scopes, name=name)

    return made


@pytest.fixture
def key(platform):
    return platform()


@pytest.fixture
def history(client, services, key):
    """A dozen matches of one platform in a month that is over, two of them mistakes."""
    open_case(client, SEEN)
    items = [item_of(SEEN, ref=f"upl-{number}") for number in range(12)]
    lines = ask(client, key, *items).json()["items"]
    for number, line in enumerate(lines):
        wrong = {"decision": "kept", "reason": "not_a_match"} if number < 2 else {}
        decide(client, key, line["match_id"], **wrong)
    store = services.matching.store
    alter(store, tables.match, opened_at=THEN)
    alter(store, tables.decision, received_at=THEN)


def figures(answer):
    assert answer.status_code == 200, answer.text
    return {(one["name"], *one["by"].values()): one["value"] for one in answer.json()["figures"]}


def public(client, period=MONTH, form=""):
    return client.get(f"{PATH}{form}", params={"period": period})


def own(client, key, period=MONTH):
    return client.get(f"{PATH}/own", params={"period": period}, headers=key)


def problem_of(answer):
    return answer.json()["type"].removeprefix("/problems/")


def test_anybody_reads_figures_without_small_cells(client, history):
    found = figures(public(client))

    assert found["matches", "strong"] == 12
    assert found["decisions", "not_a_match"] is None
    assert found["errors", "strong", "confirmed"] is None
    assert found["errors_of", "strong", "confirmed"] == 12
    assert found["errors_share_at_most", "strong", "confirmed"] == 0.75
    assert not [value for value in found.values() if isinstance(value, int) and 0 < value < 10]


def test_a_platform_reads_its_own_exactly(client, key, history):
    found = figures(own(client, key))

    assert found["matches", "strong"] == 12
    assert found["decisions", "not_a_match"] == 2
    assert found["decisions", "intimate_no_consent"] == 10
    assert found["errors_share", "strong", "confirmed"] == pytest.approx(2 / 12, abs=0.001)


def test_a_platform_reads_nothing_of_another(client, platform, history):
    found = figures(own(client, platform("other.example")))

    assert not [value for value in found.values() if value]


def test_the_month_that_runs_is_ones_own_alone(client, key):
    month = now().strftime("%Y-%m")
    open_case(client, SEEN)
    ask(client, key, item_of(SEEN))

    assert figures(own(client, key, month))["matches", "strong"] == 1
    assert problem_of(public(client, month)) == "no-such-period"


@pytest.mark.parametrize("period", ["2019-12", "2026-13", "2026-00", "2099-01"])
def test_a_month_without_figures_is_none(client, period):
    answer = public(client, period)

    assert answer.status_code in {404, 422}


@pytest.mark.parametrize("period", ["", "january", "2026-1", "2026-01-01", "<script>"])
def test_what_is_no_month_is_refused(client, period):
    answer = public(client, period)

    assert (answer.status_code, problem_of(answer)) == (422, "invalid-field")


def test_the_table_of_values_holds_the_same(client, history):
    answer = public(client, form=".csv")

    rows = list(csv.DictReader(StringIO(answer.text)))
    shown = [figure["value"] for figure in public(client).json()["figures"]]
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["value"] for row in rows] == ["" if one is None else str(one) for one in shown]
    assert {row["period"] for row in rows} == {MONTH}


def test_the_page_holds_the_same_and_asks_for_nothing(client, history):
    answer = public(client, form=".html")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="en">' in answer.text
    figure_count = len(public(client).json()["figures"])
    assert answer.text.count('<th scope="row">') == figure_count
    assert not {"<script", "<link", "<img", "style="} & set(answer.text.split())


def test_counting_a_month_once_serves_all_who_ask(client, services, history):
    first = public(client).json()
    alter(services.matching.store, tables.match, opened_at=now())

    assert public(client).json() == first


def test_while_a_month_is_counted_others_are_asked_to_come_again(client, services, history):
    public(client)
    with services.statistics._lock:  # as who counts holds it
        assert public(client).status_code == 200
        answer = public(client, "2026-02")

    assert (answer.status_code, problem_of(answer)) == (503, "overloaded")
    assert answer.headers["Retry-After"]
    assert public(client, "2026-02").status_code == 200


def test_own_figures_take_the_scope(client, make_key):
    assert own(client, make_key(Scope.MATCHES_READ)).status_code == 403
    assert client.get(f"{PATH}/own", params={"period": MONTH}).status_code == 401

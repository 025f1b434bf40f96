"""The platform's own matches as files, which no spreadsheet runs."""

import csv
from io import StringIO

import pytest

from api.console import exports
from hashsvc.times import now
from indexer.store import tables
from indexer.store.matches import about_ref
from tests.api.deciding import matched
from tests.indexer.rows import alter


def rows_of(answer):
    return list(csv.DictReader(StringIO(answer.text)))


@pytest.fixture
def several(client, asking, monkeypatch):
    """More matches than are read at once."""
    monkeypatch.setattr(exports, "_AT_ONCE", 2)
    refs = [f"upl-{seed}" for seed in range(5)]
    for seed, ref in enumerate(refs):
        matched(client, asking, seed=seed, ref=ref)
    return refs


def test_both_files_hold_every_match_that_the_api_lists(client, desk, asking, several):
    somebody = desk()
    listed = client.get("/v1/matches", headers=asking).json()["items"]

    as_json = somebody.get("/console/export.json").json()["items"]
    as_csv = rows_of(somebody.get("/console/export.csv"))

    assert sorted(row["ref"] for row in as_csv) == several
    assert as_json == listed
    texts = [{name: value or "" for name, value in row.items()} for row in listed]
    assert as_csv == texts


def test_a_file_holds_what_the_filter_shows(desk, several):
    somebody = desk()

    assert rows_of(somebody.get("/console/export.csv?show=decided")) == []
    assert somebody.get("/console/export.json?show=decided").json() == {"items": []}
    assert len(rows_of(somebody.get("/console/export.csv?tier=strong"))) == 5


def test_files_are_to_be_saved(desk):
    somebody = desk()
    for ending, media_type in (("csv", "text/csv; charset=utf-8"), ("json", "application/json")):
        headers = somebody.get(f"/console/export.{ending}").headers
        assert headers["Content-Type"] == media_type
        assert headers["Content-Disposition"] == f'attachment; filename="matches.{ending}"'
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])  # noqa: RUF001
def test_no_cell_is_a_formula(client, desk, asking, console, services, sign):
    match_id = matched(client, asking)
    somebody = desk()
    hostile = f'{sign}HYPERLINK("https://evil.example","x"),y'
    platform_id = console.sessions.caller(
        somebody.browser.cookies["console"], at=now()
    ).platform.platform_id
    store = services.matching.store
    with store.transaction() as tx:
        sealed = tx.policies.key(platform_id).seal_text(hostile, about_ref(match_id))
    alter(store, tables.match, ref=sealed)

    content = somebody.browser.get("/console/export.csv").content.decode()
    (row,) = csv.DictReader(StringIO(content, newline=""))

    assert row["ref"] == f"'{hostile}"
    assert somebody.get("/console/export.json").json()["items"][0]["ref"] == hostile


def test_a_harmless_cell_stays_as_it_is():
    assert exports.harmless("upl-8841") == "upl-8841"
    assert exports.harmless("") == ""

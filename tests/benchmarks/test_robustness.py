"""A small run of the robustness benchmark: floors that no change may fall through."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.edits import EDITS
from benchmarks.robustness import report, tables
from benchmarks.robustness.false_matches import NEGATIVE_EDITS
from benchmarks.robustness.leak import leaks
from benchmarks.robustness.measuring import measure
from benchmarks.robustness.photo_set import PhotoSet, TooFewPhotosError, photo_set
from benchmarks.robustness.tables import recall_by_edit, recall_by_group
from examples.demo.photos import REPORTED, UNRELATED, photo_path
from hashsvc.policies import Tier

_EASY = {"codec", "resize", "filter", "flip", "platform"}


@pytest.fixture(scope="module")
def measured():
    negatives = tuple(photo_path(name) for name in UNRELATED)
    photos = PhotoSet((photo_path(REPORTED[1]),), negatives, (negatives,), "digest")
    with ThreadPoolExecutor(1) as here:
        return measure(photos, here)


def test_every_edit_is_tried_once_and_the_inverted_photo_too(measured):
    assert len(measured.trials) == len(EDITS) + 1


def test_easy_edits_are_all_found_as_strong(measured):
    groups = recall_by_group(recall_by_edit(measured.trials))

    assert {g.group for g in groups if g.found["hashsvc strong"] == 100} >= _EASY


def test_far_more_is_found_than_by_one_hash(measured):
    macro = recall_by_group(recall_by_edit(measured.trials))[-1].found

    assert macro["hashsvc all tiers"] > 85
    assert macro["plain PDQ <= 31"] < 60


def test_an_inverted_photo_is_found_by_us_alone(measured):
    inverted = recall_by_edit(measured.trials)[-1].found

    assert inverted["hashsvc strong"] == 100
    assert inverted["plain PDQ <= 31"] == 0


def test_unrelated_photos_never_match(measured):
    tally = measured.false_matches

    assert tally.queries == len(UNRELATED) * len(NEGATIVE_EDITS)
    assert not tally.tiers


def test_a_false_match_is_counted(measured):
    """The control: a reported photo among the negatives is seen."""
    reported = measured.photos.reported
    with ThreadPoolExecutor(1) as here:
        wrong = measure(replace(measured.photos, negatives=reported), here)

    assert wrong.false_matches.tiers[Tier.STRONG] > 0


def test_the_report_is_written_whole(measured, tmp_path):
    with ThreadPoolExecutor(1) as here:
        leaked = leaks(measured.photos.negatives, measured.photos.reported, here)
    findings = report.Findings(
        by_edit=recall_by_edit(measured.trials),
        tally=measured.false_matches,
        strangers=tables.strangers(measured.false_matches),
        tail=tables.tail(measured.false_matches),
        prices=tables.prices(measured),
        leaks=leaked,
        stored_a_photo=14.0,
        photos="1 photo.",
    )

    report.write(
        findings, tmp_path, {"versions": {}, "command": "", "machine": "", "at": ""} | _PLACE
    )

    rows = [json.loads(line) for line in (tmp_path / "robustness.jsonl").read_text().splitlines()]
    assert {row["question"] for row in rows} == {"recall", "strangers", "price", "leak"}
    assert "| macro |" in (tmp_path / "robustness.md").read_text()
    assert (tmp_path / "robustness.png").stat().st_size > 1000


_PLACE = {"commit": "", "python": ""}


def test_too_few_photos_are_refused(tmp_path):
    with pytest.raises(TooFewPhotosError):
        photo_set(Path(tmp_path), reported=None, seed=7)

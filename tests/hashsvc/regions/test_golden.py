"""The recorded boxes: Python, node and the browser must all find these."""

import json

import pytest

from tests.golden.make_regions import GOLDEN, golden_text
from tests.golden.region_pictures import PICTURES

VECTORS = json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_recorded_boxes_are_the_ones_found_today():
    assert GOLDEN.read_text(encoding="utf-8") == golden_text()


def test_every_picture_is_recorded():
    assert [vector["name"] for vector in VECTORS] == list(PICTURES)


@pytest.mark.parametrize("kind", ["full", "crop", "anchor"])
def test_the_record_holds_every_kind_of_region_at_both_ends(kind):
    for end in ("enrolment", "query"):
        assert any(row[0] == kind for vector in VECTORS for row in vector[end])

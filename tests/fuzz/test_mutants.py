"""The figures of `docs/mutants.md` are counted as they should be."""

import re
from pathlib import Path

import pytest

from tests.fuzz.mutants import counted, table_of

REPOSITORY = Path(__file__).parents[2]
RESULTS = """
    hashsvc.packs.keys.x_read__mutmut_1: killed
    hashsvc.packs.keys.xǁPackKeyǁsave__mutmut_2: survived
    hashsvc.packs.keys.xǁPackKeyǁsave__mutmut_3: timeout
    hashsvc.policies.x_best__mutmut_1: no tests
"""


def test_mutants_are_counted_by_module():
    assert counted(RESULTS) == {"hashsvc.packs.keys": (3, 2), "hashsvc.policies": (1, 0)}


def test_the_table_ends_with_the_sum():
    *_, last = table_of(counted(RESULTS))

    assert last == "| `all` | 4 | 2 | 50.0 % |"


@pytest.mark.goal("G19")
def test_the_published_score_reaches_its_goal(figure):
    """`make mutants` measures; this holds what was published to the goal."""
    published = (REPOSITORY / "docs" / "mutants.md").read_text(encoding="utf-8")
    made, noticed = map(int, re.search(r"^\| `all` \| (\d+) \| (\d+) \|", published, re.M).groups())

    share = 100 * noticed / made
    figure(f"{made:,} mutants, {noticed:,} noticed: {share:.1f} %; every survivor has its reason")
    assert share >= 90


@pytest.mark.control("G19")
def test_a_mutant_that_no_test_reaches_lowers_the_score(figure):
    before, after = (
        counted(text)["m"] for text in (_ONE, _ONE + "    m.x_g__mutmut_2: no tests\n")
    )

    figure("a function without a test: its mutants count as not noticed")
    assert (before, after) == ((1, 1), (2, 1))


_ONE = "    m.x_f__mutmut_1: killed\n"

"""No figure counts fewer than ten, nor lets one be worked out."""

from datetime import timedelta

import pytest

from api.services.small_cells import Figures
from indexer.records import PlatformId
from indexer.store.statistics import Cell, Span

ONE, TWO, THREE = (PlatformId(number) for number in (1, 2, 3))
TIERS = ("strong", "likely", "possible")


def cells(word, counts):
    return [Cell(platform_id, (word,), count) for platform_id, count in counts.items()]


def counted(*groups, least=10):
    every = [cell for group in groups for cell in group]
    figures = Figures(least=least).counts("matches", "tier", every, TIERS)
    return {figure.by["tier"]: figure.value for figure in figures}


def shared(part, rest, *, least=10):
    figures = Figures(least=least).share("errors", {}, cells("x", part), cells("y", rest))
    return {figure.name: figure.value for figure in figures}


@pytest.mark.parametrize(("count", "shown"), [(9, None), (10, 10), (0, None)])
def test_ten_are_shown_and_nine_are_not(count, shown):
    others = [cells(tier, {ONE: 50}) for tier in TIERS[1:]]

    assert counted(cells("strong", {ONE: count}), *others)["strong"] == shown


def test_beside_one_empty_cell_the_smallest_other_is_empty_too():
    groups = cells("strong", {ONE: 3}), cells("likely", {ONE: 40}), cells("possible", {ONE: 20})

    assert counted(*groups) == {"strong": None, "likely": 40, "possible": None}


def test_two_empty_cells_guard_each_other():
    groups = cells("strong", {ONE: 3}), cells("likely", {ONE: 40}), cells("possible", {ONE: 2})

    assert counted(*groups) == {"strong": None, "likely": 40, "possible": None}


@pytest.mark.parametrize(
    ("per_platform", "shown"),
    [
        ({ONE: 30}, 30),
        ({ONE: 30, TWO: 10}, 40),
        ({ONE: 30, TWO: 9}, None),
        ({ONE: 30, TWO: 5, THREE: 5}, 40),
        ({ONE: 6, TWO: 6}, None),
    ],
)
def test_no_platform_finds_a_small_rest_by_taking_its_own_away(per_platform, shown):
    rest = [cells(tier, {ONE: 50}) for tier in TIERS[1:]]

    assert counted(cells("strong", per_platform), *rest)["strong"] == shown


def test_a_platforms_own_figures_are_exact():
    found = counted(cells("strong", {ONE: 3}), cells("likely", {ONE: 40}), least=1)

    assert found == {"strong": 3, "likely": 40, "possible": 0}
    assert shared({ONE: 1}, {ONE: 3}, least=1)["errors_share"] == 0.25


def test_a_share_of_large_sides_is_exact():
    assert shared({ONE: 25}, {ONE: 75}) == {"errors_of": 100, "errors": 25, "errors_share": 0.25}


def test_of_a_share_with_a_small_side_only_a_bound_is_shown():
    few, most = shared({ONE: 2}, {ONE: 98}), shared({ONE: 98}, {ONE: 2})

    assert few == {"errors_of": 100, "errors": None, "errors_share_at_most": 0.09}
    assert most == {"errors_of": 100, "errors": None, "errors_share_at_least": 0.91}
    assert shared({ONE: 0}, {ONE: 98}).keys() == few.keys()  # none or nine: it looks alike


def test_a_share_of_few_is_not_shown():
    assert shared({ONE: 4}, {ONE: 4}) == {"errors_of": None, "errors": None}
    assert shared({}, {}) == {"errors_of": None, "errors": None}


def times(seconds, *, platform_id=ONE, least=10):
    spans = [Span(platform_id, timedelta(seconds=one)) for one in seconds]
    figures = Figures(least=least).times("decision", [*spans, Span(platform_id, None)])
    return [figure.value for figure in figures]


def test_times_are_a_median_and_a_late_tail_of_what_happened():
    assert times(range(1, 101)) == [50, 95]
    assert times(range(9)) == [None, None]
    assert times([7], least=1) == [7, 7]
    assert times([], least=1) == [None, None]

"""The benchmark asks what it says, and every way that is compared answers the same."""

import numpy as np
import pytest

from benchmarks.index.data import Kind, make_columns, make_questions
from benchmarks.index.ways import WAYS, base, changed, served
from hashsvc.distances import hamming


@pytest.mark.parametrize("kind", Kind)
def test_a_planted_neighbour_is_as_far_as_it_says(kind):
    columns = make_columns(kind, 300)
    planted = [one for one in make_questions(columns, 128) if one.row is not None]

    measured = [int(hamming(columns.pdq, one.query.pdq.words())[one.row]) for one in planted]

    assert measured == [one.bits for one in planted]
    assert sorted(measured) == sorted([*range(32)] * 2)


@pytest.mark.parametrize("kind", Kind)
def test_every_way_finds_what_flat_finds(kind):
    columns = make_columns(kind, 2_000)
    asked = make_questions(columns, 128)

    answers = {name: make(columns).ask(asked, 31) for name, make in WAYS.items()}

    assert answers["FAISS MultiHash"] == answers["hashsvc"] == answers["FAISS flat"]
    assert sum(map(len, answers["hashsvc"])) >= 64


def test_a_published_base_answers_as_the_one_that_was_built():
    columns = make_columns(Kind.RANDOM, 2_000)
    asked = make_questions(columns, 128)
    built = base(columns)

    assert served(built).ask(asked, 72) == built.ask(asked, 72)


def test_a_full_delta_hides_every_hundredth_row():
    columns = make_columns(Kind.RANDOM, 500)
    asked = [one for one in make_questions(columns, 256) if one.row is not None]
    way = changed(base(columns).held, make_columns(Kind.RANDOM, 40, seed=3))

    found = [one.row + 1 in answer for one, answer in zip(asked, way.ask(asked, 31), strict=True)]

    assert found == [one.row % 100 != 0 for one in asked]
    assert len(way.held) == 500 - 5 + 40


def test_skewed_lists_have_families():
    columns = make_columns(Kind.SKEWED, 400)

    bits = hamming(columns.pdq, columns.pdq[0])

    assert np.sum(bits[1:20] <= 180) == 19
    assert np.median(bits[1:20]) < 120 < np.median(bits[20:])

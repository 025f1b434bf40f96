"""Whatever happens to a list, every index finds what a dictionary says; broken ones are found out.

`HASHSVC_TEST_SEQUENCES=10000` is the long form; in pieces, for pytest keeps what a test logs.
"""

import os
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from math import ceil

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from hashsvc.signatures import RegionKind
from indexer.search import LayeredIndex
from tests.indexer.shapes import Shape
from tests.indexer.state_machine import ListOverTime

LONG = "HASHSVC_TEST_SEQUENCES" in os.environ
SEQUENCES = int(os.environ.get("HASHSVC_TEST_SEQUENCES", "12"))
PIECE = 100  # histories of one test
STEPS = 50 if LONG else 20
ENOUGH = 200  # histories, of which at least one finds a broken part
UNTIL_FOUND = {"sequences": ENOUGH, "steps": 20, "derandomize": True}
pytestmark = pytest.mark.slow


def run(make, *, sequences, steps=STEPS, derandomize=False):
    # Any history that fails is told; to look for the shortest takes minutes.
    phases = [Phase.generate, Phase.shrink] if LONG and not derandomize else [Phase.generate]
    how = settings(
        max_examples=sequences,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        derandomize=derandomize,
        phases=phases,
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(make, settings=how)


@pytest.mark.goal("G7")
@pytest.mark.parametrize("sequences", [min(PIECE, SEQUENCES)] * ceil(SEQUENCES / PIECE))
def test_every_index_finds_what_the_model_says_after_any_history(databases, sequences, figure):
    done = Counter()

    class Counted(ListOverTime):
        def __init__(self):
            super().__init__(databases)

        def teardown(self):
            super().teardown()
            done["sequences"] += 1
            done["steps"] += self.steps
            done["compared"] += self.compared

    run(Counted, sequences=sequences if databases.name == "sqlite" else sequences * 2 // 3)

    figure(
        f"{done['sequences']:,} histories of {done['steps']:,} steps on {databases.name}:"
        f" {done['compared']:,} questions, every matcher as the model"
    )
    assert done["compared"] > done["sequences"]


class Broken(LayeredIndex):
    """An index whose successors are broken too."""

    def another(self):
        return type(self)(base_from=self._base_from, delta_rows=self._delta_rows)


class OneTooFew(Broken):
    def find_many(self, queries, *, threshold):
        return super().find_many(queries, threshold=threshold - 1)


class OneTooMany(Broken):
    def find_many(self, queries, *, threshold):
        return super().find_many(queries, threshold=threshold + 1)


class RemovesNothing(Broken):
    def remove(self, ids):
        """A tombstone ignored."""


class ForgetsTombstones(Broken):
    def become(self, other):
        now = other._now
        if hasattr(now, "base"):  # the row below stays findable
            other = other.upon(now.base, built_at=now.built_at)
        super().become(other)


class AddsNothing(Broken):
    def add(self, listed):
        super().add(listed if isinstance(listed, (tuple, list)) and not len(self) else [])


@contextmanager
def closing_after(machine):
    """Ends a machine that a test is done with, whatever it would say."""
    try:
        yield machine
    finally:
        machine.end()


class ReplaysNothing(ListOverTime):
    def replay(self, known):
        """What was withdrawn since the backup is back."""


class ConfirmsNothing(ListOverTime):
    def confirmed(self, graded):
        return graded[0] if graded else None


BROKEN = [OneTooFew, OneTooMany, RemovesNothing, ForgetsTombstones, AddsNothing]
NEAR = Shape(pdq=30, dhash=0, spread=True, region=RegionKind.FULL, strong_only=False)


@pytest.mark.control("G7")
@pytest.mark.parametrize("make_index", BROKEN if LONG else BROKEN[:2])
def test_a_broken_index_is_found_out(sqlite_databases, make_index, figure):
    with pytest.raises(AssertionError):
        run(lambda: ListOverTime(sqlite_databases, make_index), **UNTIL_FOUND)

    figure(f"{make_index.__name__}: found out within {ENOUGH} histories")


@pytest.mark.control("G7")
def test_answers_that_nobody_confirmed_are_found_out(sqlite_databases, figure):
    with pytest.raises(AssertionError):
        run(lambda: ConfirmsNothing(sqlite_databases), **UNTIL_FOUND)

    figure(f"answers that nobody confirmed: found out within {ENOUGH} histories")


def one_history(machine):
    """What few of the drawn ones do: a base, a withdrawal from it, a restart and a restore."""
    machine.open_a_case([NEAR, NEAR], twice=True, hurried=True)
    machine.compact()
    machine.back_up()
    machine.withdraw_a_case(1)
    machine.every_matcher_finds_what_the_model_says(31, with_dhash=True)
    machine.kill_and_restart_the_follower(reboot=False)
    machine.every_matcher_finds_what_the_model_says(31, with_dhash=True)
    machine.open_a_case([replace(NEAR, pdq=31)], twice=False, hurried=True)
    machine.every_matcher_finds_what_the_model_says(31, with_dhash=True)
    machine.compact()
    machine.restore_and_replay()


def test_nothing_is_found_out_about_what_is_whole(sqlite_databases):
    machine = ListOverTime(sqlite_databases)
    one_history(machine)

    machine.teardown()


@pytest.mark.control("G7")
@pytest.mark.parametrize("make_index", BROKEN[2:])
def test_an_index_that_forgets_is_found_out(sqlite_databases, make_index, figure):
    with closing_after(ListOverTime(sqlite_databases, make_index)) as machine:
        with pytest.raises(AssertionError):
            one_history(machine)

    figure(f"{make_index.__name__}: found out in the one history that it spoils")


@pytest.mark.control("G7")
def test_a_restore_without_its_replay_is_found_out(sqlite_databases, figure):
    machine = ReplaysNothing(sqlite_databases)
    one_history(machine)

    with pytest.raises(AssertionError):
        machine.teardown()
    figure("a restore without its replay: found out")

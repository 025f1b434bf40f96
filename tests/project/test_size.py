"""Small on purpose: modules, functions, and names that say what a thing is about."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("hashsvc", "indexer", "api", "benchmarks")
MODULE_LINES = 400
FUNCTION_LINES = 40
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def modules():
    return [path for package in PACKAGES for path in sorted((REPOSITORY / package).rglob("*.py"))]


def measured():
    # A migration is one list of what changes, kept as it was on its day.
    return [path for path in modules() if "migrations" not in path.parts]


def long_functions(text):
    """(name, lines) of every function that is longer than allowed."""
    functions = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    lengths = [(node.name, node.end_lineno - node.lineno + 1) for node in functions]
    return [(name, lines) for name, lines in lengths if lines > FUNCTION_LINES]


def test_there_is_something_to_measure():
    found = {path.relative_to(REPOSITORY).parts[0] for path in modules()}

    assert {"hashsvc", "indexer", "api"} <= found


def test_every_module_is_short():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in measured()}

    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_every_function_is_short():
    found = {path: long_functions(path.read_text(encoding="utf-8")) for path in measured()}

    assert {path: functions for path, functions in found.items() if functions} == {}


@pytest.mark.parametrize(("lines", "long"), [(40, []), (41, [("f", 41)])])
def test_a_function_ends_at_40_lines(lines, long):
    """The control."""
    assert long_functions("def f():\n" + "    pass\n" * (lines - 1)) == long


def test_no_module_or_package_has_a_vague_name():
    tested = [*modules(), *sorted((REPOSITORY / "tests").rglob("*.py"))]
    names = {part for path in tested for part in path.relative_to(REPOSITORY).with_suffix("").parts}

    assert not names & VAGUE_NAMES

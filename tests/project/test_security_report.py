"""The report of goals: each has a test and a control that say a figure, or a reason."""

import ast
import re
from pathlib import Path

import pytest

from tests.project.goals import GOALS
from tests.project.security_report import DOCUMENT, Told, document, result, table, wrong

TESTS = Path(__file__).parents[1]
MARK = re.compile(r'pytest\.mark\.(goal|control)\("([^"]+)"\)')
HELD = Told(passed=1, figures={"10 asked: 0 found": None})
LOST = Told(passed=1, figures={"10 found": None})
EVERY = [(kind, name) for name in GOALS for kind in ("goal", "control")]


def told(goal=HELD, control=LOST):
    """What a run with one bad line tells: all is well but with the first goal."""
    good = {(kind, name): HELD if kind == "goal" else LOST for kind, name in EVERY}
    first = next(iter(GOALS))
    good |= {("goal", first): goal, ("control", first): control}
    return {key: one for key, one in good.items() if one is not None}


def marked():
    """(kind, goal) of every mark in the tests, each with its files."""
    found = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        if path.name == Path(__file__).name:
            continue
        for mark in MARK.findall(path.read_text(encoding="utf-8")):
            found.setdefault(mark, set()).add(path)
    return found


def silent_in(text):
    """Names of marked functions that do not ask for the fixture that takes a figure."""
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    return [
        node.name
        for node in functions
        if any(MARK.search(ast.unparse(one).replace("'", '"')) for one in node.decorator_list)
        and "figure" not in {argument.arg for argument in node.args.args}
    ]


def test_every_mark_names_a_goal_of_the_table():
    assert {name for _, name in marked()} <= GOALS.keys()


@pytest.mark.parametrize("name", GOALS)
def test_a_goal_has_a_test_and_a_control_or_a_reason(name):
    kinds = {kind for kind, goal in marked() if goal == name}

    assert kinds == {"goal", "control"} or GOALS[name].missing


def test_every_marked_test_says_a_figure():
    paths = {path for paths in marked().values() for path in paths}

    assert {path: silent_in(path.read_text()) for path in paths} == {path: [] for path in paths}


def test_a_marked_test_without_a_figure_is_found():
    """The control."""
    text = '@pytest.mark.goal("G1")\ndef test_it(store):\n    pass\n'

    assert silent_in(text) == ["test_it"]
    assert silent_in(text.replace("store", "store, figure")) == []


def test_the_committed_report_says_of_no_goal_that_it_is_not_held():
    assert "NOT HELD" not in DOCUMENT.read_text(encoding="utf-8")


def test_the_committed_report_has_a_line_for_each_goal():
    text = DOCUMENT.read_text(encoding="utf-8").partition("## What is not reached")[0]

    assert re.findall(r"^\| ([GT]\d+) \|", text, re.MULTILINE) == list(GOALS)


@pytest.mark.parametrize("name", [name for name, goal in GOALS.items() if goal.long])
def test_a_long_form_names_a_variable_or_a_target_that_is_there(name):
    makefile = (TESTS.parent / "Makefile").read_text(encoding="utf-8")
    variables = re.findall(r"HASHSVC_TEST_[A-Z_]+", GOALS[name].long)
    targets = re.findall(r"`make ([a-z-]+)`", GOALS[name].long)
    read = "".join(path.read_text() for path in TESTS.rglob("*.py") if path != Path(__file__))

    assert variables or targets or "python -m" in GOALS[name].long
    assert [one for one in variables if f'"{one}"' not in read] == []
    assert [one for one in targets if f"\n{one}: " not in makefile] == []


def test_a_good_run_has_nothing_wrong():
    assert wrong(told()) == []


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (told(goal=Told(failed=["t"])), "is not held"),
        (told(control=Told(failed=["t"])), "a control saw no loss"),
        (told(goal=Told(passed=1, silent=["t"])), "said no figure"),
        (told() | {("goal", "G99"): HELD}, "no such goal"),
    ],
)
def test_what_is_wrong_is_said(run, sentence):
    (said,) = wrong(run)

    assert sentence in said


def test_a_goal_without_a_test_needs_a_reason():
    none = {}

    named = {sentence.split(":")[0] for sentence in wrong(none)}

    assert named == {name for name, goal in GOALS.items() if not goal.missing}


@pytest.mark.parametrize(
    ("goal", "control", "word"),
    [
        (HELD, LOST, "held"),
        (HELD, None, "held, control missing"),
        (HELD, Told(skipped=["no browser"]), "held, control not run"),
        (Told(skipped=["no browser"]), LOST, "not run"),
        (None, None, "no test"),
        (HELD, Told(failed=["t"]), "**NOT HELD**"),
        (Told(passed=3, failed=["t"]), LOST, "**NOT HELD**"),
    ],
)
def test_a_result_is_one_word(goal, control, word):
    assert result(goal, control) == word


def test_a_line_shows_the_figure_and_the_loss():
    first = next(line for line in table(told()).splitlines() if line.startswith("| G1 |"))

    assert "10 asked: 0 found" in first
    assert "10 found" in first


def test_the_page_names_no_folder_of_the_machine():
    assert str(TESTS.parent) not in document(told())

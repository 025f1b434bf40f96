"""`docs/security-report.md`: what tests say of each goal; `make security-report` remakes it.

Exit code 1 when a goal is not held, when a control saw no loss, or when a test said no figure.
With words for pytest the report of those tests alone goes to standard output.
"""

import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

from benchmarks.results import environment
from tests.postgres_server import newest_binaries
from tests.project.goals import GOALS, Goal

DOCUMENT = Path(__file__).parents[2] / "docs" / "security-report.md"
_KINDS = ("goal", "control")
_PACKAGES = ("cryptography", "argon2-cffi", "pyrage", "sqlalchemy", "fastapi", "pillow")
_HELD, _FAILED, _NOT_RUN, _UNTESTED = "held", "**NOT HELD**", "not run", "no test"
_OPENING = """# Security report

Made by `make security-report` from tests; nobody wrote a figure by hand. Each line is a goal with
what must hold, what tests counted, and what was lost when the guard was taken away: a guard whose
absence nobody would notice guards nothing. Figures are those of the short forms that every build
runs; where there is a long form, its command stands beside, and its last run in
[long runs](../benchmarks/results/long-runs.md).
"""


@dataclass
class Told:
    """What tests of one kind said of one goal."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)  # passed without a figure
    figures: dict[str, None] = field(default_factory=dict)  # each once, in order


class Collector:
    """A plug-in of pytest that keeps what marked tests said."""

    def __init__(self) -> None:
        self.told: dict[tuple[str, str], Told] = {}
        self._marks: dict[str, list[tuple[str, str]]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember which goals each test is about."""
        for item in items:
            marks = [(kind, mark) for kind in _KINDS for mark in item.iter_markers(kind)]
            self._marks[item.nodeid] = [(kind, mark.args[0]) for kind, mark in marks]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take an outcome down; passing counts once, in the call itself."""
        for kind, name in self._marks.get(report.nodeid, []):
            told = self.told.setdefault((kind, name), Told())
            if report.failed:
                told.failed.append(report.nodeid)
            elif report.skipped:
                told.skipped.append(str(report.longrepr[2] if report.longrepr else ""))
            elif report.when == "call":
                said = [str(text) for key, text in report.user_properties if key == "figure"]
                told.passed += 1
                told.silent += [] if said else [report.nodeid]
                told.figures |= dict.fromkeys(said)


def result(goal: Told | None, control: Told | None) -> str:
    """One word about a goal."""
    known = [told for told in (goal, control) if told]
    if any(told.failed or told.silent for told in known):
        return _FAILED
    if not goal:
        return _UNTESTED
    if not goal.passed:
        return _NOT_RUN
    if not control or not control.passed:
        return f"{_HELD}, control {_NOT_RUN if control else 'missing'}"
    return _HELD


def wrong(told: dict[tuple[str, str], Told]) -> list[str]:
    """Sentences about everything that must not be so."""
    found = [f"{name}: no such goal" for _, name in told if name not in GOALS]
    for (kind, name), one in told.items():
        word = "is not held" if kind == "goal" else "a control saw no loss"
        found += [f"{name}: {word}: {test}" for test in one.failed]
        found += [f"{name}: said no figure: {test}" for test in one.silent]
    for name, goal in GOALS.items():
        if ("goal", name) not in told and not goal.missing:
            found.append(f"{name}: neither a test nor a reason why there is none")
    return found


def table(told: dict[tuple[str, str], Told]) -> str:
    """A line for each goal."""
    lines = [
        "| goal | what must hold | aim | counted | without the guard | result | long form |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, goal in GOALS.items():
        held, lost = told.get(("goal", name)), told.get(("control", name))
        cells = (
            name,
            goal.words,
            goal.aim,
            _figures(held),
            f"*{goal.loss}*<br>{_figures(lost)}",
            result(held, lost),
            goal.long,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _figures(told: Told | None) -> str:
    if told is None:
        return "-"
    reasons = (f"not run: {reason}" for reason in dict.fromkeys(told.skipped))
    texts = [*told.figures, *reasons] or ["-"]
    return "<br>".join(text.replace("|", "\\|").replace("\n", " ") for text in texts)


def not_reached(goals: dict[str, Goal]) -> str:
    """What of the aims is not reached, with the reasons."""
    rows = [f"| {name} | {goal.missing} |" for name, goal in goals.items() if goal.missing]
    return "\n".join(["| goal | reason |", "|---|---|", *rows])


def document(told: dict[tuple[str, str], Told]) -> str:
    """The whole page."""
    counts = {kind: sum(one.passed for (k, _), one in told.items() if k == kind) for kind in _KINDS}
    parts = [
        _OPENING.rstrip(),
        f"{_where()} {counts['goal']} tests of goals and {counts['control']} controls passed.",
        "## Goals",
        table(told),
        "## What is not reached, and why",
        not_reached(GOALS),
    ]
    return "\n\n".join(parts) + "\n"


def _where() -> str:
    """When, on what and with what, without a folder of the machine."""
    known = environment(_PACKAGES)
    versions = {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": newest_binaries().parent.name if newest_binaries() else "none",
        **{name: _first_number([name, "--version"]) for name in ("chromium", "firefox-esr")},
        **{name: version(name) for name in _PACKAGES},
    }
    used = ", ".join(f"{name} {number}" for name, number in versions.items())
    return (
        f"Run {known['at']} at commit {known['commit']} (+: with changes not yet committed).\n"
        f"{known['machine']}, load {known['load']}; {used}.\n"
    ).rstrip()


def _first_number(command: list[str]) -> str:
    """A program's version, or that there is none."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "none"
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return found[0] if found else "unknown"


def run(words: Iterable[str]) -> dict[tuple[str, str], Told]:
    """Run marked tests in this process."""
    collector = Collector()
    options = ["-q", "-m", "goal or control", "-p", "no:cacheprovider", *words]
    code = pytest.main(options, plugins=[collector])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise SystemExit(int(code))
    return collector.told


def main(words: list[str]) -> int:
    """Run, write, and say what is wrong."""
    told = run(words)
    if words:
        sys.stdout.write(table({key: one for key, one in told.items() if key[1] in GOALS}) + "\n")
        return 0
    DOCUMENT.write_text(document(told), encoding="utf-8")
    faults = wrong(told)
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

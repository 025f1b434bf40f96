"""The integrator's guide: its commands and its program run, and its tables are the code's."""

import os
import re
import subprocess
import sys

import pytest

from api.services.lifecycle import EFFECTS
from api.services.regimes import Regimes
from hashsvc.closed_sets import FeedKind
from indexer.records import Side
from tests.project.consoles import ROOT, run, steps_of
from tests.project.sandboxes import running_sandbox

GUIDE = (ROOT / "docs" / "integrating.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("guide")) as running:
        yield running


def rows(*first_cells):
    """The cells of table rows whose first one is one of these, in code type."""
    found = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in GUIDE.splitlines()
        if line.startswith("| `")
    ]
    return [cells for cells in found if cells[0] in first_cells]


def test_every_command_prints_what_the_guide_says(sandbox, tmp_path, monkeypatch):
    url, key = sandbox
    monkeypatch.setenv("HASHSVC_KEY", key)
    steps = steps_of(GUIDE.replace("http://127.0.0.1:8000", url))

    printed = run([command for command, _ in steps], tmp_path)

    assert len(steps) >= 4
    for (command, expected), output in zip(steps, printed, strict=True):
        pattern = re.escape(expected.strip()).replace(r"\.\.\.", ".*")
        assert re.fullmatch(pattern, output.strip(), re.DOTALL), f"$ {command}\n{output}"


def test_the_program_of_the_guide_goes_from_a_match_to_a_receipt(sandbox):
    url, key = sandbox
    program = "".join(re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL))

    done = subprocess.run(
        [sys.executable, "-"],
        input=program,
        env=os.environ | {"HASHSVC_SERVER": url, "HASHSVC_KEY": key},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"strong mat_[0-9A-Z]{26}", lines[0])
    assert lines[1] == "decided [<ClockState.STOPPED: 'stopped'>]"
    assert lines[2] == "us-tida ()"
    assert lines[3] == "True 1"


def test_the_table_of_decisions_is_the_one_that_is_applied():
    says = {
        Side.CONFIRM: "confirms it",
        Side.SUSPEND: "speaks against it",
        None: "nothing",
    }
    shown = {
        (decision, reason): (clocks, what)
        for decision, reason, clocks, what in rows("removed", "restricted", "kept", "pending")
    }

    assert shown.keys() == {(str(decision), str(reason)) for decision, reason in EFFECTS}
    for (decision, reason), effect in EFFECTS.items():
        clocks, what = shown[decision, reason]
        assert clocks == ("stop" if effect.stops_clocks else "run")
        assert what.startswith("suspends it at once" if effect.hold else says[effect.vote])


def test_the_table_of_regimes_is_the_data():
    regimes = Regimes.read().by_name
    shown = {cells[0]: cells[1:] for cells in rows(*regimes)}

    assert shown.keys() == regimes.keys()
    for name, (hours, starts, elements) in shown.items():
        regime = regimes[name]
        assert hours == str(regime.hours or "none")
        assert starts.split(";")[0] == regime.starts_at
        assert ("switched off" in starts) == (not regime.enabled)
        assert tuple(filter(None, elements.split(", "))) == regime.elements


def test_every_kind_of_change_is_explained():
    kinds = [str(kind) for kind in FeedKind]

    assert [cells[0] for cells in rows(*kinds)] == kinds


def test_the_guide_names_files_that_exist():
    links = re.findall(r"\]\(([^)#:]+)", GUIDE)

    assert len(links) >= 4
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []

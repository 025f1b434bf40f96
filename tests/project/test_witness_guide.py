"""The guide of witnesses: its commands run, in its order, and print what it says."""

import re

from tests.project.consoles import ROOT, run, steps_of

GUIDE = (ROOT / "docs" / "witness.md").read_text(encoding="utf-8")


def test_every_command_prints_what_the_guide_says(tmp_path):
    steps = steps_of(GUIDE)

    printed = run([command for command, _ in steps], tmp_path)

    assert len(steps) >= 10
    for (command, expected), output in zip(steps, printed, strict=True):
        pattern = re.escape(expected.strip()).replace(r"\.\.\.", ".*")
        assert re.fullmatch(pattern, output.strip(), re.DOTALL), f"$ {command}\n{output}"
    assert (tmp_path / "access.signed").read_text().count("\n— ") == 2


def test_what_a_refusal_says_is_what_the_guide_explains():
    errors = (ROOT / "hashsvc" / "transparency" / "errors.py").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z][^|]+) \|", GUIDE, re.MULTILINE)

    said = " ".join(errors.split())
    assert len(rows) == 4
    assert [row for row in rows[1:] if row not in said] == []

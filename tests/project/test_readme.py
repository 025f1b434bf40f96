"""Every command of the README runs and prints what the README says; `...` stands for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from examples.demo.service import running_service

ROOT = Path(__file__).parents[2]
_MARK = "====next===="
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder like the repository's, with a service that uses its `var`."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "data").symlink_to(ROOT / "data")
    with running_service(folder / "var") as service:
        yield folder, service.url


def test_the_readme_prints_what_really_happens(place):
    folder, url = place
    steps = _steps((ROOT / "README.md").read_text().replace("http://127.0.0.1:8000", url))

    printed = _run([command for command, _ in steps], folder)

    assert len(steps) > 5
    for (command, expected), output in zip(steps, printed, strict=True):
        pattern = re.escape(expected.strip()).replace(r"\.\.\.", ".*")
        assert re.fullmatch(pattern, output.strip(), re.DOTALL), f"$ {command}\n{output}"


def test_the_readme_names_files_that_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text())

    assert [link for link in links if not (ROOT / link).exists()] == []


def _steps(text: str) -> list[tuple[str, str]]:
    """Each command with what it should print."""
    steps = []
    for block in _BLOCK.findall(text):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = step.partition("\n")
            steps.append((command, expected))
    return steps


def _run(commands: list[str], folder: Path) -> list[str]:
    """What each prints, in one shell: variables carry over."""
    binaries = folder / "bin"
    binaries.mkdir()
    for name, module in {"hashsvc": "hashsvc", "hashsvc-server": "api"}.items():
        program = binaries / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        program.chmod(0o755)
    script = "".join(f"{command}\necho {_MARK}\n" for command in commands)
    said = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": f"{binaries}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.split(f"{_MARK}\n")[: len(commands)]

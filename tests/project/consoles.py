"""Commands that documents show, run as they are shown; `...` stands for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MARK = "====next===="
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def steps_of(text: str) -> list[tuple[str, str]]:
    """Each command with what it should print."""
    steps = []
    for block in _BLOCK.findall(text):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = step.partition("\n")
            steps.append((command, expected))
    return steps


def run(commands: list[str], folder: Path) -> list[str]:
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

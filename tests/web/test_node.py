"""The page's modules without a browser: golden vectors in node, types by TypeScript."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.availability import unavailable

_ROOT = Path(__file__).parents[2]
_TYPESCRIPT = _ROOT / "node_modules" / "typescript" / "bin" / "tsc"


@pytest.fixture(scope="module")
def node():
    """Runs node; a failure shows what it printed."""
    program = shutil.which("node")
    if program is None:
        unavailable("node", "node is not installed")

    def run(*arguments):
        command = [program, *map(str, arguments)]
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"

    return run


def test_javascript_gives_the_golden_answers(node):
    files = sorted(Path(__file__).parent.glob("*.test.mjs"))

    node("--test", "--test-reporter=spec", *files)


def test_javascript_fits_its_types(node):
    if not _TYPESCRIPT.exists():
        unavailable("node", "TypeScript is not installed: npm ci")

    node(_TYPESCRIPT)

"""What bandit finds and nobody has judged; `make check` runs it, and exit code 1 means some.

Ruff's rules S101 to S7xx are bandit's B101 to B7xx. A finding is judged where a comment for ruff
with that number stands at its line, so that its reason is written once.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("hashsvc", "indexer", "api", "requirements")


def unjudged(folder: Path, packages: tuple[str, ...] = PACKAGES) -> list[str]:
    """One line for each finding that no comment at its place speaks of.

    Raises:
        RuntimeError: bandit could not read some file, so nothing can be said.
    """
    command = [sys.executable, "-m", "bandit", "-q", "-f", "json", "-r", *packages]
    command += ["-c", str(ROOT / "pyproject.toml")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)
    if said["errors"] or not said["metrics"]["_totals"]["loc"]:
        raise RuntimeError(f"bandit read nothing, or not all: {said['errors']}")
    return [_shown(one) for one in said["results"] if not _judged(folder, one)]


def _judged(folder: Path, finding: dict) -> bool:
    """Whether the finding's first line, or one that it spans, names ruff's rule of its number."""
    lines = (folder / finding["filename"]).read_text(encoding="utf-8").splitlines()
    rule = "S" + finding["test_id"].removeprefix("B")
    numbers = {finding["line_number"], *finding["line_range"]}
    return any("# noqa:" in lines[n - 1] and rule in lines[n - 1] for n in numbers)


def _shown(finding: dict) -> str:
    place = f"{finding['filename']}:{finding['line_number']}"
    return f"{place}: {finding['test_id']} {finding['issue_text']}"


def main() -> int:
    """Say what is not judged."""
    found = unjudged(ROOT)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

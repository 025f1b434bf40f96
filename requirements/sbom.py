"""Write the bills of materials of what devices and servers install: `make sbom`.

CycloneDX 1.6 in JSON, checked against its schema, the same bytes every time: no serial number,
and no time unless SOURCE_DATE_EPOCH names one.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from requirements.pins import path_of

_LOCKS = ("device", "server")
_ROOT = Path(__file__).parents[1]


def main(words: list[str] | None = None) -> int:
    """Write one file for each lock file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=_ROOT / "dist", help="folder to write into")
    folder = parser.parse_args(words).out
    folder.mkdir(parents=True, exist_ok=True)
    for name in _LOCKS:
        path = folder / f"sbom-{name}.json"
        write(path_of(name), path)
        sys.stdout.write(f"{path.name}\n")
    return 0


def write(lock: Path, path: Path) -> None:
    """Write the bill of one lock file.

    Raises:
        subprocess.CalledProcessError: it does not fit its schema, or cannot be written.
    """
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements"]
    command += ["--output-reproducible", "--validate", "--spec-version=1.6", "--output-format=JSON"]
    command += [f"--pyproject={_ROOT / 'pyproject.toml'}", f"--output-file={path}", str(lock)]
    subprocess.run(command, check=True)  # noqa: S603  # our own words


if __name__ == "__main__":
    sys.exit(main())

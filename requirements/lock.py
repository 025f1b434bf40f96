"""Make the lock files from `pyproject.toml`, or check that they are current."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_LOCKS = {
    "device": ["pyproject.toml"],
    "server": ["--group", "server"],  # a group alone brings no image library
    "dev": ["pyproject.toml", "--extra", "scan", "--extra", "cluster", "--group", "dev"],
    "mutants": ["--group", "mutants", "--constraint", "requirements/dev.txt"],
}
_OPTIONS = [
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--exclude-newer=7 days",  # new releases wait a week
]


def main() -> int:
    """Renew the lock files, keeping what still fits; with `--check` only compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if stale")
    parser.add_argument("--upgrade", action="store_true", help="take newer releases")
    arguments = parser.parse_args()
    stale = [name for name in _LOCKS if _renewed(name, arguments) != _path(name).read_text()]
    for name in stale:
        sys.stdout.write(f"requirements/{name}.txt is not current: run `make lock`\n")
    return 1 if stale else 0


def _renewed(name: str, arguments: argparse.Namespace) -> str:
    """What the lock file should hold; unless only checking, it does from now on."""
    path = _path(name)
    if not arguments.check:
        _compile(name, path, upgrade=arguments.upgrade)
        return path.read_text()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        copy.write_text(path.read_text())  # its pins are kept where they still fit
        _compile(name, copy, upgrade=False)
        return copy.read_text()


def _compile(name: str, path: Path, *, upgrade: bool) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "compile", *_LOCKS[name], *_OPTIONS, f"--output-file={path}"]
    # The header of the file then says nothing of the machine.
    environment = os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    subprocess.run(  # noqa: S603  # our own words
        command + ["--upgrade"] * upgrade,
        cwd=_ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _path(name: str) -> Path:
    return _ROOT / "requirements" / f"{name}.txt"


if __name__ == "__main__":
    sys.exit(main())

"""Shims are compiled where they are used: no compiled code lies in the repository."""

import shutil
import subprocess
from pathlib import Path

from tests.availability import unavailable

_SOURCES = Path(__file__).parent


def compiled(name, folder):
    """The library to preload, made of `name`.c."""
    compiler = shutil.which("cc")
    if compiler is None:
        unavailable("cc", "no C compiler is installed")
    library = folder / f"{name}.so"
    how = ["-shared", "-fPIC", "-O1", "-Wall", "-o", library]
    subprocess.run([compiler, *how, _SOURCES / f"{name}.c", "-ldl"], check=True)
    return library

"""A sandbox in a process of its own, as an integrator starts it."""

import re
import subprocess
import sys
from contextlib import contextmanager

import pytest

_URL = re.compile(r"serves at (http://\S+)")
_KEY = re.compile(r"hsk_test_\w+")


@contextmanager
def running_sandbox(folder, *options):
    """Its address and its key."""
    log = folder / "sandbox.log"
    command = [sys.executable, "-m", "api", "sandbox", "--port", "0", *options]
    with log.open("w") as messages:
        process = subprocess.Popen(command, stderr=messages)
    try:
        for _ in range(300):
            said = log.read_text()
            if _KEY.search(said) and "startup complete" in said:
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.1)
        yield _URL.search(said)[1], _KEY.search(said)[0]
    finally:
        process.terminate()
        process.wait(10)

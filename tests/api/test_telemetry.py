"""No request, and nothing that was in one, is told to OpenTelemetry, whoever has set it up."""

import subprocess
import sys

from tests.api.telemetered import HASH


def told(*words):
    """What a process with a provider told it."""
    command = [sys.executable, "-m", "tests.api.telemetered", *map(str, words)]
    run = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=120
    )  # our own words
    return run.stdout.strip()


def test_nothing_is_told(folder):
    assert told(folder) == "[]"


def test_the_control_tells_addresses_and_what_went_wrong():
    assert HASH in told()

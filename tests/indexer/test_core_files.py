"""A server that crashes leaves no core file, whatever its user's limits are."""

import resource
import subprocess
import sys
from contextlib import contextmanager

import pytest

_TELL = """
import ctypes, resource
{first}
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))
"""
_FORBID = "from indexer.core_files import forbid_core_files; forbid_core_files()"


@contextmanager
def allowed():
    """Core files, for what is started meanwhile, as far as this machine lets us."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        yield before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


def told_after(first):
    """(may be dumped, soft limit, hard limit) of a process that did this first."""
    with allowed() as hard:
        told = subprocess.run(
            [sys.executable, "-c", _TELL.format(first=first)],
            check=True,
            capture_output=True,
            text=True,
        )
    return tuple(map(int, told.stdout.split())), hard


@pytest.mark.goal("G11")
def test_a_process_that_forbids_core_files_can_leave_none(figure):
    told, _ = told_after(_FORBID)

    assert told == (0, 0, 0)
    figure("core files: limit 0, not dumpable")


@pytest.mark.control("G11")
def test_without_it_a_crash_would_leave_its_memory(figure):
    told, hard = told_after("")

    assert told == (1, hard, hard)
    figure("core files: dumpable, up to the machine's limit")

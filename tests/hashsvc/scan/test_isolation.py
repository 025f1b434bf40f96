"""A child that decodes can do nothing else: open no file and no connection, start no program."""

import sys
from pathlib import Path

import pytest

from hashsvc.scan import child
from hashsvc.scan.answers import Asked
from hashsvc.scan.errors import SandboxError
from hashsvc.scan.isolation import Isolation, isolate
from hashsvc.scan.journal import open_journal
from hashsvc.scan.records import Reason
from hashsvc.scan.sandbox import CHILD, Limits, Sandbox
from tests.availability import unavailable
from tests.hashsvc.scan.evidence import scanned

GOLDEN = Path(__file__).parents[3] / "data" / "golden" / "photos"
MANY = 10**9
# A child that a photo has taken over: it answers DECODE where it was refused what it tried.
TAKEN_OVER = """
import os, resource, socket
from hashsvc.scan import child
from hashsvc.scan.answers import failure
from hashsvc.scan.isolation import Isolation
from hashsvc.scan.records import Reason
tries = {
    b"read": lambda: open("/etc/passwd"),
    b"write": lambda: open("/tmp/loot", "w"),
    b"connect": lambda: socket.socket().connect(("127.0.0.1", 9)),
    b"socket": lambda: socket.socket(),
    b"fork": lambda: os.fork() or os._exit(0),
    b"exec": lambda: os.execv("/bin/true", ["true"]),
    b"kill": lambda: os.kill(os.getppid(), 0),
    b"limits": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8)),
}
def answer(body, **options):
    try:
        tries[body]()
    except (PermissionError, ValueError):  # ValueError: what Python makes of refused limits
        return failure(Reason.DECODE)
    except OSError:
        pass
    return failure(Reason.TOO_SMALL)
child.answer = answer
"""
AS_IT_IS = (sys.executable, "-c", TAKEN_OVER + "child.main()")
LEFT_ALONE = "child.isolate = lambda: Isolation.LIMITS\nchild.main()"
WITHOUT = (sys.executable, "-c", TAKEN_OVER + LEFT_ALONE)
IMPORTS = "from hashsvc.scan import child\nfrom hashsvc.scan.isolation import Isolation\n"
NOT_ISOLATED = (sys.executable, "-c", IMPORTS + LEFT_ALONE)
DEAF = (sys.executable, "-c", "pass")


@pytest.fixture(scope="module")
def taken_over():
    """A sandbox whose child obeys the photo."""
    with Sandbox(Limits(), command=AS_IT_IS) as sandbox:
        if sandbox.isolation() is not Isolation.SYSTEM_CALLS:
            unavailable("seccomp", "libseccomp is missing, or the kernel refuses filters")
        yield sandbox


@pytest.mark.parametrize(
    "wish", [b"read", b"write", b"connect", b"socket", b"fork", b"exec", b"kill", b"limits"]
)
def test_a_child_that_is_taken_over_is_refused(taken_over, wish):
    assert taken_over.hash(wish) is Reason.DECODE


@pytest.mark.parametrize("wish", [b"read", b"socket", b"fork"])
def test_without_isolation_it_is_not(wish):
    with Sandbox(Limits(), command=WITHOUT) as sandbox:
        assert sandbox.isolation() is Isolation.LIMITS
        assert sandbox.hash(wish) is Reason.TOO_SMALL


@pytest.fixture(scope="module")
def sandbox():
    """Of the real child."""
    with Sandbox(Limits()) as sandbox:
        yield sandbox


@pytest.mark.parametrize("asked", Asked)
@pytest.mark.parametrize("path", sorted(GOLDEN.iterdir()), ids=lambda path: path.name)
def test_every_format_is_decoded_as_outside(sandbox, path, asked):
    body = path.read_bytes()

    found = sandbox.hash(body, asked)

    outside = child.answer(body, max_pixels=MANY, asked=asked)
    assert child.success(found) == outside if outside[0] == 0 else found is Reason.DECODE


def test_without_the_library_there_are_limits(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyseccomp", None)

    assert isolate() is Isolation.LIMITS


@pytest.mark.parametrize("isolation", Isolation)
def test_the_journal_says_how_children_were_isolated(taken_over, tmp_path, pack, isolation):
    (tmp_path / "evidence").mkdir()
    child_program = CHILD if isolation is Isolation.SYSTEM_CALLS else NOT_ISOLATED

    scanned([tmp_path / "evidence"], pack, tmp_path / "out", child=child_program)

    with open_journal(tmp_path / "out") as journal:
        assert [row["isolation"] for row in journal.rows("SELECT * FROM segment")] == [isolation]


def test_that_no_child_can_be_started_is_told():
    with Sandbox(Limits(), command=DEAF) as sandbox, pytest.raises(SandboxError):
        sandbox.isolation()

"""The example integrations, run as a platform would run them, against a real service."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import pytest

from hashsvc.client import PlatformClient, SurvivorClient
from hashsvc.hashing import enrolment_signatures
from hashsvc.photos import decode
from tests.factories import make_photo

SCOPES = ("matches:write", "matches:read", "changes:read")
_seeds = count(91_000)
_RUNS_ON = re.compile(r"running on (http://\S+)")


@pytest.fixture
def key(service):
    return service.make_key(f"example {next(_seeds)}", *SCOPES)


@pytest.fixture
def reported(service):
    """A photo that a survivor reported, and how to withdraw it."""
    photo = make_photo(seed=next(_seeds))
    with SurvivorClient(service.url) as survivor:
        access = survivor.open_case(enrolment_signatures(decode(photo)), "402913")
        yield photo, lambda: survivor.withdraw(access)


def environment(service, key, **changed):
    return os.environ | {"HASHSVC_URL": service.url, "HASHSVC_KEY": key} | changed


@contextmanager
def upload_hook(folder, environ):
    """The example's address while it runs."""
    log = folder / "hook.log"
    command = [sys.executable, "-m", "uvicorn", "examples.upload_hook.app:app", "--port", "0"]
    with log.open("w") as messages:
        process = subprocess.Popen(command, stderr=messages, env=environ)
    try:
        for _ in range(200):
            found = _RUNS_ON.search(log.read_text())
            if found:
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.1)
        yield found[1]
    finally:
        process.terminate()
        process.wait(10)


def send(url, photo):
    return httpx.post(f"{url}/photos", content=photo, timeout=60)


def test_an_upload_that_resembles_a_reported_photo_is_held(service, key, reported, tmp_path):
    photo, _ = reported
    with upload_hook(tmp_path, environment(service, key)) as url:
        held, shown = send(url, photo), send(url, make_photo(seed=next(_seeds)))
        broken = send(url, b"no photo")

    assert (held.status_code, held.json()["visible"]) == (201, False)
    assert (shown.status_code, shown.json()["visible"]) == (201, True)
    assert broken.status_code == 415
    with PlatformClient(service.url, key) as platform:
        (match,) = platform.matches()
    assert match.ref == held.json()["upload_id"]


def test_an_upload_is_not_shown_where_the_service_cannot_be_asked(service, tmp_path):
    with upload_hook(tmp_path, environment(service, "hsk_live_wrong")) as url:
        answer = send(url, make_photo(seed=next(_seeds)))

    assert (answer.status_code, answer.json()["visible"]) == (201, False)


def work(inbox, state, environ):
    return subprocess.run(
        [sys.executable, "-m", "examples.queue_worker", str(inbox), str(state)],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def test_a_queue_is_emptied_and_a_withdrawal_is_heard(service, key, reported, tmp_path):
    photo, withdraw = reported
    inbox, state = tmp_path / "inbox", tmp_path / "state"
    inbox.mkdir()
    (inbox / "upl-1.jpg").write_bytes(photo)
    (inbox / "upl-2.jpg").write_bytes(make_photo(seed=next(_seeds)))
    (inbox / "upl-3.jpg").write_bytes(b"no photo")
    environ = environment(service, key)

    first = work(inbox, state, environ)
    waiting = list((state / "waiting").iterdir())
    withdraw()
    second = work(inbox, state, environ)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert list(inbox.iterdir()) == []
    assert "upl-3.jpg" in first.stderr
    assert [path.suffix for path in waiting] == [".json"]
    assert list((state / "waiting").iterdir()) == []

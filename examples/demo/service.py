"""A real service in a process of its own, on a free loopback port."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

_URL = re.compile(r"serves at (http://\S+)")
_START_SECONDS = 300  # a first start with a million signatures builds tables
_STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class RunningService:
    """Where it answers, a platform's key for it, its data folder, its process."""

    url: str
    key: str
    data: Path
    process_id: int

    def make_key(self, name: str, *scopes: str) -> str:
        """A further key, for the platform of this name."""
        command = [sys.executable, "-m", "api", "create-key", "--data", str(self.data)]
        wished = [option for scope in scopes for option in ("--scope", scope)]
        made = subprocess.run(  # noqa: S603  # our own words
            [*command, "--name", name, *wished], check=True, capture_output=True, text=True
        )
        return made.stdout.splitlines()[-1]


@contextmanager
def running_service(data: Path, *options: str) -> Iterator[RunningService]:
    """Start it on an empty data folder, stop it at the end.

    Args:
        data: the folder.
        options: further words of `hashsvc-server run`.

    Raises:
        RuntimeError: it did not start; the message holds what it said.
    """
    log = data.with_name("service.log")
    with log.open("w") as messages:
        command = [sys.executable, "-m", "api", "run", "--data", str(data), "--port", "0", *options]
        process = subprocess.Popen(command, stderr=messages)  # noqa: S603  # our own words
    try:
        bare = RunningService(_url(process, log), "", data, process.pid)
        yield replace(bare, key=bare.make_key("demo platform", "matches:write"))
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


def _url(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """What the service printed, once it answers."""
    for _ in range(10 * _START_SECONDS):
        said = log.read_text()
        found = _URL.search(said)
        if found and "startup complete" in said:
            return found[1]
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"the service did not start: {log.read_text()}")

"""A real server in a process of its own, as an operator starts it."""

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.leaks import heard, listen_to

REPOSITORY = Path(__file__).parents[2]
_ADDRESS = re.compile(r"serves at (http://\S+)")
_START_SECONDS = 120  # its libraries take their time on a busy machine


@contextmanager
def _interruptible():
    """A shell starts what runs in its background deaf to Ctrl+C, and children inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Server:
    """Started with `python -m api run`; everything it writes is kept."""

    def __init__(self, folder, *options):
        command = [sys.executable, "-m", "api", "run", "--data", str(folder), "--port", "0"]
        with _interruptible():
            self._process = subprocess.Popen(
                [*command, *options],
                cwd=REPOSITORY,
                env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        self._lines = []
        self._has_address = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        assert self._has_address.wait(_START_SECONDS), self.stderr
        self.url = _ADDRESS.search(self.stderr)[1]
        transport = httpx.HTTPTransport(retries=5)
        self.client = listen_to(httpx.Client(base_url=self.url, transport=transport, timeout=10))

    @property
    def stderr(self):
        return "".join(self._lines)

    @property
    def ended(self):
        """Whether `stop` was called."""
        return self._process.stdout.closed

    def stop(self, how=signal.SIGTERM):
        """End it, if it still runs; returns its exit code and what it wrote to standard output."""
        self.client.close()
        self._process.send_signal(how)
        code = self._process.wait(20)
        self._reader.join()
        written = self._process.stdout.read()
        self._process.stdout.close()
        self._process.stderr.close()
        sys.stderr.write(self.stderr)  # pytest shows it where a test fails
        return code, written

    def _read(self):
        for line in self._process.stderr:
            self._lines.append(line)
            heard("what a server writes", line)
            if _ADDRESS.search(line):
                self._has_address.set()
        self._has_address.set()  # it ended: whoever waits shall see why


def command(*words, folder, **environment):
    """One of the operator's commands, in a process of its own; its end."""
    done = subprocess.run(
        [sys.executable, "-m", "api", *words, "--data", str(folder)],
        cwd=REPOSITORY,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    heard(f"what {words[0]} writes", done.stdout + done.stderr)
    return done

"""A real PostgreSQL of the tests' own: made in a temporary folder, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg

_INSTALLED = Path("/usr/lib/postgresql")
_USER = "postgres"
_STARTS_WITHIN_SECONDS = 30
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    # Tests end processes, never power: flushing would only make them slow.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


def newest_binaries():
    """The folder of the newest installed `initdb` and `postgres`, or None."""
    found = [path for path in _INSTALLED.glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: float(path.parent.name), default=None)


def unprivileged_user():
    """Who runs the server: PostgreSQL refuses root. None: the tests' own user."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return _USER if _USER in names else "nobody"


@contextmanager
def running_postgres(binaries):
    """A server on a free loopback port; yields the URL of its `postgres` database."""
    with TemporaryDirectory(prefix="hashsvc-postgres-") as name:
        folder = Path(name)
        account = _account_owning(folder)
        _make_cluster(binaries, folder, account)
        port = _free_port()
        server = _start(binaries, folder, port, account)
        try:
            _wait_for(server, port, folder)
            yield f"postgresql+psycopg://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # the fast shutdown
            server.wait(_STARTS_WITHIN_SECONDS)


class CrashingPostgres:
    """A server that is killed with all its processes, and started again on what it left."""

    def __init__(self, binaries, folder):
        self._binaries, self._folder = binaries, folder
        self._account = _account_owning(folder)
        _make_cluster(binaries, folder, self._account)
        self._port = _free_port()
        self.url = f"postgresql+psycopg://{_USER}@127.0.0.1:{self._port}/postgres"
        self._server = None

    def start(self):
        """Start it; it repairs what a crash left."""
        self._server = _start(self._binaries, self._folder, self._port, self._account)
        _wait_for(self._server, self._port, self._folder)

    @property
    def log(self):
        """What it wrote since it was started."""
        return (self._folder / "log").read_text()

    def kill(self):
        """SIGKILL to all of its processes at once: shared memory goes with them. Twice is once."""
        if self._server.poll() is not None:
            return
        server = psutil.Process(self._server.pid)
        for process in [server, *server.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._server.wait(_STARTS_WITHIN_SECONDS)


def _account_owning(folder):
    """Arguments of `subprocess` that make a child run as the folder's owner."""
    user = unprivileged_user()
    if user is None:
        return {}
    shutil.chown(folder, user)
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _make_cluster(binaries, folder, account):
    how = ["--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--locale=C"]
    subprocess.run(  # an installed program and our own arguments
        [binaries / "initdb", "-D", folder / "data", "--data-checksums", "--no-sync", *how],
        check=True,
        capture_output=True,
        cwd=folder,
        **account,
    )


def _start(binaries, folder, port, account):
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # an installed program and our own arguments
            [binaries / "postgres", "-D", folder / "data", f"--port={port}", *settings],
            stdout=log,
            stderr=log,
            cwd=folder,
            **account,
        )


def _wait_for(server, port, folder):
    deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=_USER, dbname=_USER).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text()) from error
            time.sleep(0.05)
        else:
            return


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]

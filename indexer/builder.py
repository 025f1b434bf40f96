"""Builds bases: a process of its own reads the store at one moment, publishes and exits.

Its memory goes with it, and a server answers on meanwhile. `python -m indexer.builder` reads its
plan, which holds keys, from standard input, and tells what went wrong on standard output.
"""

import fcntl
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from hashsvc.times import now
from indexer.core_files import forbid_core_files
from indexer.errors import IndexerError, SnapshotRefusedError
from indexer.follower import Follower
from indexer.records import BankKind, Head
from indexer.search import LayeredIndex
from indexer.search.folders import private_folder
from indexer.search.manifests import Label, SnapshotKeys
from indexer.search.snapshots import Snapshots
from indexer.store import Store
from indexer.store.sealing import KeyRing

# -P: a module that lies in the current folder is not imported.
_COMMAND = (sys.executable, "-P", "-m", "indexer.builder")
_ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
_RETRY_SECONDS = 60
_log = logging.getLogger("hashsvc.index")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a builder must know."""

    url: str = field(repr=False)  # of the store
    ring: KeyRing
    plain: Path  # a folder in memory, or on an encrypted volume
    sealed: Path
    base_from: int  # see `LayeredIndex`

    def snapshots(self) -> Mapping[BankKind, Snapshots]:
        """Where the bases of each kind of bank are published."""
        keys = SnapshotKeys.derived(self.ring.current)
        return {kind: Snapshots(self.plain / kind, self.sealed / kind, keys) for kind in BankKind}

    def text(self) -> str:
        """For a child's standard input, never for a file, a log or a command line."""
        keys = {name: key.hex() for name, key in self.ring.keys.items()}
        return json.dumps(
            {
                "url": self.url,
                "current_id": self.ring.current_id,
                "keys": keys,
                "plain": str(self.plain),
                "sealed": str(self.sealed),
                "base_from": self.base_from,
            }
        )


def read_plan(text: str) -> Plan:
    """Read what `Plan.text` wrote."""
    fields = json.loads(text)
    keys = {name: bytes.fromhex(key) for name, key in fields["keys"].items()}
    return Plan(
        url=fields["url"],
        ring=KeyRing(fields["current_id"], keys),
        plain=Path(fields["plain"]),
        sealed=Path(fields["sealed"]),
        base_from=fields["base_from"],
    )


def build(plan: Plan, *, any_change: bool = False) -> Sequence[BankKind] | None:
    """Publish a base of each list that needs one; nothing if another builder is at it.

    A list needs one if it is long and has no snapshot that can be used, or if its changes since
    then are due. The newest snapshot that can be used is where the reading starts.

    Args:
        plan: of what, and where to.
        any_change: a list needs one after a single change, too.

    Returns:
        The lists that got one; None if another builder is at it.

    Raises:
        IndexerError: the store cannot be read.
        OSError: no room, or a folder cannot be written; what was published before stays.
    """
    with _alone(plan.plain) as alone, closing(Store.at(plan.url, plan.ring)) as store:
        if not alone:
            return None
        snapshots = plan.snapshots()
        indexes = {kind: LayeredIndex(base_from=plan.base_from) for kind in snapshots}
        for one in snapshots.values():
            _restore(one)
        follower = Follower(store, indexes, snapshots)
        head = follower.catch_up()
        due = [
            kind
            for kind, index in indexes.items()
            if not follower.has_snapshot(kind)
            or index.compaction_due(at=now())
            or (any_change and index.is_changed())
        ]
        return [kind for kind in due if _published(snapshots[kind], indexes[kind], head)]


def _published(snapshots: Snapshots, index: LayeredIndex, head: Head) -> bool:
    """Whether the list is long enough for a base, which was written then."""
    base = index.compacted()
    if base is None:
        return False
    snapshots.publish(base, Label(head.seq, head.digest), at=now())
    snapshots.seal()
    return True


def _restore(snapshots: Snapshots) -> None:
    """Unseal the copy where the plain snapshot is lost, as after a reboot, or damaged."""
    try:
        if snapshots.load() is not None:
            return
    except SnapshotRefusedError as error:
        _log.warning("%s", error)
    try:
        snapshots.unseal()
    except (SnapshotRefusedError, OSError) as error:
        _log.warning("The sealed copy cannot be used: %s", error)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether this is the machine's only builder there; the system ends the lock with us."""
    private_folder(folder)
    with (folder / "build.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


class Building:
    """A server's side: starts builders, one at a time; used by one thread."""

    def __init__(self, plan: Plan, *, retry_seconds: float = _RETRY_SECONDS) -> None:
        """No child is started yet.

        Args:
            plan: for every builder.
            retry_seconds: the rest after a builder, whatever came of it.
        """
        self._plan = plan
        self._retry_seconds = retry_seconds
        self._child: subprocess.Popen[str] | None = None
        self._ended = float("-inf")

    def prepare(self) -> None:
        """Wait until a long list has a base that servers can share; a failure is only told.

        Raises:
            StoreUnavailableError: the database does not answer.
        """
        with closing(Store.at(self._plan.url, self._plan.ring)) as store, store.snapshot() as tx:
            changes = tx.changes.head().seq
        # Every listed signature is a change: a short log is a short list.
        if changes > self._plan.base_from and not self._has_snapshot():
            self.start()
            self._tell(wait=None)

    def start(self) -> None:
        """Have a builder run, unless one does or just did; returns at once."""
        if self._child is None and monotonic() - self._ended >= self._retry_seconds:
            self._child = self._started()

    def look(self) -> None:
        """Tell of a builder that ended."""
        self._tell(wait=0)

    def stop(self) -> None:
        """End the builder, if one runs; what it did not publish is as if never begun."""
        if self._child is not None:
            self._child.kill()
            self._tell(wait=None)

    def _has_snapshot(self) -> bool:
        for one in self._plan.snapshots().values():
            try:
                if one.load() is not None:
                    return True
            except SnapshotRefusedError as error:
                _log.warning("%s", error)
        return False

    def _started(self) -> subprocess.Popen[str]:
        child = subprocess.Popen(  # noqa: S603  # our own words
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | _ENVIRONMENT,
            text=True,
            start_new_session=True,  # Ctrl+C is for the server, which ends its child
        )
        if child.stdin is not None:
            with suppress(BrokenPipeError):  # it died: its code says so
                child.stdin.write(self._plan.text())
                child.stdin.close()
        return child

    def _tell(self, *, wait: float | None) -> None:
        child = self._child
        if child is None:
            return
        try:
            child.wait(wait)
        except subprocess.TimeoutExpired:
            return
        self._child, self._ended = None, monotonic()
        if child.stdout is not None:
            for line in child.stdout.read().splitlines():
                _log.warning("builder: %s", line)
            child.stdout.close()
        if child.returncode:
            _log.error("no new base was built")


def main() -> None:
    """Build what the plan on standard input says."""
    forbid_core_files()
    os.umask(0o077)
    logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.WARNING)
    try:
        build(read_plan(sys.stdin.read()))
    except (IndexerError, OSError) as error:
        _log.critical("%s", error)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  # a trace could hold what must not be logged
        _log.critical("It failed: %s.", type(error).__name__)
        sys.exit(1)


if __name__ == "__main__":
    main()

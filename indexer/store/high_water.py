"""The highest place of the change log that this machine saw: an older store is not started."""

import fcntl
import json
from dataclasses import dataclass
from pathlib import Path

from hashsvc.files import replacing
from indexer.errors import StoreOlderError
from indexer.records import Head
from indexer.store.store import Store

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class HighWater:
    """A small file beside the key files."""

    path: Path

    def read(self) -> Head | None:
        """What was written last; None where nothing was.

        Raises:
            StoreOlderError: the file is damaged, so nothing can be said.
        """
        try:
            fields = json.loads(self.path.read_text(encoding="ascii"))
            epoch, digest = (bytes.fromhex(fields[name]) for name in ("epoch", "digest"))
            return Head(epoch, int(fields["seq"]), digest)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise StoreOlderError(self.path) from error

    def require(self, store: Store) -> None:
        """Refuse a store that is older than this file, or another one.

        Raises:
            StoreOlderError: it is.
            StoreUnavailableError: the database does not answer.
        """
        seen = self.read()
        if seen is None:
            return
        with store.snapshot() as tx:
            if tx.changes.head().epoch != seen.epoch or not tx.changes.passed(seen):
                raise StoreOlderError(self.path)

    def write(self, store: Store) -> None:
        """Keep where the log ends now.

        Raises:
            StoreOlderError: the log is older than what was kept, or another one.
            OSError: no room, or the folder cannot be written.
            StoreUnavailableError: the database does not answer.
        """
        with self.path.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # workers write the same file
            self.require(store)
            with store.snapshot() as tx:
                head = tx.changes.head()
            with replacing(self.path, mode=_PRIVATE) as draft:
                draft.write_text(_text(head), encoding="ascii")


def _text(head: Head) -> str:
    fields = {"epoch": head.epoch.hex(), "seq": head.seq, "digest": head.digest.hex()}
    return json.dumps(fields, sort_keys=True) + "\n"

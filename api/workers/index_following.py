"""Keeps this process's index at the store's newest state."""

import logging
import threading

from indexer.errors import IndexerError, StoreUnavailableError
from indexer.follower import Follower

_log = logging.getLogger("hashsvc.index")


class IndexFollowing:
    """A thread that catches up again and again; when it stops, the index grows stale and silent."""

    def __init__(self, follower: Follower, *, poll_seconds: float) -> None:
        """Nothing runs yet."""
        self._follower = follower
        self._poll_seconds = poll_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="index-following", daemon=True)

    def start(self) -> None:
        """Catch up once, then go on in the background.

        Raises:
            IndexerError: the index could not be built.
        """
        self._follower.catch_up()
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop.set()
        self._thread.join()

    def hurry(self) -> None:
        """Catch up now, after a commit of this process: what was acknowledged is matchable.

        A failure here undoes nothing: the background thread tries again, or stops for good.
        """
        try:
            self._follower.catch_up()
        except IndexerError:
            _log.warning("index catch-up failed", exc_info=True)

    def _run(self) -> None:
        while not self._stop.wait(self._poll_seconds):
            try:
                self._follower.catch_up()
            except StoreUnavailableError:
                _log.warning("store unavailable", exc_info=True)
            except IndexerError:
                # A broken log is never skipped: the index stays where it is and grows stale,
                # readiness says so, and no answer is given from it.
                _log.critical("index following stopped", exc_info=True)
                return

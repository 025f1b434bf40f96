"""Keeps this process's index at the store's newest state, and upon the newest base."""

import logging
import threading

from hashsvc.times import now
from indexer.builder import Building
from indexer.errors import IndexerError, StoreUnavailableError
from indexer.follower import Follower
from indexer.store.hints import Hints

_log = logging.getLogger("hashsvc.index")


class IndexFollowing:
    """A thread that catches up again and again; when it stops, the index grows stale and silent."""

    def __init__(
        self, follower: Follower, building: Building, hints: Hints, *, poll_seconds: float
    ) -> None:
        """Nothing runs yet.

        Args:
            follower: what catches up.
            building: makes new bases where they are due.
            hints: tells other processes of this one's commits, and this one of theirs.
            poll_seconds: how long to wait for a hint.
        """
        self._follower = follower
        self._building = building
        self._hints = hints
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
        """End the thread and wait for it; end a builder that it started."""
        self._stop.set()
        self._hints.stop()
        self._thread.join()
        self._building.stop()

    def hurry(self) -> None:
        """Catch up now, after a commit of this process: what was acknowledged is matchable.

        A failure here undoes nothing: the background thread tries again, or stops for good.
        """
        self._hints.send()
        try:
            self._follower.catch_up()
        except IndexerError:
            _log.warning("index catch-up failed", exc_info=True)

    def _run(self) -> None:
        while not self._stopped_while_waiting():
            try:
                self._follow()
            except StoreUnavailableError:
                _log.warning("store unavailable", exc_info=True)
            except IndexerError:
                # A broken log is never skipped: the index stays where it is and grows stale,
                # readiness says so, and no answer is given from it.
                _log.critical("index following stopped", exc_info=True)
                break
        self._hints.close()

    def _stopped_while_waiting(self) -> bool:
        self._hints.wait(self._poll_seconds)
        return self._stop.is_set()

    def _follow(self) -> None:
        self._follower.catch_up()
        self._follower.rebase()
        self._building.look()
        if self._follower.compaction_due(at=now()):
            self._building.start()

"""Keeps, outside the database, what a restored backup must not undo."""

import logging
from collections.abc import Callable
from contextlib import suppress

from api.workers.periodic import Periodic
from indexer.errors import IndexerError, TombstonesForeignError, TombstonesUnavailableError
from indexer.store import Store
from indexer.store.high_water import HighWater
from indexer.store.tombstones import TombstoneSink

_HIGH_WATER_SECONDS = 60.0
_TOMBSTONE_SECONDS = 1.0  # withdrawals write at once; this is for all else that leaves the list
_log = logging.getLogger("hashsvc.tombstones")


class HighWaterKeeping:
    """Writes the high water at the start, each minute and at the end."""

    def __init__(self, high_water: HighWater, store: Store) -> None:
        """Nothing runs yet."""
        self._high_water, self._store = high_water, store
        self._periodic = Periodic("high-water", self._write, _HIGH_WATER_SECONDS)

    def start(self) -> None:
        """Begin.

        Raises:
            StoreOlderError: the store is older than what this machine has seen.
        """
        self._write()
        self._periodic.start()

    def stop(self) -> None:
        """End, with a last look."""
        self._periodic.stop()
        with suppress(IndexerError, OSError):  # the one before is still true
            self._write()

    def _write(self) -> None:
        self._high_water.write(self._store)


class TombstoneWriting:
    """Catches up with what leaves the list without a withdrawal."""

    def __init__(self, sink: TombstoneSink) -> None:
        """Nothing is written yet."""
        self._sink = sink
        self._told = False

    def look(self) -> None:
        """Write what is missing; a disk that is away is told of once."""
        try:
            self._sink.catch_up()
        except (TombstonesUnavailableError, TombstonesForeignError) as error:
            if not self._told:
                _log.critical("%s", error)
            self._told = True
        else:
            self._told = False


def tombstone_writing(sink: TombstoneSink) -> Periodic:
    """The same, again and again."""
    return Periodic("tombstone-writing", TombstoneWriting(sink).look, _TOMBSTONE_SECONDS)


def remembering(sink: TombstoneSink | None) -> Callable[[], None]:
    """What to do before a withdrawal is acknowledged."""
    return sink.catch_up if sink else _forget


def warn_without(sink: TombstoneSink | None) -> None:
    """Say at the start what an operator may not know."""
    if sink is None:
        _log.warning(
            "HASHSVC_TOMBSTONES is not set: a restored backup may bring back withdrawn cases"
        )


def _forget() -> None:
    """Nothing remembers withdrawals but the database."""

"""A thread that does one thing from time to time, and survives a store that is away."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from indexer.errors import IndexerError

_log = logging.getLogger("hashsvc.workers")


class Worker(Protocol):
    """Something that runs beside the requests."""

    def start(self) -> None:
        """Begin; returns when it runs."""
        ...

    def stop(self) -> None:
        """End it and wait."""
        ...


@dataclass(frozen=True, slots=True)
class Periodic:
    """Does `work` every so many seconds, beginning after the first of them."""

    name: str
    work: Callable[[], object]
    seconds: float
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """End after the work that is under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.seconds):
            try:
                self.work()
            except IndexerError:  # what was to be done is still there at the next look
                _log.warning("%s: the store did not answer", self.name)
            except Exception:  # noqa: BLE001  # one bad look must not end all later ones
                _log.exception("%s failed", self.name)

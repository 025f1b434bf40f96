"""Signs the heads of the audit streams from time to time, and tells how old the newest one is."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from time import monotonic

from api.services.checkpoints import CheckpointService
from api.workers.periodic import Periodic
from indexer.errors import (
    CheckpointForeignError,
    CheckpointForkedError,
    CheckpointSinkError,
    IndexerError,
    LogBrokenError,
    StreamFaultyError,
)
from indexer.records import Stream

_SECONDS = 300.0
_log = logging.getLogger("hashsvc.checkpoints")


class Checkpointing:
    """Looks at the start, every five minutes and at the end."""

    def __init__(self, service: CheckpointService) -> None:
        """Nothing runs yet.

        Args:
            service: makes them.
        """
        self._service = service
        self._periodic = Periodic("checkpointing", self.look, _SECONDS)
        self._made = dict.fromkeys(Stream, monotonic())
        self._wrong: dict[Stream, IndexerError] = {}
        self._told: dict[Stream, str] = {}

    def start(self) -> None:
        """Begin.

        Raises:
            CheckpointForkedError: the database lacks what was signed.
            CheckpointForeignError: the checkpoints are another service's.
            StoreUnavailableError: the database does not answer.
        """
        if not self._service.sinks:
            _log.warning(
                "HASHSVC_CHECKPOINTS is not set: who can write to the database may cut audit rows "
                "off unseen"
            )
        for stream in Stream:
            self._service.require_known(stream)
        self.look()
        self._periodic.start()

    def stop(self) -> None:
        """End, with a last look."""
        self._periodic.stop()
        with suppress(IndexerError):  # the one before still holds
            self.look()

    def look(self) -> None:
        """Make the checkpoints of both streams; what fails is told of once."""
        for stream in Stream:
            try:
                self._service.make(stream)
            except CheckpointSinkError as error:
                self._tell(stream, error)
            except _WRONG as error:
                self._wrong[stream] = error
                self._tell(stream, error)
            else:
                self._wrong.pop(stream, None)
                self._told.pop(stream, None)
                self._made[stream] = monotonic()

    def require_sound(self) -> None:
        """Tell whether the streams are what was signed, as of the last look.

        Raises:
            IndexerError: what is wrong with one.
        """
        for error in self._wrong.values():
            raise error

    def ages(self) -> Mapping[Stream, Callable[[], float]]:
        """For each stream how many seconds ago its end was signed and kept in every sink."""
        return {stream: partial(self._age, stream) for stream in Stream}

    def _age(self, stream: Stream) -> float:
        return monotonic() - self._made[stream]

    def _tell(self, stream: Stream, error: IndexerError) -> None:
        if self._told.get(stream) != str(error):
            _log.critical("%s", error)
        self._told[stream] = str(error)


_WRONG = (CheckpointForeignError, CheckpointForkedError, LogBrokenError, StreamFaultyError)

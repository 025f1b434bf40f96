"""Keep an image library's warnings off the screen of the person who asked."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


class _Silence:
    """Ignore warnings while at least one thread decodes.

    The list of warning filters belongs to the process. Were every decode to save and restore it
    alone, two at once could leave it changed for good.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decoding = 0
        self._saved = warnings.catch_warnings()

    def begin(self) -> None:
        with self._lock:
            self._decoding += 1
            if self._decoding == 1:
                self._saved = warnings.catch_warnings()
                self._saved.__enter__()
                warnings.simplefilter("ignore")

    def end(self) -> None:
        with self._lock:
            self._decoding -= 1
            if self._decoding == 0:
                self._saved.__exit__(None, None, None)


_silence = _Silence()


@contextmanager
def no_warnings() -> Iterator[None]:
    """Ignore warnings inside; safe in several threads at once."""
    _silence.begin()
    try:
        yield
    finally:
        _silence.end()

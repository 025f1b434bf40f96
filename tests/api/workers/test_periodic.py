"""Work that is done from time to time goes on, whatever happens to one turn of it."""

import threading

import pytest

from api.workers.periodic import Periodic
from indexer.errors import StoreUnavailableError

SOON = 0.001
WAIT_SECONDS = 10


@pytest.mark.parametrize("error", [None, StoreUnavailableError("away"), ZeroDivisionError()])
def test_one_bad_turn_does_not_end_the_later_ones(error):
    turns = threading.Semaphore(0)

    def work():
        turns.release()
        if error is not None:
            raise error

    worker = Periodic("test", work, SOON)
    worker.start()
    reached = [turns.acquire(timeout=WAIT_SECONDS) for _ in range(3)]
    worker.stop()

    assert reached == [True] * 3


def test_stopping_waits_for_the_turn_under_way():
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work():
        begun.set()
        may_end.wait(WAIT_SECONDS)
        ended.set()

    worker = Periodic("test", work, SOON)
    worker.start()
    begun.wait(WAIT_SECONDS)
    may_end.set()
    worker.stop()

    assert ended.is_set()

"""The index follows the store; when it cannot, it says so and grows stale."""

import logging
from time import monotonic, sleep

import pytest

from api.workers.index_following import IndexFollowing
from indexer.errors import LogBrokenError, StoreUnavailableError
from tests.api.bodies import open_case
from tests.factories import make_signature


class FollowerOfErrors:
    """Raises one error after the other, then follows without a fault."""

    def __init__(self, *errors):
        self.waiting = list(errors)
        self.calls = 0

    def catch_up(self):
        self.calls += 1
        if self.waiting:
            raise self.waiting.pop(0)

    def rebase(self):
        """There is no newer base."""

    def compaction_due(self, *, at):  # noqa: ARG002  # as the follower's
        return self.calls > 4


class Recorder:
    """Stands for the building of bases and for hints; keeps what was called."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *_: self.calls.append(name)


def wait_until(happened, *, seconds=5):
    end = monotonic() + seconds
    while not happened():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.005)


def following_with(follower, building=None):
    hints = Recorder()
    hints.wait = sleep
    return IndexFollowing(follower, building or Recorder(), hints, poll_seconds=0.005)


@pytest.fixture
def following_of():
    started = []

    def following(follower, building=None):
        made = following_with(follower, building)
        started.append(made)
        made._thread.start()
        return made

    yield following
    for one in started:
        one.stop()


def test_a_store_that_comes_back_is_followed_again(following_of, caplog):
    follower = FollowerOfErrors(StoreUnavailableError(), StoreUnavailableError())

    following_of(follower)

    wait_until(lambda: follower.calls > 4)
    assert [record.getMessage() for record in caplog.records] == ["store unavailable"] * 2


def test_a_broken_log_is_followed_no_further(following_of, caplog):
    follower = FollowerOfErrors(LogBrokenError())

    following = following_of(follower)
    following._thread.join(5)

    assert follower.calls == 1
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]


def test_a_broken_log_at_the_start_stops_the_start():
    with pytest.raises(LogBrokenError):
        following_with(FollowerOfErrors(LogBrokenError())).start()


def test_a_failure_after_a_commit_undoes_nothing(caplog):
    following_with(FollowerOfErrors(StoreUnavailableError())).hurry()

    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_base_that_is_due_is_built_and_its_builder_ended(following_of):
    building = Recorder()

    following = following_of(FollowerOfErrors(), building)
    wait_until(lambda: building.calls.count("start") > 1)
    following.stop()

    assert building.calls[:3] == ["look"] * 3
    assert building.calls[-1] == "stop"


def test_what_another_process_lists_is_found_here(start, connect):
    one, other = (connect(start(index_poll_seconds=0.01)) for _ in range(2))

    open_case(one, make_signature(seed=3))

    index = other.app.state.services.matching.index
    wait_until(lambda: len(index) == 1)
    assert index.find(make_signature(seed=3), threshold=0)

"""A process works on so many requests at once; the rest is told at once to come again."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import pytest

from api.crowding import Places
from api.security.errors import OverloadedError
from tests.faults.bounded_server import serving, small

MACHINES, PEOPLE = "/v1/matches", "/v1/cases/status"


@pytest.fixture
def taken():
    """Try to take so many places, and keep them; how many there were."""
    with ExitStack() as kept:

        def take(places, path, count):
            got = 0
            for _ in range(count):
                with suppress(OverloadedError):
                    kept.enter_context(places.taken(path))
                    got += 1
            return got

        yield take


def test_machines_leave_a_quarter_to_people(taken):
    places = Places(8)

    assert taken(places, MACHINES, 20) == 6
    assert taken(places, PEOPLE, 20) == 2


def test_who_asks_how_the_service_is_always_gets_in(taken):
    places = Places(4)
    taken(places, PEOPLE, 4)

    for path in ("/healthz", "/readyz", "/metrics", "/v1/changes"):
        places.require_free(path)


def test_who_waits_at_a_feed_takes_nobodys_place(taken):
    places = Places(4)

    assert taken(places, "/v1/changes", 100) == 100
    assert taken(places, PEOPLE, 100) == 4


def test_a_place_is_free_again_however_the_work_ended(taken):
    places = Places(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="work"), places.taken(PEOPLE):
            raise ValueError("work")

    assert taken(places, PEOPLE, 2) == 1


def test_bodies_are_counted_together_until_they_are_let_go():
    places = Places(8, body_bytes=100)
    with places.holding() as one:
        one.more(60)
        with pytest.raises(OverloadedError), places.holding() as other:
            other.more(41)

    with places.holding() as again:
        again.more(100)
    assert places.held_bytes == 0


class Waiting:
    """An application whose work ends when it is told to."""

    def __init__(self):
        self.begun, self.told = 0, threading.Event()

    async def __call__(self, scope, receive, send):
        self.begun += 1
        while not self.told.is_set():  # set in another loop
            await asyncio.sleep(0.01)
        await small(scope, receive, send)


async def _crowd(address, app, is_full):
    base_url = "http://{}:{}".format(*address)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=base_url, limits=limits, timeout=30) as client:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(client.post(MACHINES, json={})) for _ in range(20)]
            for _ in range(1_000):
                await asyncio.sleep(0.01)
                if is_full(sum(task.done() for task in asked)):
                    break
            app.told.set()
    return [task.result() for task in asked]


def crowd(places, app, is_full):
    """Twenty at once; the answers, after the work of those who were let in was let end."""
    with serving(app, places=places) as address:
        with ThreadPoolExecutor(1) as thread:  # this thread may have a loop already
            return thread.submit(asyncio.run, _crowd(address, app, is_full)).result()


@pytest.mark.control("G16")
def test_without_a_bound_everybody_waits_and_nobody_is_told(figure):
    app = Waiting()

    answers = crowd(10**6, app, lambda _: app.begun == 20)

    assert app.begun == 20
    assert {answer.status_code for answer in answers} == {200}
    figure("without a bound: 20 of 20 waited at once")


@pytest.mark.goal("G16")
def test_who_finds_no_place_is_told_at_once_and_who_has_one_is_answered(figure):
    app = Waiting()

    answers = crowd(8, app, lambda done: done >= 14)

    refused = [answer for answer in answers if answer.status_code == 503]
    assert (len(answers), len(refused), app.begun) == (20, 14, 6)
    assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
    assert {answer.json()["type"] for answer in refused} == {"/problems/overloaded"}
    assert all("Request-Id" in answer.headers for answer in refused)
    figure("8 places: 6 of 20 questions let in, 14 told 503 while those were worked on")

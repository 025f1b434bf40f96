"""The time of day jumps by days under a server: what shall move moves, what shall not does not.

With the time of day move: ends of API keys, waits after wrong PINs, windows of signed requests,
days of budgets, clocks of regimes. Nothing that says whether an answer is fresh does: that is
counted from a start.
"""

import threading
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from api.security.key_files import read_key_files
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc.times import now
from indexer.store import Store
from tests.api.bodies import (
    OTHER_PIN,
    ask,
    case_request,
    item_of,
    only_line,
    open_case,
    opened_number,
)
from tests.api.test_serving import running, wait_until
from tests.crash.shims.compiling import compiled
from tests.factories import make_signature

pytestmark = pytest.mark.slow
SEEN = make_signature(seed=91)
DAY = 86_400


class WallClock:
    """The time of day of the programs that are started meanwhile."""

    def __init__(self, path):
        self._path = path
        self.set_ahead(0)

    def set_ahead(self, seconds):
        """By so many seconds, or back."""
        draft = self._path.with_suffix(".draft")
        draft.write_text(str(seconds))
        draft.replace(self._path)


@pytest.fixture
def wall_clock(tmp_path, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("LD_PRELOAD", str(compiled("wall_clock", tmp_path_factory.mktemp("shim"))))
    monkeypatch.setenv("WALL_CLOCK", str(tmp_path / "ahead"))
    return WallClock(tmp_path / "ahead")


@pytest.fixture
def key(tmp_path, wall_clock):
    """One that ends in three days; made once the server has made its folder."""

    def made():
        folder = tmp_path / "var"
        keys = read_key_files(folder)
        store = Store.at(Settings(data=folder).url, keys.seal)
        platforms = PlatformService(store, Pepper(keys.pepper))
        key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=now(), days=3)
        store.close()
        return {"Authorization": f"Bearer {key.text()}"}

    return made


@contextmanager
def asking(url, key):
    """Ask and report again and again; yields (status, tier) of each question, status of reports."""
    stop, told = threading.Event(), []

    def go_on():
        with httpx.Client(base_url=url, timeout=60) as client:
            seed = 9_500
            while not stop.is_set():
                seed += 1
                answer = ask(client, key, item_of(SEEN))
                tier = only_line(answer)["tier"] if answer.is_success else None
                reported = open_case(client, make_signature(seed=seed)).status_code
                told.append((answer.status_code, tier, reported))

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def test_steps_of_a_day_either_way_change_no_answer_under_load(tmp_path, wall_clock, key, figure):
    with running(tmp_path / "var") as server:
        header = key()
        opened_number(server.client, SEEN)
        with asking(server.url, header) as told:
            for ahead in (DAY, 0, -DAY, 0, 2 * DAY, -DAY, 0):
                wall_clock.set_ahead(ahead)
                before = len(told)
                wait_until(lambda: len(told) > before + 1)  # noqa: B023
                assert server.client.get("/readyz").status_code == 200
    # A day's 20 reports of one network may be used up meanwhile.
    assert {(status, tier) for status, tier, _ in told} == {(200, "strong")}
    assert {reported for _, _, reported in told} <= {201, 429}
    figure(f"clock jumps by a day, 7 times: {len(told)} answers, all as without")


def test_a_key_ends_by_the_time_of_day(tmp_path, wall_clock, key):
    with running(tmp_path / "var") as server:
        header = key()
        statuses = []
        for ahead in (0, 2 * DAY, 4 * DAY, 0):
            wall_clock.set_ahead(ahead)
            statuses.append(ask(server.client, header, item_of(SEEN)).status_code)

    assert statuses == [200, 200, 401, 200]


def test_a_clock_set_back_keeps_nobody_out_for_longer_than_an_hour(tmp_path, wall_clock):
    with running(tmp_path / "var") as server:
        number = opened_number(server.client, SEEN)
        for _ in range(3):
            case_request(server.client, "status", number, pin=OTHER_PIN)
        waits = case_request(server.client, "status", number)
        assert waits.status_code == 429
        assert int(waits.headers["Retry-After"]) <= 30

        wall_clock.set_ahead(-DAY)

        assert case_request(server.client, "status", number).status_code == 200


@pytest.mark.control("G5")
def test_staleness_by_the_time_of_day_would_be_fooled_by_a_step(figure):
    """The control: what `monotonic` is used instead of."""
    last_row = now()
    step_back = now() - timedelta(days=1)

    staleness = (step_back - last_row).total_seconds()

    assert staleness < 5.0  # "fresh", for a day, whatever happened meanwhile
    figure(f"staleness from the last row's time of day: {staleness:,.0f} s after a step back")

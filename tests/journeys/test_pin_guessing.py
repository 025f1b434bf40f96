"""A guesser of PINs against four workers: no more tries than the rule allows, and nothing learned.

Time is given, not waited for: a day and an hour pass in seconds. `HASHSVC_TEST_GUESSES` and
`HASHSVC_TEST_TIMED_GUESSES` set the long form; without the latter no time is measured, because a
busy machine says nothing about it.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from statistics import fmean, variance
from time import perf_counter

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from api.metrics import Metrics
from api.security.case_secrets import PIN_HASHER, CaseNumber, CaseSecrets
from api.security.peppers import Pepper
from api.services.cases import CaseService
from api.services.errors import NoSuchCaseError, TooManyAttemptsError
from api.services.intake import Intake
from hashsvc.closed_sets import CaseStatus
from indexer.search import FlatIndex
from indexer.store import Store
from indexer.store.sealing import KeyRing
from tests.api.bodies import OTHER_PIN, PIN
from tests.factories import make_signature
from tests.indexer.factories import make_key_ring

GUESSES = int(os.environ.get("HASHSVC_TEST_GUESSES", "400"))
TIMED_GUESSES = int(os.environ.get("HASHSVC_TEST_TIMED_GUESSES", "0"))
WORKERS = 4
START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
RIGHT, WRONG = SecretStr(PIN), SecretStr(OTHER_PIN)
UNKNOWN = CaseNumber(b"0123456789")
IN_FIRST_HOUR, IN_NEXT_DAY = 9, 24
PEPPER = Pepper(KeyRing("1", {"1": bytes(32)}))


# Weak on purpose, so that a hundred thousand guesses end today.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def worker_on(stack, url, *, hasher=CHEAP):
    """One worker's way to the cases; what it remembers itself is its own."""
    store = stack.enter_context(closing(Store.at(url, make_key_ring())))
    secrets = CaseSecrets(PEPPER, hasher=hasher)
    nothing = lambda: None  # noqa: E731  # no index follows here
    return CaseService(
        store,
        secrets,
        Intake(FlatIndex()),
        Metrics(),
        changed=nothing,
        remember=nothing,
    )


def guessed(worker, number, at):
    """Seconds until the next try; 0: a PIN was checked, and it was wrong."""
    try:
        worker.status(number, WRONG, at=at)
    except NoSuchCaseError:
        return 0
    except TooManyAttemptsError as refused:
        return refused.retry_after_seconds
    raise AssertionError("a wrong PIN was taken")


def attack(make_workers, number, *, guesses=GUESSES, rounds=2):
    """Guess for 25 hours on every worker at once, as soon as it is allowed and often in between.

    Args:
        make_workers: called anew in each round: a restart.
        number: of a case, or of none.
        guesses: at least about so many.
        rounds: of equal length.

    Returns:
        When a PIN was checked, and how many guesses were made.
    """
    checked, tried, at = [], 0, START
    often = 25 * HOUR / max(1, guesses // WORKERS)
    for turn in range(1, rounds + 1):
        with ExitStack() as stack, ThreadPoolExecutor(WORKERS) as pool:
            workers = make_workers(stack)
            while at < START + 25 * HOUR * turn / rounds:
                waits = list(pool.map(lambda one, at=at: guessed(one, number, at), workers))
                tried += WORKERS
                checked += [at] * waits.count(0)
                at += min(often, timedelta(seconds=0 if 0 in waits else min(waits)))
    return checked, tried


def most_in_a_day(checked):
    """How many of the checks after the first hour lie within 24 hours."""
    later = [at for at in checked if at >= START + HOUR]
    return max((sum(one <= at < one + 24 * HOUR for at in later) for one in later), default=0)


def in_first_hour(checked):
    return sum(at < START + HOUR for at in checked)


@pytest.fixture
def url(postgres_databases):
    with postgres_databases.fresh() as url:
        yield url


@pytest.mark.postgres
@pytest.mark.goal("G14")
@pytest.mark.parametrize("is_known", [True, False], ids=["a case's number", "a number of none"])
def test_four_workers_check_no_more_pins_than_the_rule(url, is_known, figure):
    with ExitStack() as stack:
        owner = worker_on(stack, url)
        number = UNKNOWN
        if is_known:
            number = owner.open([make_signature()], RIGHT, idempotency_key=None, at=START)

    checked, tried = attack(lambda stack: [worker_on(stack, url) for _ in range(WORKERS)], number)

    figure(
        f"{tried:,} guesses, 4 workers, started anew once: {in_first_hour(checked)} checked in the"
        f" first hour, {most_in_a_day(checked)} a day after"
    )
    assert 1 <= in_first_hour(checked) <= IN_FIRST_HOUR
    assert 1 <= most_in_a_day(checked) <= IN_NEXT_DAY
    assert tried >= min(GUESSES, 100)


@pytest.mark.control("G14")
def test_a_count_of_its_own_in_each_worker_lets_four_times_as_many_through(
    sqlite_databases, figure
):
    with ExitStack() as files:
        own = [files.enter_context(sqlite_databases.fresh()) for _ in range(WORKERS)]

        checked, _ = attack(
            lambda stack: [worker_on(stack, url) for url in own], UNKNOWN, guesses=0
        )

    figure(f"each worker counts alone: {in_first_hour(checked)} checked in the first hour")
    assert in_first_hour(checked) == WORKERS * IN_FIRST_HOUR
    assert most_in_a_day(checked) == WORKERS * IN_NEXT_DAY


@pytest.mark.postgres
@pytest.mark.goal("G14")
def test_guessing_numbers_locks_out_nobody(url, figure):
    with ExitStack() as stack:
        worker = worker_on(stack, url)
        mine = worker.open([make_signature()], RIGHT, idempotency_key=None, at=START)

        for number in range(60):
            for _ in range(4):
                guessed(worker, CaseNumber(number.to_bytes(10, "big")), START)

        assert worker.status(mine, RIGHT, at=START).case.status is CaseStatus.ACTIVE
    figure("240 guesses at 60 numbers: the owner of another one waits 0 s")


@pytest.mark.postgres
def test_who_knows_a_number_delays_its_owner_by_an_hour_at_most(url):
    with ExitStack() as stack:
        worker = worker_on(stack, url)
        mine = worker.open([make_signature()], RIGHT, idempotency_key=None, at=START)
        at = START
        for _ in range(40):
            at += timedelta(seconds=guessed(worker, mine, at))

        assert worker.status(mine, RIGHT, at=at + HOUR).case.status is CaseStatus.ACTIVE
        assert guessed(worker, mine, at + HOUR) == 0  # the right PIN began the count anew


@pytest.mark.goal("G14")
def test_a_guess_takes_as_long_where_there_is_no_case(sqlite_databases, figure):
    with ExitStack() as stack:
        url = stack.enter_context(sqlite_databases.fresh())
        worker = worker_on(stack, url, hasher=PIN_HASHER)  # the real one
        known = worker.open([make_signature()], RIGHT, idempotency_key=None, at=START)
        times = {known: [], UNKNOWN: []}
        for turn in range(max(TIMED_GUESSES, 5)):
            for number in (known, UNKNOWN) if turn % 2 else (UNKNOWN, known):
                times[number].append(_seconds(worker, number))

    t = _welch(times[known], times[UNKNOWN])
    figure(f"{TIMED_GUESSES:,} timed guesses each at a case's number and at none: t = {t:.2f}")
    assert TIMED_GUESSES == 0 or abs(t) < 4.5


def _seconds(worker, number):
    """How long one guess takes, with no wait before it."""
    started = perf_counter()
    assert guessed(worker, number, START) == 0
    took = perf_counter() - started
    with worker.store.transaction() as tx:
        tx.cases.forget_attempts(worker.secrets.number_mac(number))
    return took


def _welch(one, other):
    """The t of two samples, each without its slowest twentieth: other programs run here too."""
    kept = [sorted(times)[: max(2, len(times) * 19 // 20)] for times in (one, other)]
    spread = sum(variance(times) / len(times) for times in kept)
    return (fmean(kept[0]) - fmean(kept[1])) / spread**0.5

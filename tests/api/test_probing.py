"""The probe alarm over HTTP: the key is stopped, platform and operator are told why."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import event

from api.security.hit_rates import HitRates
from api.security.probes import PLACES, ProbeWatch, ProbingError
from api.security.scopes import Scope
from api.services.alarms import AlarmService
from api.services.matching import Upload
from hashsvc.times import now
from indexer.alarm_records import AlarmKind
from indexer.store.alarm_tables import probe_moves
from tests.api.bodies import ask, item_of, near, only_line, open_case
from tests.factories import make_signature
from tests.indexer.rows import column, row_counts
from tests.probing import Bot, Stopped, hash_of, near_copy, number_of

LISTED = make_signature(seed=3)


def platform_asking(client, key):
    """How the bot asks: one upload a request."""
    numbers = iter(range(10_000))

    def matches(query):
        answer = ask(client, key, item_of(query, ref=f"upl-{next(numbers)}"))
        if answer.status_code == 429:
            raise Stopped
        return only_line(answer)["verdict"] == "review"

    return matches


def probed(client, key):
    """How many bits a bot knows when it is stopped."""
    open_case(client, LISTED)
    bot = Bot(near_copy(LISTED, bits=30, dhash=False), np.random.default_rng(1))
    return bot.run(platform_asking(client, key))


@pytest.fixture
def key(make_key):
    return make_key()


@pytest.mark.goal("T4")
def test_the_bot_is_stopped_and_an_upload_of_another_photo_is_not(client, key, caplog, figure):
    other = item_of(make_signature(seed=8), ref="other")

    known = probed(client, key)
    refused = ask(client, key, other, item_of(near_copy(LISTED, bits=30, dhash=False)))

    figure(f"over HTTP, from a near copy: {known} of 256 bits known when it is stopped")
    assert known < 128
    assert refused.status_code == 429
    assert refused.json()["type"] == "/problems/probing"
    assert refused.json()["errors"] == [{"pointer": "/items/1", "code": "probing"}]
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    assert ask(client, key, other).status_code == 200
    assert [line.message for line in caplog.records if "works out" in line.message]


def test_the_operator_finds_the_alarm_with_the_key_and_the_audit_holds_it(client, services, key):
    probed(client, key)

    (alarm,) = services.matching.alarms.all()
    with services.matching.store.snapshot() as tx:
        rows = [json.loads(row.body) for row in tx.access.after(0, limit=10_000)]

    assert (alarm.kind, alarm.platform) == (AlarmKind.PROBE, "example")
    assert f"hsk_live_{alarm.key_id}" in key["Authorization"]
    raised = [row for row in rows if row["act"] == "alarm:probe"]
    assert raised == [
        {
            "act": "alarm:probe",
            "by": f"key:{alarm.key_id}",
            "about": {"signature": alarm.signature_id},
        }
    ]
    assert "hashsvc_probe_alarms_total 1.0" in client.get("/metrics").text


@pytest.fixture
def caller(client, services):
    key = services.platforms.create_key("example", [Scope.MATCHES_WRITE], at=now(), days=1)
    return services.platforms.caller(key, at=now())


@pytest.fixture
def make_worker(services):
    """Another process on the same database, as far as questions go."""

    def made(of=1):
        matching = services.matching
        watch = ProbeWatch(workers=of)
        alarms = AlarmService(matching.store, matching.metrics, watch, HitRates())
        return replace(matching, alarms=alarms)

    return made


def asking(workers, caller):
    """How the bot asks: any of the workers."""
    random, refs = np.random.default_rng(4), iter(range(10_000))

    def matches(query):
        worker = workers[random.integers(len(workers))]
        found = worker.find([Upload(f"upl-{next(refs)}", (query,))])
        try:
            (answer,) = worker.confirm(found, caller, at=now())
        except ProbingError as error:
            raise Stopped from error
        return answer.match is not None

    return matches


@pytest.mark.goal("T4")
@pytest.mark.parametrize("number", [1, 2, 4])
def test_so_many_workers_on_one_database_stop_a_bot_as_one_does(
    number, client, services, make_worker, caller, figure
):
    open_case(client, LISTED)
    workers = [make_worker(number) for _ in range(number)]
    bot = Bot(near_copy(LISTED, bits=30, dhash=False), np.random.default_rng(1))

    known = bot.run(asking(workers, caller))

    figure(f"{number} workers on one database: {known} of 256 bits known when it is stopped")
    assert known < 128
    assert [one.kind for one in workers[0].alarms.all()] == [AlarmKind.PROBE]
    assert row_counts(services.matching.store)["probe_moves"] <= 2 * number


def test_a_worker_that_starts_anew_goes_on_from_where_others_were(client, make_worker, caller):
    open_case(client, LISTED)
    bot = Bot(near_copy(LISTED, bits=30, dhash=False), np.random.default_rng(1))
    bot.run(asking([make_worker()], caller))

    again = Bot(near_copy(LISTED, bits=30, dhash=False), np.random.default_rng(2))

    assert again.run(asking([make_worker()], caller)) == 0


def test_the_operator_is_told_once_by_all_workers(client, make_worker, caller, caplog):
    open_case(client, LISTED)
    workers = [make_worker() for _ in range(3)]
    stopped = 0
    for worker in workers:
        bot = Bot(near_copy(LISTED, bits=30, dhash=False), np.random.default_rng(1))
        stopped += bot.run(asking([worker], caller)) < 128

    assert stopped == len(workers)
    assert len(workers[0].alarms.all()) == 1
    assert sum("works out" in line.message for line in caplog.records) == 1
    assert "hashsvc_probe_alarms_total 1.0" in client.get("/metrics").text


def test_no_bit_of_a_question_is_kept(client, services, make_worker, caller):
    open_case(client, LISTED)
    bot = Bot(near_copy(LISTED, bits=30, dhash=False), np.random.default_rng(1))
    first = number_of(bot.start.pdq)
    bot.run(asking([make_worker()], caller))

    (places,) = column(services.matching.store, probe_moves, "places")

    # A bit says that a place was tried; those that were not are 0 whatever the question has there.
    tried = int.from_bytes(places, "big")
    assert 0 < tried.bit_count() < PLACES + 2
    assert tried & first not in (0, tried)


def test_a_step_that_others_cannot_be_told_of_is_not_answered(client, services, key):
    open_case(client, LISTED)
    ask(client, key, item_of(LISTED))
    with services.matching.store.transaction() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE probe_moves RENAME TO elsewhere")

    step = ask(client, key, item_of(near(LISTED, pdq_bits=2), ref="upl-2"))
    other = ask(client, key, item_of(make_signature(seed=8), ref="upl-3"))

    assert (step.status_code, step.json()["type"]) == (503, "/problems/store-unavailable")
    assert other.status_code == 200


def is_on_event_loop():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@pytest.fixture
def statements(services):
    """What is said to the database, each with whether the event loop waits for it."""
    said = []

    def hear(_connection, _cursor, statement, *_rest):
        said.append((statement, is_on_event_loop()))

    engine = services.matching.store.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield said
    event.remove(engine, "before_cursor_execute", hear)


def test_a_plain_miss_says_nothing_to_the_database(client, key, statements):
    open_case(client, LISTED)
    probed(client, key)
    miss = item_of(make_signature(seed=8), ref="miss")
    ask(client, key, miss)
    statements.clear()

    assert ask(client, key, miss).status_code == 200

    assert statements == []


def test_the_event_loop_never_waits_for_what_workers_tell_one_another(client, key, statements):
    start = near_copy(LISTED, bits=72, dhash=False)  # at the edge: half of what is asked misses
    open_case(client, LISTED)
    ask(client, key, item_of(start))
    statements.clear()

    matches = platform_asking(client, key)
    missed = 0
    for place in range(30):
        missed += not matches(replace(start, pdq=hash_of(number_of(start.pdq) ^ 1 << place)))

    of_moves = [on_loop for statement, on_loop in statements if "probe_moves" in statement]
    assert missed > 5
    assert len(of_moves) > 20
    assert not any(of_moves)


def test_a_key_that_suddenly_matches_raises_an_alarm_and_is_answered(client, services, make_key):
    open_case(client, LISTED)
    key, days_ago = make_key(), now() - timedelta(days=3)
    key_id = key["Authorization"].split("_")[2]
    services.matching.alarms.rates.count(key_id, uploads=2_000, matches=0, at=days_ago)

    answers = [ask(client, key, item_of(LISTED, ref=f"upl-{number}")) for number in range(25)]

    (alarm,) = services.matching.alarms.all()
    assert (alarm.kind, alarm.key_id) == (AlarmKind.HIT_RATE, key_id)
    assert [answer.status_code for answer in answers] == [200] * 25
    assert "hashsvc_hit_rate_alarms_total 1.0" in client.get("/metrics").text

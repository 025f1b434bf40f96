"""The probe alarm over HTTP: the key is stopped, platform and operator are told why."""

import json
from datetime import timedelta

import numpy as np
import pytest

from hashsvc.times import now
from indexer.alarm_records import AlarmKind
from tests.api.bodies import ask, item_of, only_line, open_case
from tests.factories import make_signature
from tests.probing import Bot, Stopped, near_copy

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

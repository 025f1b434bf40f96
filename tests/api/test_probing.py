"""The probe alarm over HTTP: the key is stopped, platform and operator are told why."""

import json

import numpy as np
import pytest

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

"""A copy that leaks names its recipient: each holds signatures that it alone was given."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from api.cli import app as server_cli
from api.security.scopes import Scope
from hashsvc import RegionKind, SignatureId
from hashsvc.cli.app import app as device_cli
from hashsvc.packs import PackKey, SeenVersions, open_pack, read_trust
from hashsvc.times import now
from indexer.alarm_records import AlarmKind, Copy
from indexer.store.statistics import Period
from tests.api.agreeing import agree, disclosing
from tests.api.bodies import ask, item_of, only_line, open_case
from tests.factories import make_signature

PHOTOS = [make_signature(seed=seed, quality=60 + seed) for seed in range(8)]
NAMES = ("laboratory north", "laboratory south")
BOUND_TO_ASK = {"verdict", "tier", "list_state", "state"}


@pytest.fixture
def reports(client):
    for photo in PHOTOS:
        open_case(client, photo)


@pytest.fixture
def build(folder, tmp_path, client):
    """Build a pack for somebody, as an operator does, and open it as the recipient does."""
    keys = {name: PackKey.generate() for name in NAMES}

    def built(name):
        pack, trust = tmp_path / "some.pack", tmp_path / "signers"
        key_file = tmp_path / f"{name}.key"
        if not key_file.exists():
            keys[name].save(key_file)
        words = ("--bank", "reported", "--to", keys[name].recipient, "--name", name)
        number = agree(folder, *words)
        said = CliRunner().invoke(
            server_cli, ["pack", "build", number, "--out", str(pack), "--data", str(folder)]
        )
        trust.write_text(said.stdout)
        checked = CliRunner().invoke(
            device_cli,
            ["pack", "verify", *map(str, (pack, "--key", key_file, "--trust", trust))],
        )
        assert checked.exit_code == 0, checked.output
        client.app.state.services.cases.changed()  # the index follows within a poll; tests do not
        return open_pack(
            pack,
            key=keys[name],
            trust=read_trust(trust),
            seen=SeenVersions(tmp_path / "seen"),
            at=now(),
        )

    return built


def listed_in(pack):
    """Every entry of a pack, as somebody reads it who wants the hashes."""
    return {
        pack.matcher.entry_id(SignatureId(row + 1)): pack.matcher._listed(row)
        for row in range(len(pack.matcher))
    }


def honey_of(pack):
    """The entries that are no photo's."""
    photos = {photo.pdq for photo in PHOTOS}
    return [one.signature for one in listed_in(pack).values() if one.signature.pdq not in photos]


def alarms_of(services):
    return services.matching.alarms.all()


@pytest.mark.goal("T4")
def test_whoever_asks_with_a_leaked_pack_raises_an_alarm_that_names_the_leaker(
    client, services, make_key, folder, reports, build, caplog, figure
):
    north, south = (honey_of(build(name)) for name in NAMES)
    key = make_key(name="curious.example")

    answer = ask(client, key, item_of(replace(north[0], dhash=None)), item_of(south[1], ref="2"))

    assert [line["tier"] for line in answer.json()["items"]] == ["strong", "strong"]
    told = {(one.platform, one.leaker.name, one.leaker.copy) for one in alarms_of(services)}
    assert told == {("curious.example", name, Copy.PACK) for name in NAMES}
    said = CliRunner().invoke(server_cli, ["alarms", "--json", "--data", str(folder)])
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert {line["leaker"]["name"] for line in lines} == set(NAMES)
    assert {line["alarm"] for line in lines} == {"honey"}
    assert "hashsvc_honey_alarms_total 2.0" in client.get("/metrics").text
    assert [line for line in caplog.records if "leaked copy" in line.message]
    with services.matching.store.snapshot() as tx:
        acts = [json.loads(row.body)["act"] for row in tx.access.after(0, limit=10_000)]
    assert acts.count("alarm:honey") == 2
    figure("2 packs leaked, 2 questions: 2 alarms, each with the right recipient")


@pytest.mark.control("T4")
def test_a_photo_of_the_pack_names_nobody(client, services, make_key, reports, build, figure):
    build(NAMES[0])

    answer = ask(client, make_key(), *(item_of(one, ref=str(i)) for i, one in enumerate(PHOTOS)))

    assert {line["tier"] for line in answer.json()["items"]} == {"strong"}
    assert alarms_of(services) == []
    figure("asked with what every recipient has: 0 alarms")


def test_a_list_that_leaks_names_the_platform(client, services, make_key, reports):
    make_key(Scope.LISTS_READ, name="careless.example")
    for operator in ("amina", "ben"):
        services.lists.grant(
            "careless.example", "reported", operator=operator, reference="4/2026", at=now()
        )
    services.cases.changed()
    with services.lists.store.snapshot() as tx:
        (grant,) = tx.lists.grants()
        handed = [line.pdq for line in tx.lists.page(grant, 0, limit=100).lines]

    question = item_of(make_signature(pdq=handed[0], dhash=None))
    ask(client, make_key(name="curious.example"), question)

    (alarm,) = alarms_of(services)
    assert (alarm.kind, alarm.leaker.name) == (AlarmKind.HONEY, "careless.example")
    assert (alarm.leaker.copy, alarm.platform) == (Copy.LIST, "curious.example")


def test_honey_is_the_recipients_own_and_stays_the_same(reports, build):
    first, again, other = (listed_in(build(name)) for name in (NAMES[0], NAMES[0], NAMES[1]))

    assert first == again
    pdqs = {one.signature.pdq for one in first.values()}
    assert len(pdqs) == len(PHOTOS) + 2
    assert len(pdqs & {one.signature.pdq for one in other.values()}) == len(PHOTOS)


def test_a_pack_says_of_honey_nothing_else_than_of_photos(reports, build):
    entries = listed_in(build(NAMES[0]))
    honey = honey_of(build(NAMES[0]))

    assert len(honey) == 2
    for one in honey:
        assert one.region is RegionKind.FULL
        assert one.pdq.popcount() == 128
        assert one.quality in {photo.quality for photo in PHOTOS}
        assert 64 < one.dhash.popcount() < 192
    assert {one.strong_only for one in entries.values()} == {False}
    assert len({len(name) for name in entries}) == 1
    assert list(entries) == sorted(entries)


def test_an_answer_says_of_honey_nothing_else_than_of_a_photo(client, make_key, reports, build):
    (honey, _) = honey_of(build(NAMES[0]))
    key = make_key(Scope.MATCHES_WRITE, Scope.MATCHES_DETAIL)

    one, other = (ask(client, key, item_of(signature)) for signature in (honey, PHOTOS[0]))
    weak = [
        only_line(ask(client, key, item_of(replace(one, dhash=None), ref="weak")))
        for one in (honey, PHOTOS[0])
    ]

    lines = [only_line(answer) for answer in (one, other)]
    assert [line.keys() for line in lines] == [lines[0].keys()] * 2
    assert len({tuple(line[name] for name in sorted(BOUND_TO_ASK)) for line in lines}) == 1
    assert len(one.content) == len(other.content)
    assert {line["tier"] for line in weak} == {"strong"}


def test_one_alarm_a_day_for_a_key_and_a_signature(client, services, make_key, reports, build):
    (honey, _) = honey_of(build(NAMES[0]))
    key = make_key()

    for number in range(3):
        ask(client, key, item_of(honey, ref=f"upl-{number}"))

    assert len(alarms_of(services)) == 1


def test_decisions_about_honey_change_nothing(client, services, make_key, reports, build):
    (honey, _) = honey_of(build(NAMES[0]))
    decision = {"decision": "kept", "reason": "not_a_match", "decided_at": now().isoformat()}
    for name in ("one.example", "two.example", "three.example"):
        key = make_key(Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE, name=name)
        match_id = only_line(ask(client, key, item_of(honey)))["match_id"]
        decided = client.post(
            f"/v1/matches/{match_id}/decision",
            json=decision | {"automated": False},
            headers=key | {"Idempotency-Key": f"key-{name.partition('.')[0]}"},
        )
        assert decided.status_code == 200, decided.text

    line = only_line(ask(client, make_key(name="four.example"), item_of(honey)))

    assert (line["tier"], line["list_state"]) == ("strong", "probation")


def test_honey_counts_nowhere_as_a_report(client, services, make_key, reports, build):
    (honey, _) = honey_of(build(NAMES[0]))
    ask(client, make_key(), item_of(honey))

    with services.matching.store.snapshot() as tx:
        live = {bank.name: bank.live for bank in tx.banks.overview()}
        period = Period(now() - timedelta(days=1), now() + timedelta(days=1))
        matches = tx.statistics.matches(period)

    assert live["reported"] == len(PHOTOS)
    assert matches == []


def test_nobody_gets_honey_who_gets_no_pack(services, folder, tmp_path):
    key = PackKey.generate().recipient
    words = ("--bank", "reported", "--to", key, "--reference", "x", "--by", "Amina")
    disclosing(folder, "ask", "--kind", "pack", *words)
    more = ("--out", str(tmp_path / "some.pack"), "--data", str(folder))

    said = CliRunner().invoke(server_cli, ["pack", "build", "1", *more])

    assert said.exit_code == 1
    with services.matching.store.snapshot() as tx:
        assert tx.honey.in_bank("reported") == set()

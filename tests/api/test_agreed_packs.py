"""A pack is built where two people agreed to it with a reference, for so long, and recorded."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from api.cli import app
from api.security.case_secrets import CaseSecrets
from api.security.key_files import read_key_files
from api.security.pack_keys import PackKeys
from api.security.peppers import Pepper
from api.services.disclosure_kinds import Asked
from api.services.disclosures import DisclosureService
from api.services.errors import (
    DisclosureUnapprovedError,
    DisclosureUnfitError,
    PackApprovalOverError,
)
from api.services.packs import APPROVAL_DAYS, PackService
from hashsvc.packs import PackKey
from hashsvc.times import now
from indexer.store import Store
from indexer.store.disclosures import DisclosureKind, WantedPack
from indexer.store.honey import HONEY_A_COPY
from tests.api.agreeing import agree
from tests.leaks import CliRunner

RECIPIENT = PackKey.generate().recipient
ASK = ("--kind", "pack", "--bank", "reported", "--to", RECIPIENT)
SIGNED = ("--reference", "agreement 4/2026", "--by", "Amina")


@pytest.fixture
def store(settings):
    with closing(Store.at(settings.url, read_key_files(settings.data).seal)) as store:
        yield store


@pytest.fixture
def run(folder, kept_umask):
    def said(*words):
        answer = CliRunner().invoke(app, [*map(str, words), "--data", str(folder)])
        assert "Traceback" not in answer.output
        return answer

    return said


@pytest.fixture
def disclosure(run):
    return lambda *words: run("disclosure", *words)


@pytest.fixture
def build(run, tmp_path):
    def built(number=1):
        pack = tmp_path / "x.pack"
        pack.unlink(missing_ok=True)
        said = run("pack", "build", number, "--out", pack)
        assert pack.exists() is (said.exit_code == 0)
        return said

    return built


@pytest.fixture
def recorded(store):
    """The acts and what they were about, in their order."""

    def read():
        with store.snapshot() as tx:
            rows = [json.loads(row.body) for row in tx.access.after(0, limit=100)]
        return [(row["act"], row["about"]) for row in rows]

    return read


def told(number):
    return {"disclosure": number, "kind": "pack"}


def test_each_build_is_recorded_with_the_number_that_two_people_agreed_to(folder, build, recorded):
    number = agree(folder, *ASK[2:])

    said = [build(number) for _ in range(3)]

    assert [one.exit_code for one in said] == [0, 0, 0]
    assert recorded() == [
        ("disclosure:ask", told(1)),
        ("disclosure:approve", told(1)),
        *[("pack:build", {"disclosure": 1, "entries": HONEY_A_COPY})] * 3,
    ]


def test_nothing_is_built_before_a_second_person_approved_it(disclosure, build, recorded):
    disclosure("ask", *ASK, *SIGNED)

    assert disclosure("approve", 1, "--by", "amina").exit_code == 1

    assert "second person" in build().stderr
    assert recorded() == [("disclosure:ask", told(1))]


@pytest.mark.parametrize("by", ["Amina", "Otieno", "Wanjiku"])
def test_anybody_ends_an_approval(folder, disclosure, build, recorded, by):
    agree(folder, *ASK[2:])
    assert build().exit_code == 0

    assert disclosure("refuse", 1, "--by", by).exit_code == 0

    assert "nobody refused it" in build().stderr
    assert recorded()[-1] == ("disclosure:refuse", told(1))


def agreed(store, folder, at, *, days=7):
    """A pack that was approved at a time, and who builds it."""
    disclosures = DisclosureService(store, CaseSecrets(Pepper(read_key_files(folder).pepper)))
    wanted = WantedPack("reported", RECIPIENT, None, days, under_18=False)
    number = disclosures.ask(Asked(DisclosureKind.PACK, "x", pack=wanted), by="Amina", at=at)
    disclosures.approve(number, by="Otieno", at=at)
    return number, PackService(store, PackKeys(b"k" * 32))


def test_an_approval_holds_for_92_days(store, folder, recorded):
    at = now()
    number, packs = agreed(store, folder, at)

    packs.build(number, at=at + timedelta(days=92))
    with pytest.raises(PackApprovalOverError):
        packs.build(number, at=at + timedelta(days=93))

    assert [act for act, _ in recorded()].count("pack:build") == 1
    assert str(APPROVAL_DAYS) in (PackApprovalOverError.__doc__ or "")


class RefusedBetween:
    """A store in which somebody refuses between a first transaction and a second one."""

    def __init__(self, store, refuse):
        self._store, self._refuse, self._begun = store, refuse, 0

    def transaction(self):
        self._begun += 1
        if self._begun == 2:
            self._refuse()
        return self._store.transaction()


def test_what_is_refused_while_it_is_built_is_not_handed_over(store, folder, disclosure, recorded):
    number, packs = agreed(store, folder, now())
    between = RefusedBetween(store, lambda: disclosure("refuse", number, "--by", "Wanjiku"))

    with pytest.raises(DisclosureUnapprovedError):
        replace(packs, store=between).build(number, at=now())

    assert recorded()[-1] == ("disclosure:refuse", told(number))


@pytest.mark.parametrize("days", [0, 32])
def test_no_pack_is_wanted_for_longer_than_a_month(store, folder, days):
    with pytest.raises(DisclosureUnfitError):
        agreed(store, folder, now(), days=days)


def test_an_approval_that_is_over_is_one_sentence(store, folder, build):
    number, _ = agreed(store, folder, now() - timedelta(days=100))

    said = build(number)

    assert said.exit_code == 1
    assert said.stderr.strip() == PackApprovalOverError.__doc__


def test_another_kind_is_not_built(disclosure, build):
    disclosure("ask", "--kind", "bank_counts", *SIGNED)
    disclosure("approve", 1, "--by", "Otieno")

    said = build()

    assert said.exit_code == 1
    assert "This disclosure is no pack" in said.stderr


def test_a_pack_is_not_written(folder, disclosure, recorded, tmp_path):
    agree(folder, *ASK[2:])

    said = disclosure("write", 1, "--out", tmp_path / "told.json")

    assert said.exit_code == 1
    assert "This disclosure is a pack" in said.stderr
    assert not (tmp_path / "told.json").exists()
    assert [act for act, _ in recorded()] == ["disclosure:ask", "disclosure:approve"]


def test_a_number_that_is_not_there_is_one_sentence(build):
    said = build(9)

    assert said.exit_code == 1
    assert "No disclosure has this number" in said.stderr


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--bank", "elsewhere", "--to", RECIPIENT), 1, "No bank has this name"),
        (("--bank", "benign", "--to", RECIPIENT), 1, "No bank has this name"),
        (("--bank", "reported", "--to", "age1nobody"), 1, "A recipient is the line"),
        (("--bank", "reported"), 1, "`pack` --bank and --to"),
        (("--to", RECIPIENT), 1, "`pack` --bank and --to"),
        ((), 1, "`pack` --bank and --to"),
        ((*ASK[2:], "--name", "x" * 65), 1, "64 signs"),
        ((*ASK[2:], "--name", ""), 1, "64 signs"),
        ((*ASK[2:], "--first", 1, "--last", 2), 1, "what its kind is about"),
        ((*ASK[2:], "--days", 0), 2, "--days"),
        ((*ASK[2:], "--days", 32), 2, "--days"),
    ],
)
def test_what_cannot_be_packed_is_not_asked_for(disclosure, recorded, words, code, sentence):
    said = disclosure("ask", "--kind", "pack", *words, *SIGNED)

    assert said.exit_code == code
    assert sentence in said.stderr
    assert recorded() == []


@pytest.mark.parametrize("words", [ASK[2:], ("--days", 3), ("--under-18",), ("--name", "north")])
def test_other_kinds_know_nothing_of_packs(disclosure, recorded, words):
    assert disclosure("ask", "--kind", "bank_counts", *words, *SIGNED).exit_code == 1
    assert recorded() == []


def test_the_list_says_what_is_packed_for_whom(folder, disclosure):
    agree(folder, *ASK[2:], "--name", "laboratory north", "--days", 3, "--under-18")
    disclosure("refuse", 1, "--by", "Wanjiku")

    shown = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["disclosure", "list", "--data", str(folder)]
    )

    what = f"pack of reported for laboratory north, {RECIPIENT}, 3 days, under 18"
    assert what in shown.stdout
    assert "Otieno, ended by Wanjiku" in shown.stdout


def test_the_list_shows_the_whole_key_on_a_narrow_terminal(folder, disclosure):
    agree(folder, *ASK[2:], "--name", "laboratory north")

    rows = [line.split("│") for line in disclosure("list").stdout.splitlines() if "│" in line]

    assert RECIPIENT in "".join(row[2].strip() for row in rows)

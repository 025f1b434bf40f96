"""What a law asks for is told by two people, with a reference, and each step is recorded."""

import json
from contextlib import closing

import pytest

from api.cli import app
from api.security.case_secrets import CaseSecrets
from api.security.key_files import read_key_files
from api.security.peppers import Pepper
from api.services.two_people import is_one_person
from indexer.store import Store
from tests.api.bodies import opened_number
from tests.factories import make_signature
from tests.indexer.factories import open_case
from tests.leaks import CliRunner

REFERENCE = "CM 12/2026"


@pytest.fixture
def store(settings):
    with closing(Store.at(settings.url, read_key_files(settings.data).seal)) as store:
        yield store


@pytest.fixture
def disclosure(folder):
    def said(*words, typed=None):
        words = ["disclosure", *map(str, words), "--data", str(folder)]
        answer = CliRunner().invoke(app, words, input=typed)
        assert "Traceback" not in answer.output
        return answer

    return said


@pytest.fixture
def ask(disclosure):
    def asked(kind="bank_counts", *words, typed=None, by="Amina"):
        words = ["--kind", kind, "--reference", REFERENCE, "--by", by, *words]
        return disclosure("ask", *words, typed=typed)

    return asked


def written(disclosure, folder, number=1, typed=None):
    out = folder / "told.json"
    answer = disclosure("write", number, "--out", out, typed=typed)
    return json.loads(out.read_text()) if answer.exit_code == 0 else answer


def acts(store):
    with store.snapshot() as tx:
        bodies = [json.loads(row.body) for row in tx.access.after(0, limit=100)]
    return [(one["act"], one["about"]) for one in bodies if one["act"].startswith("disclosure")]


def test_counts_are_told_once_two_people_agree(ask, disclosure, store, folder):
    open_case(store, 3)
    assert ask().stdout == "1\n"

    assert disclosure("approve", 1, "--by", "Otieno").exit_code == 0

    told = written(disclosure, folder)
    assert {"bank": "reported", "live": 3, "held": 0} in told["told"]
    assert (told["reference"], told["asked_by"], told["approved_by"]) == (
        REFERENCE,
        "Amina",
        "Otieno",
    )
    assert (folder / "told.json").stat().st_mode & 0o777 == 0o600
    about = {"disclosure": 1, "kind": "bank_counts"}
    steps = ("disclosure:ask", "disclosure:approve", "disclosure:write")
    assert acts(store) == [(step, about) for step in steps]


def test_nothing_is_written_before_it_was_approved(ask, disclosure, folder, store):
    ask()

    assert "second person" in written(disclosure, folder).stderr
    disclosure("refuse", 1, "--by", "Otieno")
    assert "second person" in written(disclosure, folder).stderr

    assert not (folder / "told.json").exists()
    assert [act for act, _ in acts(store)] == ["disclosure:ask", "disclosure:refuse"]


@pytest.mark.parametrize("name", ["Amina", " amina ", "AMINA", "Amina Wanjiku", "Ámina"])
def test_who_asked_cannot_approve(ask, disclosure, folder, name, store):
    ask()

    assert disclosure("approve", 1, "--by", name).exit_code == 1

    assert written(disclosure, folder).exit_code == 1
    assert [act for act, _ in acts(store)] == ["disclosure:ask"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A. Otieno", "Amina Otieno", True),
        ("amina.otieno", "Otieno Amina", True),
        ("AminaOtieno", "Amina Otieno", True),
        ("Amina Otieno", "Peter Otieno", False),
        ("Amina Otieno", "Amina Wanjiku", False),
        ("Amina", "Wanjiku", False),
    ],
)
def test_names_that_may_be_one_persons(one, other, same):
    assert is_one_person(one, other) is is_one_person(other, one) is same


def test_a_refusal_stands(ask, disclosure):
    ask()
    disclosure("refuse", 1, "--by", "Otieno")

    assert disclosure("approve", 1, "--by", "Wanjiku").exit_code == 1
    assert disclosure("refuse", 1, "--by", "Wanjiku").exit_code == 1


@pytest.mark.parametrize("by", ["Amina", "Otieno", "Wanjiku"])
def test_what_was_approved_and_written_ends_when_anybody_refuses_it(
    ask, disclosure, folder, store, by
):
    ask()
    disclosure("approve", 1, "--by", "Otieno")
    written(disclosure, folder)

    assert disclosure("refuse", 1, "--by", by).exit_code == 0

    assert "nobody refused it" in written(disclosure, folder).stderr
    assert disclosure("approve", 1, "--by", "Wanjiku").exit_code == 1
    assert disclosure("refuse", 1, "--by", by).exit_code == 1
    steps = ("disclosure:ask", "disclosure:approve", "disclosure:write", "disclosure:refuse")
    assert [act for act, _ in acts(store)] == list(steps)
    with store.snapshot() as tx:
        (one,) = tx.disclosures.all()
    assert (one.answered_by, one.ended_by) == ("Otieno", by)


def test_whether_a_case_exists_is_told_for_a_number_that_is_not_kept(
    start, connect, ask, disclosure, folder, store
):
    number = opened_number(connect(start()), make_signature(seed=3))

    ask("case_exists_by_number", typed=f"{number}\n")
    disclosure("approve", 1, "--by", "Otieno")

    told = written(disclosure, folder, typed=f"{number}\n")
    assert told["told"] == {"exists": True, "status": "active"}
    assert number not in json.dumps(told)


def test_another_number_than_the_approved_one_is_not_answered(ask, disclosure, folder, store):
    secrets = CaseSecrets(Pepper(read_key_files(folder).pepper))
    first, second = (secrets.new_number(None).shown() for _ in range(2))
    ask("case_exists_by_number", typed=f"{first}\n")
    disclosure("approve", 1, "--by", "Otieno")

    assert written(disclosure, folder, typed=f"{second}\n").exit_code == 1
    assert written(disclosure, folder, typed=f"{first}\n")["told"] == {
        "exists": False,
        "status": None,
    }


def test_rows_of_the_audit_are_told_as_they_are(ask, disclosure, folder, store):
    ask("audit_rows", "--first", 1, "--last", 2)
    disclosure("approve", 1, "--by", "Otieno")

    told = written(disclosure, folder)["told"]

    assert [row["row"] for row in told] == [1, 2]
    assert json.loads(told[1]["body"])["act"] == "disclosure:approve"


@pytest.mark.parametrize(
    ("kind", "words", "typed"),
    [
        ("audit_rows", [], None),
        ("audit_rows", ["--first", 0, "--last", 3], None),
        ("audit_rows", ["--first", 3, "--last", 2], None),
        ("audit_rows", ["--first", 1, "--last", 100_001], None),
        ("bank_counts", ["--first", 1, "--last", 3], None),
        ("bank_counts", ["--reference", ""], None),
        ("bank_counts", ["--reference", "x" * 129], None),
        ("bank_counts", ["--reference", "OB\n4"], None),
        ("bank_counts", ["--by", " - "], None),
        ("bank_counts", ["--by", "x" * 65], None),
        ("case_exists_by_number", [], "no number\n"),
    ],
)
def test_what_does_not_fit_is_refused(ask, kind, words, typed, store):
    assert ask(kind, *words, typed=typed).exit_code == 1
    assert acts(store) == []


def test_a_disclosure_that_is_not_there_is_said(disclosure, folder):
    assert disclosure("approve", 9, "--by", "Otieno").exit_code == 1
    assert written(disclosure, folder, 9).exit_code == 1


def test_all_of_them_are_listed(ask, disclosure):
    ask()
    ask(by="Wanjiku")
    disclosure("refuse", 2, "--by", "Otieno")

    said = disclosure("list").stdout

    assert "Wanjiku" in said
    assert "refused" in said


def test_hashes_are_of_no_kind(ask):
    assert ask("signatures").exit_code == 2

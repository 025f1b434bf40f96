"""A machine that gives a wrong answer does not scan."""

import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.scan import self_test
from hashsvc.scan.custody_log import Action, CustodyLog
from hashsvc.scan.errors import SelfTestError
from hashsvc.scan.running import quickly_searched
from hashsvc.scan.sandbox import Limits, Sandbox
from hashsvc.scan.self_test import known_vectors, run_self_test
from tests.golden import make_self_test
from tests.hashsvc.packs import KEY, TRUST, make_pack
from tests.hashsvc.scan.evidence import make_folder, scanned

# A child whose decoder shows every photo in a mirror: an error that totals would never show.
MIRRORING_CHILD = """
import numpy as np
from hashsvc.pixels import Pixels
from hashsvc.scan import child
really = child.decode
def decode(body, **options):
    return Pixels(np.ascontiguousarray(really(body, **options).rgb()[:, ::-1]))
child.decode = decode
child.main()
"""
MIRRORING = (sys.executable, "-c", MIRRORING_CHILD)


@pytest.fixture
def sandbox():
    with Sandbox(Limits()) as sandbox:
        yield sandbox


def test_this_machine_passes(sandbox):
    tested = run_self_test(sandbox, quickly_searched)

    assert tested.failed == []
    assert {"digests", "tiers", "estimate", "heic.heic", "avif.avif"} <= tested.checks.keys()


def test_the_vectors_are_current():
    assert make_self_test.FILE.read_text() == make_self_test.document(), "run `make golden`"


def test_a_photo_with_another_answer_is_named(sandbox):
    first, *rest = known_vectors()
    wrong = [replace(first, answer_sha256="0" * 64), *rest]

    assert run_self_test(sandbox, quickly_searched, wrong).failed == [first.name]


def test_a_photo_that_cannot_be_decoded_is_named(sandbox):
    first = next(known_vectors())

    tested = run_self_test(sandbox, quickly_searched, [replace(first, body=first.body[:700])])

    assert tested.failed == [first.name]


def test_a_search_that_finds_nothing_is_named(sandbox):
    def blind(pack):
        return replace(
            pack, matcher=pack.matcher.searched_by(lambda _, asked, __: [[]] * len(asked))
        )

    assert run_self_test(sandbox, blind, []).failed == ["tiers"]


def test_a_decoder_that_is_wrong_stops_the_scan_before_it_begins(tmp_path, pack):
    folder = make_folder(tmp_path / "evidence")

    with pytest.raises(SelfTestError, match=r"jpeg-baseline\.jpg"):
        scanned([folder], pack, tmp_path / "out", child=MIRRORING)

    (event,) = CustodyLog(tmp_path / "out").events()
    assert event.action is Action.SELF_TEST
    assert event.details["passed"] is False
    assert event.details["checks"]["digests"] is True


def test_a_scan_tests_itself_at_both_ends_of_every_run(tmp_path, pack):
    folder = make_folder(tmp_path / "evidence")
    scanned([folder], pack, tmp_path / "out", stopping=lambda: True)
    scanned([folder], pack, tmp_path / "out")

    events = CustodyLog(tmp_path / "out").events()

    run = [Action.SELF_TEST, Action.BEGIN, Action.SELF_TEST, Action.END]
    assert [event.action for event in events] == run * 2
    assert all(one.details["passed"] for one in events if one.action is Action.SELF_TEST)


def test_a_scan_on_such_a_machine_is_one_sentence_and_exit_code_5(tmp_path, monkeypatch):
    monkeypatch.setattr(self_test, "_ABC", "0")
    KEY.save(tmp_path / "lab.key")
    (tmp_path / "signers").write_text(TRUST[0].line())
    (tmp_path / "some.pack").write_bytes(make_pack(at=self_test.now()))
    make_folder(tmp_path / "phone")
    words = (
        *("scan", tmp_path / "phone", "--pack", tmp_path / "some.pack"),
        *("--pack-key", tmp_path / "lab.key", "--trust", tmp_path / "signers"),
        *("--reference", "1", "--warrant", "2", "--investigator", "3"),
        *("--output", tmp_path / "out"),
    )

    said = CliRunner().invoke(app, list(map(str, words)))

    assert said.exit_code == 5
    assert said.stdout == ""
    assert said.stderr.splitlines()[-1] == (
        "The self-test failed (digests): this machine cannot scan."
    )
    report = CliRunner().invoke(app, ["report", str(tmp_path / "out"), "--format", "jsonl"])
    assert report.exit_code == 9

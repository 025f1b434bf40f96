"""Checkpoints and proofs are files of a known form, and a spoiled one proves nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashsvc.transparency import (
    EMPTY,
    Checkpoint,
    GrowthProof,
    Note,
    RowProof,
    Signer,
    TransparencyError,
    Tree,
)
from hashsvc.transparency.errors import (
    CheckpointMalformedError,
    ProofMalformedError,
    ProofWrongError,
)
from hashsvc.transparency.merkle import consistency_ranges, inclusion_ranges, roots_of
from tests.hashsvc.transparency import trees

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOG = Signer("example.org/log", bytes(range(32)))
ROWS = trees.digests(20)
CHECKPOINT = Checkpoint(LOG.name, Tree().grown(ROWS).root, ("head abc", "source reported 7"))
NOTE = Note(CHECKPOINT.text()).signed_by(LOG, at=AT)
ROW = RowProof(ROWS[6], 6, tuple(roots_of(inclusion_ranges(6, 20), ROWS)), NOTE)
GROWTH = GrowthProof(13, tuple(roots_of(consistency_ranges(13, 20), ROWS)), NOTE)
OLD = Tree().grown(ROWS[:13]).root


def believe(body):
    proof = RowProof.read(body)
    proof.note.require_signed([LOG.verifier])
    proof.require()


def test_a_checkpoint_is_read_as_it_was_written():
    assert Checkpoint.read(CHECKPOINT.text()) == CHECKPOINT


def test_a_checkpoint_has_the_agreed_lines():
    lines = CHECKPOINT.text().split("\n")

    assert (lines[0], lines[1], len(lines[2])) == ("example.org/log", "20", 44)
    assert lines[3:] == ["head abc", "source reported 7", ""]


def test_an_extension_line_is_found_by_its_word():
    assert CHECKPOINT.told("source") == "reported 7"
    assert CHECKPOINT.told("hea") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "name\n1\n",
        CHECKPOINT.text()[:-1],
        CHECKPOINT.text() + "\n",
        CHECKPOINT.text().replace("\n20\n", "\n020\n"),
        CHECKPOINT.text().replace("\n20\n", "\n-20\n"),
        CHECKPOINT.text().replace("\n20\n", "\n20 \n"),
        CHECKPOINT.text().replace("\n20\n", "\n²\n"),
        CHECKPOINT.text().replace("\n20\n", f"\n{10**19}\n"),
        CHECKPOINT.text().replace("\n20\n", "\n0\n"),
        CHECKPOINT.text().replace("=\nhead", "\nhead"),
        CHECKPOINT.text().replace("=\nhead", "==\nhead"),
        Checkpoint("name", replace(EMPTY, hash=bytes(31))).text(),
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(CheckpointMalformedError):
        Checkpoint.read(text)


@pytest.mark.parametrize("proof", [ROW, GROWTH])
def test_a_proof_is_read_as_it_was_written(proof):
    assert type(proof).read(bytes(proof)) == proof


def test_a_row_is_proven():
    assert ROW.require() == CHECKPOINT


def test_growth_is_proven():
    assert GROWTH.require(OLD) == CHECKPOINT


def test_another_row_is_not_proven():
    with pytest.raises(ProofWrongError):
        replace(ROW, digest=ROWS[7]).require()


def test_growth_from_another_log_is_not_proven():
    with pytest.raises(ProofWrongError):
        GROWTH.require(replace(OLD, hash=bytes(32)))


@pytest.mark.parametrize(("kind", "other"), [(RowProof, GROWTH), (GrowthProof, ROW)])
def test_a_proof_of_another_kind_is_refused(kind, other):
    with pytest.raises(ProofMalformedError):
        kind.read(bytes(other))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"old 13",
        b"old x\n\n" + bytes(NOTE),
        b"old 013\n\n" + bytes(NOTE),
        b"old 13\nnothing\n\n" + bytes(NOTE),
        b"old 13\n\xff\n\n" + bytes(NOTE),
        b"old 13\n" + bytes(GROWTH).split(b"\n")[1] + b"\n" * 2 + bytes(NOTE)[:-9],
        b"old 13" + (b"\n" + bytes(GROWTH).split(b"\n")[1]) * 80 + b"\n\n" + bytes(NOTE),
        b"old 13\n\n" + bytes(NOTE) + bytes(100_000),
    ],
)
def test_what_is_no_proof_is_refused(body):
    with pytest.raises(TransparencyError):
        GrowthProof.read(body)


@pytest.mark.parametrize("lines", [["extra"], ["extra AAAA"], ["extra x", "index 1"], []])
def test_what_is_no_proof_of_a_row_is_refused(lines):
    opening = "".join(f"{line}\n" for line in ["c2sp.org/tlog-proof@v1", *lines])

    with pytest.raises(ProofMalformedError):
        RowProof.read(opening.encode() + b"\n" + bytes(NOTE))


@given(place=st.integers(0, len(bytes(ROW)) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_of_a_proof_or_its_checkpoint_is_found(place, bit):
    body = bytearray(bytes(ROW))
    body[place] ^= 1 << bit

    with pytest.raises(TransparencyError):
        believe(bytes(body))

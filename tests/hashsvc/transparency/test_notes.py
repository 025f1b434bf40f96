"""Notes are read strictly, believed only when signed, and are those that other tools write."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashsvc.transparency.errors import (
    NoteForgedError,
    NoteMalformedError,
    NoteUnsignedError,
    TransparencyError,
    VerifierKeyError,
)
from hashsvc.transparency.notes import (
    MAX_BYTES,
    MAX_SIGNATURES,
    KeyKind,
    Note,
    Signed,
    Signer,
    Verifier,
    seen_at,
)

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOG = Signer("example.org/log", bytes(range(32)))
WITNESS = Signer("example.net/witness", bytes(range(1, 33)), KeyKind.WITNESS)
STRANGER = Signer("example.com/stranger", bytes(range(2, 34)))
TEXT = "example.org/log\n7\nsomething\n"
NOTE = Note(TEXT).signed_by(LOG, at=AT).signed_by(WITNESS, at=AT)
# The published key of the checksum database of the Go modules: its id is made as ours are.
GO_SUM = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def test_a_note_is_read_as_it_was_written():
    assert Note.read(bytes(NOTE)) == NOTE


def test_every_known_signer_is_named():
    known = [LOG.verifier, STRANGER.verifier, WITNESS.verifier]

    assert NOTE.require_signed(known) == [LOG.verifier, WITNESS.verifier]


def test_a_witness_says_when_it_saw_the_text():
    assert seen_at(NOTE.signatures[1]) == AT


def test_a_log_says_no_time():
    with pytest.raises(NoteMalformedError):
        seen_at(NOTE.signatures[0])


def test_the_form_is_the_one_that_was_agreed_on():
    lines = bytes(NOTE).decode().split("\n")
    name, body = lines[4].removeprefix("— ").split(" ")
    signature = base64.b64decode(body)

    assert lines[:4] == ["example.org/log", "7", "something", ""]
    assert (name, signature[:4], len(signature)) == (LOG.name, LOG.verifier.id, 4 + 64)
    assert lines[6:] == [""]


def test_signatures_of_unknown_keys_are_passed_over():
    foreign = Signed("example.org/new-kind", bytes(4), bytes(2_420))
    note = Note(TEXT, (foreign, *NOTE.signatures))

    assert Note.read(bytes(note)).require_signed([LOG.verifier]) == [LOG.verifier]


@pytest.mark.parametrize("known", [[], [STRANGER.verifier], [Signer(LOG.name, bytes(32)).verifier]])
def test_a_note_that_nobody_known_signed_is_refused(known):
    with pytest.raises(NoteUnsignedError):
        NOTE.require_signed(known)


def test_a_signature_of_the_other_kind_is_not_the_same():
    as_log = Verifier(WITNESS.name, WITNESS.verifier.key)

    with pytest.raises(NoteUnsignedError):
        NOTE.require_signed([as_log])


def test_one_false_signature_in_a_known_name_spoils_the_note():
    false = Signed(LOG.name, LOG.verifier.id, bytes(64))

    with pytest.raises(NoteForgedError):
        Note(TEXT, (*NOTE.signatures, false)).require_signed([LOG.verifier])


def test_signing_again_takes_the_place_of_the_older_signature():
    later = AT.replace(hour=13)

    again = NOTE.signed_by(WITNESS, at=later)

    assert [one.name for one in again.signatures] == [LOG.name, WITNESS.name]
    assert seen_at(again.signatures[1]) == later


@given(place=st.integers(0, len(bytes(NOTE)) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_found(place, bit):
    body = bytearray(bytes(NOTE))
    body[place] ^= 1 << bit

    try:
        note = Note.read(bytes(body))
        signers = note.require_signed([LOG.verifier, WITNESS.verifier])
    except TransparencyError:
        return
    # A name or an id was spoiled: the other signature still holds, and the text is what it was.
    assert note.text == TEXT
    assert len(signers) == 1


@given(st.binary(max_size=300))
def test_bytes_that_are_no_note_are_refused_and_nothing_else_happens(body):
    try:
        note = Note.read(body)
    except NoteMalformedError:
        return
    assert bytes(note) == body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"text\n",
        TEXT.encode(),
        TEXT.encode() + b"\n",
        bytes(NOTE)[:-1],
        bytes(NOTE) + b"\n",
        bytes(NOTE) + b"more\n",
        bytes(NOTE).replace(b"\n", b"\r\n"),
        bytes(NOTE).replace(b"something", b"some\tthing"),
        bytes(NOTE).replace(b"something", b"some\0thing"),
        bytes(NOTE).replace(b"something", b"some\xffthing"),
        bytes(NOTE).replace("—".encode(), b"-"),
        bytes(NOTE).replace(LOG.name.encode(), b"", 2),
        TEXT.encode() + "\n— name AAAA\n".encode(),
        TEXT.encode() + "\n— name AAAAAAA=\n".encode() + b"x" * MAX_BYTES,
        TEXT.encode() + "\n— name AAAAAAB=\n".encode(),
        TEXT.encode() + "\n— name AAAAAA=\n".encode(),
        TEXT.encode() + "\n— na+me AAAAAAA=\n".encode(),
        TEXT.encode() + "\n— name AAAAAAA= \n".encode(),
        TEXT.encode() + b"\n" + "— name AAAAAAA=\n".encode() * (MAX_SIGNATURES + 1),
    ],
)
def test_what_is_no_note_is_refused(body):
    with pytest.raises(NoteMalformedError):
        Note.read(body)


def test_as_many_signatures_as_allowed_are_read():
    body = TEXT.encode() + b"\n" + "— name AAAAAAA=\n".encode() * MAX_SIGNATURES

    assert len(Note.read(body).signatures) == MAX_SIGNATURES


def test_a_text_may_have_empty_lines():
    text = "one\n\ntwo\n\n— three\n"
    note = Note(text).signed_by(LOG, at=AT)

    assert Note.read(bytes(note)).text == text


@pytest.mark.parametrize("signer", [LOG, WITNESS])
def test_a_verifier_key_is_one_line(signer):
    assert Verifier.read(f"{signer.verifier}\n") == signer.verifier


def test_the_key_of_another_log_is_read():
    verifier = Verifier.read(GO_SUM)

    assert (str(verifier), verifier.kind) == (GO_SUM, KeyKind.LOG)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        GO_SUM.replace("033de0ae", "033de0af"),
        GO_SUM.replace("sum.golang.org", "sum.golang.com"),
        GO_SUM.replace("sum.golang.org", "sum golang.org"),
        GO_SUM.replace("+Ac4z", "+Bc4z"),
        GO_SUM.replace("OuAn8", "OuAn9"),
        GO_SUM[:-1],
        GO_SUM + "=",
        GO_SUM + "\n" + GO_SUM,
        "name+00000000+AQ==",
    ],
)
def test_a_mistyped_verifier_key_is_refused(line):
    with pytest.raises(VerifierKeyError):
        Verifier.read(line)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb", "a\x00b", "n" * 256])
def test_a_name_that_no_note_can_carry_is_refused(name):
    with pytest.raises(VerifierKeyError):
        Signer(name, bytes(32))


def test_a_signer_does_not_show_its_key():
    assert LOG.seed.hex() not in repr(LOG)
    assert str(LOG.seed) not in repr(LOG)

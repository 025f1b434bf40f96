"""Notes, checkpoints and proofs that came from anybody."""

from contextlib import suppress
from datetime import UTC, datetime

from hashsvc.transparency.checkpoints import Checkpoint
from hashsvc.transparency.errors import TransparencyError
from hashsvc.transparency.merkle import Root
from hashsvc.transparency.notes import KeyKind, Note, Signer, Verifier, seen_at
from hashsvc.transparency.proofs import GrowthProof, RowProof
from tests.fuzz.parsers.target import Target, text_of

_AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
_LOG = Signer("hashsvc.example/access", bytes(range(32)))
_WITNESS = Signer("witness.example", bytes(range(1, 33)), KeyKind.WITNESS)
_KNOWN = [_LOG.verifier, _WITNESS.verifier]
_DIGEST = bytes(range(32))


def note(data):
    with suppress(TransparencyError):
        read = Note.read(data)
        assert bytes(read) == data
        read.require_signed(_KNOWN)
        assert read.text == _checkpoint().text()
        for signed in read.signatures:
            with suppress(TransparencyError):
                seen_at(signed)


def verifier(data):
    with suppress(TransparencyError):
        assert Verifier.read(str(Verifier.read(text_of(data)))) == Verifier.read(text_of(data))


def checkpoint(data):
    text = text_of(data)
    with suppress(TransparencyError):
        assert Checkpoint.read(text).text() == text


def row_proof(data):
    with suppress(TransparencyError):
        proof = RowProof.read(data)
        assert bytes(proof) == data
        proof.require()


def growth_proof(data):
    with suppress(TransparencyError):
        proof = GrowthProof.read(data)
        assert bytes(proof) == data
        proof.require(Root(1, _DIGEST))


def _checkpoint():
    return Checkpoint("hashsvc.example/access", Root(7, _DIGEST), ("head 7",))


def _note():
    return Note(_checkpoint().text()).signed_by(_LOG, at=_AT).signed_by(_WITNESS, at=_AT)


TARGETS = [
    Target("note", note, lambda: [bytes(_note())]),
    Target("verifier", verifier, lambda: [str(one).encode() for one in _KNOWN]),
    Target("checkpoint", checkpoint, lambda: [_checkpoint().text().encode()]),
    Target("row-proof", row_proof, lambda: [bytes(RowProof(_DIGEST, 3, [_DIGEST] * 3, _note()))]),
    Target("growth-proof", growth_proof, lambda: [bytes(GrowthProof(1, [_DIGEST] * 2, _note()))]),
]

"""Signed notes (c2sp.org/signed-note): a text, and who signed it with Ed25519.

A log signs the text itself. A witness signs it with the time at which it saw it
(c2sp.org/tlog-cosignature). Signatures of keys that are unknown are passed over; one in a known
key's name that does not fit spoils the note.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import assert_never

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hashsvc.transparency.errors import (
    NoteForgedError,
    NoteMalformedError,
    NoteUnsignedError,
    VerifierKeyError,
)

MAX_BYTES = 65_536
MAX_SIGNATURES = 64  # the format asks for 16 at least
MAX_NAME = 255
_ID_BYTES = 4
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_TIME_BYTES = 8
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_NAME = re.compile(rf"[^\s+]{{1,{MAX_NAME}}}")
_LINE = re.compile(r"— (?P<name>\S+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
_VERIFIER = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class KeyKind(IntEnum):
    """What a signature says; the number is part of a key's id."""

    LOG = 1  # the text
    WITNESS = 4  # the text, seen at a time to be consistent with everything seen before


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a signer's key."""

    name: str
    key: bytes  # 32 bytes
    kind: KeyKind = KeyKind.LOG

    @property
    def id(self) -> bytes:
        """4 bytes that tell keys of one name apart; not a secret, and no digest to rely on."""
        body = self.name.encode() + b"\n" + bytes([self.kind]) + self.key
        return hashlib.sha256(body).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """One line, as people pin it."""
        key = base64.b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    @classmethod
    def read(cls, line: str) -> "Verifier":
        """From what `str` gave.

        Raises:
            VerifierKeyError: it is no such line, of another algorithm, or mistyped.
        """
        line = line.strip()
        match = _VERIFIER.fullmatch(line)
        if match is None or not _NAME.fullmatch(match["name"]):
            raise VerifierKeyError
        try:
            body = base64.b64decode(match["key"], validate=True)
            verifier = cls(match["name"], body[1:], KeyKind(body[0]))
            fits = len(verifier.key) == _KEY_BYTES and str(verifier) == line
        except (binascii.Error, ValueError) as error:  # also of half a character
            raise VerifierKeyError from error
        if not fits:
            raise VerifierKeyError
        return verifier


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature of a note, as it stands there."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Without its end."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}"

    def is_by(self, verifier: Verifier) -> bool:
        """Whether it names this key; not whether it fits."""
        return (self.name, self.key_id) == (verifier.name, verifier.id)


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures; nothing is believed before `require_signed`."""

    text: str  # ends with a line feed
    signatures: Sequence[Signed] = ()

    @classmethod
    def read(cls, body: bytes) -> "Note":
        """From bytes that anybody may have written.

        Raises:
            NoteMalformedError: it is no note, too long, or has too many signatures.
        """
        if len(body) > MAX_BYTES:
            raise NoteMalformedError
        try:
            whole = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NoteMalformedError from error
        text, empty, lines = whole.rpartition("\n\n")
        if not (text and empty and lines.endswith("\n")) or _CONTROL.search(whole):
            raise NoteMalformedError
        signatures = [_signed(line) for line in lines[:-1].split("\n")]
        if len(signatures) > MAX_SIGNATURES:
            raise NoteMalformedError
        return cls(text + "\n", tuple(signatures))

    def __bytes__(self) -> bytes:
        """As it is written down."""
        lines = "".join(f"{one.line()}\n" for one in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def require_signed(self, known: Sequence[Verifier]) -> list[Verifier]:
        """Check every signature in a known key's name.

        Args:
            known: the keys that are believed.

        Returns:
            Those that signed; at least one.

        Raises:
            NoteUnsignedError: none of them did.
            NoteForgedError: a signature is not what its name says.
        """
        signers: list[Verifier] = []
        for signed in self.signatures:
            for verifier in known:
                if not signed.is_by(verifier):
                    continue
                if not _fits(self.text, signed.signature, verifier):
                    raise NoteForgedError
                if verifier not in signers:
                    signers.append(verifier)
        if not signers:
            raise NoteUnsignedError
        return signers

    def signed_by(self, signer: "Signer", *, at: datetime) -> "Note":
        """With one more signature, in the place of one that the same key made before."""
        others = [one for one in self.signatures if not one.is_by(signer.verifier)]
        return Note(self.text, (*others, signer.sign(self.text, at=at)))


@dataclass(frozen=True, slots=True)
class Signer:
    """A name and a private key."""

    name: str
    seed: bytes = field(repr=False)  # 32 bytes
    kind: KeyKind = KeyKind.LOG

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or _CONTROL.search(self.name):
            raise VerifierKeyError

    @property
    def verifier(self) -> Verifier:
        """What others check its signatures with."""
        return Verifier(self.name, self._private().public_key().public_bytes_raw(), self.kind)

    def sign(self, text: str, *, at: datetime) -> Signed:
        """Sign a text.

        Args:
            text: ends with a line feed.
            at: when; only a witness says it.
        """
        seconds = int(at.timestamp())
        signature = self._private().sign(_message(text, self.kind, seconds))
        if self.kind is KeyKind.WITNESS:
            signature = seconds.to_bytes(_TIME_BYTES, "big") + signature
        return Signed(self.name, self.verifier.id, signature)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def seen_at(signed: Signed) -> datetime:
    """When a witness signed.

    Raises:
        NoteMalformedError: it is no witness's signature.
    """
    seconds = int.from_bytes(signed.signature[:_TIME_BYTES], "big")
    if len(signed.signature) != _TIME_BYTES + _SIGNATURE_BYTES or seconds > _LATEST:
        raise NoteMalformedError
    return datetime.fromtimestamp(seconds, UTC)


def _signed(line: str) -> Signed:
    match = _LINE.fullmatch(line)
    if match is None or not _NAME.fullmatch(match["name"]):
        raise NoteMalformedError
    try:
        body = base64.b64decode(match["signature"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteMalformedError from error
    # The decoder is forgiving about the last digit, and a note is read in one way only.
    if len(body) <= _ID_BYTES or base64.b64encode(body).decode() != match["signature"]:
        raise NoteMalformedError
    return Signed(match["name"], body[:_ID_BYTES], body[_ID_BYTES:])


def _fits(text: str, signature: bytes, verifier: Verifier) -> bool:
    seconds = 0
    if verifier.kind is KeyKind.WITNESS:
        seconds, signature = int.from_bytes(signature[:_TIME_BYTES], "big"), signature[_TIME_BYTES:]
    try:
        public = Ed25519PublicKey.from_public_bytes(verifier.key)
        public.verify(signature, _message(text, verifier.kind, seconds))
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(text: str, kind: KeyKind, seconds: int) -> bytes:
    """What is signed."""
    match kind:
        case KeyKind.LOG:
            return text.encode()
        case KeyKind.WITNESS:
            return f"cosignature/v1\ntime {seconds}\n{text}".encode()
        case _:
            assert_never(kind)

"""Keys around packs: the recipient's age identity, the signer's Ed25519 key, and who is trusted.

A trust file has one line a signer, `<bank> <64 hex digits of its public key>`: whoever is not in
it, or signs another bank, is not believed.
"""

import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage import IdentityError, RecipientError, x25519

from hashsvc.files import replacing
from hashsvc.packs.errors import PackKeyError

_PRIVATE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_TRUST_LINE = re.compile(r"([a-z0-9_-]{1,64}) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class PackKey:
    """A recipient's secret key; opens the packs that were made for it."""

    identity: x25519.Identity = field(repr=False)

    @classmethod
    def generate(cls) -> "PackKey":
        """A new one."""
        return cls(x25519.Identity.generate())

    @property
    def recipient(self) -> str:
        """The public half, `age1...`: what the operator is given."""
        return str(self.identity.to_public())

    def save(self, path: Path) -> None:
        """Write it, readable by this user alone.

        Raises:
            PackKeyError: there is such a file already, or it cannot be written.
        """
        if path.exists():
            raise PackKeyError("This file exists already: a key is never written over.")
        try:
            with replacing(path, mode=_PRIVATE) as draft:
                draft.write_text(f"{self.identity}\n", encoding="ascii")
        except OSError as error:
            raise PackKeyError("The key file cannot be written there.") from error


def read_pack_key(path: Path) -> PackKey:
    """Read what `PackKey.save` wrote.

    Raises:
        PackKeyError: it is missing, open to others, or no key.
    """
    lines = _read(path, "key file").split()
    if path.stat().st_mode & _OTHERS:
        raise PackKeyError("The key file is open to others: run `chmod 600` on it.")
    try:
        (line,) = lines
        return PackKey(x25519.Identity.from_str(line))
    except (IdentityError, ValueError) as error:
        raise PackKeyError("The key file holds no key made by `hashsvc pack new-key`.") from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What an instance signs packs with."""

    seed: bytes = field(repr=False)  # 32 bytes

    @property
    def public(self) -> bytes:
        """32 bytes: what a recipient trusts."""
        return self._private().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._private().sign(message)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Trusted:
    """A signer whose packs of one bank are believed."""

    bank: str
    public: bytes  # 32 bytes

    def line(self) -> str:
        """As it stands in a trust file."""
        return f"{self.bank} {self.public.hex()}"


def read_trust(path: Path) -> tuple[Trusted, ...]:
    """Read a trust file; empty lines and lines that begin with `#` are passed over.

    Raises:
        PackKeyError: it is missing, empty, or has a line of another form.
    """
    lines = [line.strip() for line in _read(path, "trust file").splitlines()]
    matches = [_TRUST_LINE.fullmatch(line) for line in lines if line and line[0] != "#"]
    found = [Trusted(one[1], bytes.fromhex(one[2])) for one in matches if one is not None]
    if not found or len(found) != len(matches):
        raise PackKeyError("A line of the trust file is a bank's name and 64 hexadecimal digits.")
    return tuple(found)


def signers_of(message: bytes, signature: bytes, trust: Iterable[Trusted]) -> list[Trusted]:
    """Those of the trusted who signed the message; empty where nobody did."""
    return [one for one in trust if _signed(message, signature, one.public)]


def read_recipient(text: str) -> x25519.Recipient:
    """Read a recipient's public key, `age1...`.

    Raises:
        PackKeyError: it is none.
    """
    try:
        return x25519.Recipient.from_str(text)
    except (RecipientError, ValueError) as error:  # the second: half a character
        raise PackKeyError("A recipient is the line that `hashsvc pack new-key` prints.") from error


def _signed(message: bytes, signature: bytes, public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(path: Path, kind: str) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise PackKeyError(f"The {kind} is missing or cannot be read.") from error

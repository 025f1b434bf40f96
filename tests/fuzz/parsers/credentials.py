"""Keys, numbers, cursors and hashes as people and programs type them, and files of keys."""

from contextlib import suppress
from datetime import UTC, datetime

from api.security.api_keys import PresentedKey, make_key
from api.security.case_secrets import CaseNumber
from api.security.credential_files import Credentials
from api.security.errors import KeyInvalidError
from api.security.key_files import make_ring, read_ring
from api.security.peppers import Pepper
from api.security.public_keys import read_public_key
from api.security.sources import network_of
from api.security.wire_ids import WireIds
from api.security.work import Challenges
from api.services.cursors import Cursors
from api.services.errors import CursorInvalidError
from hashsvc.errors import InvalidHashError
from hashsvc.hashes import Algorithm, Hash
from hashsvc.matching import SignatureId
from indexer.errors import KeyFileError
from indexer.records import PlatformId
from tests.api.signing import make_private, pem_of
from tests.factories import make_hash
from tests.fuzz.parsers.target import Target, a_file, folder, text_of
from tests.indexer.factories import make_key_ring

AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
_PEPPER = Pepper(make_key_ring())
_CURSORS = Cursors(_PEPPER, "changes")
_PLATFORM = PlatformId(7)
_PLACE = [12, "2026-01-02", None]
_WIRE = WireIds(bytes(32))
_CHALLENGES = Challenges(_PEPPER, 8)


def hex_hash(data):
    text = text_of(data)
    with suppress(InvalidHashError):
        assert Hash.from_hex(Algorithm.PDQ, text).hex() == text.lower()


def api_key(data):
    text = text_of(data)
    with suppress(KeyInvalidError):
        assert PresentedKey.parse(text).text() == text


def case_number(data):
    number = CaseNumber.typed(text_of(data))
    assert number is None or CaseNumber.typed(number.shown()) == number


def cursor(data):
    with suppress(CursorInvalidError):
        assert _CURSORS.open(_PLATFORM, text_of(data)) == _PLACE


def wire_id(data):
    found = _WIRE.read(text_of(data))
    assert found is None or _WIRE.read(_WIRE.name(found)) == found


def solved_work(data):
    assert not _CHALLENGES.solved(text_of(data), "another key", at=AT)


def address(data):
    assert len(network_of(text_of(data))) in {1, 3, 6}


def key_file(data):
    with suppress(KeyFileError):
        ring = read_ring(a_file(data))
        assert all(len(key) == 32 for key in ring.keys.values())


def credentials_file(data):
    with suppress(KeyFileError):
        values = Credentials.read(a_file(data), ("user", "password")).values
        assert all(value.isascii() and value.isprintable() for value in values)


def public_key(data):
    with suppress(ValueError):
        assert len(read_public_key(text_of(data))) == 32


def _ring():
    path = folder() / "ring"
    make_ring(path)
    return path.read_bytes()


def _work():
    challenge = _CHALLENGES.new("a key", at=AT)
    return [f"{challenge}.0000002a".encode(), b"A" * 48 + b".00000000"]


TARGETS = [
    Target("hex-hash", hex_hash, lambda: [make_hash(seed=1).hex().encode(), b"A" * 64]),
    Target("api-key", api_key, lambda: [make_key().text().encode()]),
    Target("case-number", case_number, lambda: [b"7QXM-2F9K-0ZRT-HW4C", b"olil 1234 abcd efgh"]),
    Target("cursor", cursor, lambda: [_CURSORS.make(_PLATFORM, _PLACE).encode()]),
    Target("wire-id", wire_id, lambda: [_WIRE.name(SignatureId(77)).encode()]),
    Target("solved-work", solved_work, _work),
    Target("address", address, lambda: [b"192.0.2.7", b"2001:db8::1", b"::ffff:192.0.2.7%eth0"]),
    Target("key-file", key_file, lambda: [_ring()]),
    Target("credentials-file", credentials_file, lambda: [b'{"user": "u", "password": "p"}']),
    Target("public-key", public_key, lambda: [pem_of(make_private()).encode()]),
]

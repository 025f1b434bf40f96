"""Packs from the file to the record, and the files of keys beside them."""

from contextlib import suppress

import pyrage

from hashsvc.packs import PackRefusedError, SeenVersions, Trusted, open_pack
from hashsvc.packs.building import CONTEXT, LENGTH_BYTES, MAGIC
from hashsvc.packs.errors import PackKeyError
from hashsvc.packs.keys import read_pack_key, read_recipient, read_trust
from hashsvc.packs.manifest import parse
from hashsvc.packs.records import PackedMatcher, packed
from hashsvc.signatures import RegionKind
from tests.factories import make_signature
from tests.fuzz.parsers.target import Target, a_file, folder, text_of
from tests.hashsvc.packs import AT, KEY, SIGNER, TRUST, make_entry, make_pack

_QUERY = make_signature(seed=1)
_HEAD = len(MAGIC) + LENGTH_BYTES


def _opened(body):
    seen = SeenVersions(folder() / "none.seen")
    seen.path.unlink(missing_ok=True)
    return open_pack(a_file(body, "some.pack"), key=KEY, trust=TRUST, seen=seen, at=AT)


def pack_file(data):
    with suppress(PackRefusedError):
        assert len(_opened(data).matcher) == _opened(data).manifest.entries


def inside_of_pack(data):
    """What somebody encrypted who has no signing key."""
    with suppress(PackRefusedError):
        _opened(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(KEY.recipient)]))
        assert data in _inside()


def signed_manifest(data):
    """What somebody signed who is trusted, in another form."""
    with suppress(PackRefusedError):
        assert parse(parse(data).body()) == parse(data)


def signed_pack(data):
    """The same, in a pack of their own."""
    signed = SIGNER.sign(CONTEXT + data)
    body = MAGIC + len(data).to_bytes(LENGTH_BYTES, "little") + data + signed
    with suppress(PackRefusedError):
        _opened(pyrage.encrypt(body, [pyrage.x25519.Recipient.from_str(KEY.recipient)]))


def records(data):
    with suppress(PackRefusedError):
        matcher = PackedMatcher(data)
        for hit in matcher.find(_QUERY, threshold=256):
            assert len(matcher.entry_id(hit.signature_id)) == 16


def pack_key_file(data):
    with suppress(PackKeyError):
        assert read_pack_key(a_file(data)).recipient.startswith("age1")


def recipient(data):
    with suppress(PackKeyError):
        read_recipient(text_of(data))


def trust_file(data):
    with suppress(PackKeyError):
        assert all(len(one.public) == 32 for one in read_trust(a_file(data)))


def seen_versions(data):
    seen = SeenVersions(a_file(data, "key.seen"))
    manifest = _opened(make_pack([])).manifest
    with suppress(PackKeyError):
        assert isinstance(seen.highest(manifest), int)


def _inside():
    """Packs that were made, as they are inside the encryption."""
    if not _MADE:
        _MADE.extend(pyrage.decrypt(body, [KEY.identity]) for body in (make_pack(), make_pack([])))
    return _MADE


_MADE = []


def _manifest_bodies():
    return [
        body[_HEAD : _HEAD + int.from_bytes(body[len(MAGIC) : _HEAD], "little")]
        for body in _inside()
    ]


def _records():
    regions = [make_entry(seed, region=region) for seed, region in enumerate(RegionKind)]
    return [packed(regions), packed([make_entry(1, strong_only=True, dhash=None)]), b""]


TARGETS = [
    Target("pack-file", pack_file, lambda: [make_pack(), make_pack([])]),
    Target("inside-of-pack", inside_of_pack, _inside),
    Target("signed-manifest", signed_manifest, _manifest_bodies),
    Target("signed-pack", signed_pack, _manifest_bodies),
    Target("records", records, _records),
    Target("pack-key-file", pack_key_file, lambda: [f"{KEY.identity}\n".encode()]),
    Target("recipient", recipient, lambda: [KEY.recipient.encode()]),
    Target("trust-file", trust_file, lambda: [Trusted("reported", SIGNER.public).line().encode()]),
    Target("seen-versions", seen_versions, lambda: [b'{"aa reported": 12}']),
]

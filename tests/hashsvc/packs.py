"""Packs and the keys around them, with good defaults."""

from datetime import UTC, datetime, timedelta

from hashsvc.packs import Entry, PackKey, SeenVersions, SigningKey, Trusted, build, open_pack
from tests.factories import make_signature

AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
SIGNER = SigningKey(bytes(range(32)))
STRANGER = SigningKey(bytes(32))
KEY = PackKey.generate()
TRUST = (Trusted("reported", SIGNER.public),)


def make_entry(seed=0, *, strong_only=False, **fields):
    """A listed signature under an opaque id."""
    entry_id = (seed * 7919 % 65_521).to_bytes(16, "big")
    return Entry(entry_id, make_signature(seed=seed, **fields), strong_only)


def make_pack(entries=None, **fields):
    """The bytes of a pack file; other fields are those of `build`."""
    defaults = {
        "bank": "reported",
        "sequence": 5,
        "recipient": KEY.recipient,
        "key": SIGNER,
        "at": AT,
        "life": timedelta(days=7),
    }
    return build([make_entry(1)] if entries is None else entries, **defaults | fields)


def open_bytes(body, folder, *, at=AT, key=KEY, trust=TRUST):
    """What opening such a file gives."""
    path = folder / "some.pack"
    path.write_bytes(body)
    seen = SeenVersions(folder / "key.seen")
    return open_pack(path, key=key, trust=trust, seen=seen, at=at)

"""Packs as bytes: what was signed and written once is read for ever; what is odd is refused."""

import hashlib
import json
import stat
from dataclasses import replace
from datetime import timedelta, timezone

import pyrage
import pytest

from hashsvc.packs import Entry, PackKey, PackRefusedError, Refusal, SeenVersions, open_pack
from hashsvc.packs.building import sealed
from hashsvc.packs.errors import PackKeyError
from hashsvc.packs.keys import read_pack_key, read_recipient, read_trust
from hashsvc.packs.manifest import Manifest, parse
from hashsvc.packs.opening import MAX_PACK_BYTES
from hashsvc.packs.records import PackedMatcher, packed
from hashsvc.policies import Policy, Tier
from tests.factories import make_signature
from tests.hashsvc.packs import (
    AT,
    KEY,
    SIGNER,
    STRANGER,
    TRUST,
    make_entry,
    make_pack,
    open_bytes,
)

DAY = timedelta(days=1)
MANIFEST = Manifest(
    bank="reported",
    version=1_905_255_900,
    sequence=5,
    built_at=AT,
    expires_at=AT + DAY,
    recipient="age1x",
    entries=1,
    records_sha256="0" * 64,
    signer="1" * 64,
    weakest_tier=Tier.LIKELY,
    policy=Policy(),
)
BODY = (
    b'{"bank":"reported","built_at":"2030-05-17T13:45:00+00:00","entries":1,'
    b'"expires_at":"2030-05-18T13:45:00+00:00","policy":{"anchor_pdq_bits":50,"dhash_bits":64,'
    b'"likely_pdq_bits":50,"possible_pdq_bits":72,"strong_pdq_bits":31},"recipient":"age1x",'
    b'"records_sha256":"%s","sequence":5,"signer":"%s","version":1905255900,'
    b'"weakest_tier":"likely"}'
) % (b"0" * 64, b"1" * 64)


def is_sentence(text):
    """Begins and ends as one, and is written as people write."""
    return text[0].isupper() and text[-1] == "." and not text.isupper() and "XX" not in text


def refused_with(reason):
    return pytest.raises(PackRefusedError, match=str(PackRefusedError(reason)).partition(":")[0])


def test_the_bytes_that_are_signed_stay_as_they_are():
    assert MANIFEST.body() == BODY
    assert parse(BODY) == MANIFEST


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", True),
        ("version", -1),
        ("version", 1.0),
        ("entries", "1"),
        ("signer", "2" * 63),
        ("records_sha256", "G" * 64),
        ("built_at", "2030-05-17T13:45:00"),
        ("policy", {"strong_pdq_bits": -1}),
        ("policy", {"other_bits": 1}),
        ("weakest_tier", "certain"),
    ],
)
def test_a_manifest_with_an_odd_field_is_refused(name, value):
    with refused_with(Refusal.DAMAGED):
        parse(json.dumps(json.loads(BODY) | {name: value}).encode())


def test_times_of_another_zone_are_the_same_times():
    there = AT.astimezone(timezone(timedelta(hours=3))).isoformat()

    read = parse(json.dumps(json.loads(BODY) | {"built_at": there}).encode())

    assert read == MANIFEST
    assert read.built_at.utcoffset() == timedelta(0)


def test_every_mark_of_an_entry_comes_back():
    entries = [
        make_entry(1, strong_only=True),
        replace(make_entry(2), under_18=True),
        Entry(b"\x03" * 16, make_signature(seed=3, dhash=None), strong_only=True, under_18=True),
    ]

    matcher = PackedMatcher(packed(entries))

    assert len(matcher) == 3
    for entry in entries:
        (hit,) = matcher.find(entry.signature, threshold=0)
        assert matcher.entry_id(hit.signature_id) == entry.entry_id
        assert matcher.under_18(hit.signature_id) is entry.under_18
        assert hit.strong_only is entry.strong_only


def test_another_way_of_comparing_is_really_used():
    entry = make_entry(1)
    matcher = PackedMatcher(packed([entry]))

    nothing = matcher.searched_by(lambda _rows, queries, _threshold: [[] for _ in queries])

    assert nothing.find(entry.signature, threshold=31) == []
    assert len(matcher.find(entry.signature, threshold=31)) == 1


def test_a_search_that_forgets_a_query_is_not_believed():
    matcher = PackedMatcher(packed([make_entry(1)]), lambda _rows, _queries, _threshold: [])

    with pytest.raises(ValueError, match="zip"):
        matcher.find(make_signature(), threshold=31)


def test_records_of_another_length_are_damaged():
    with refused_with(Refusal.DAMAGED):
        PackedMatcher(bytes(82))


@pytest.mark.parametrize(("place", "largest"), [(16, 2), (17, 100), (18, 7)])
def test_records_are_taken_up_to_the_largest_value_of_a_field(place, largest):
    record = bytearray(packed([make_entry(1)]))
    record[place] = largest

    assert len(PackedMatcher(bytes(record))) == 1


def test_a_pack_knows_the_digest_of_its_file(tmp_path):
    body = make_pack()

    assert open_bytes(body, tmp_path).sha256 == hashlib.sha256(body).hexdigest()


def test_a_file_that_is_no_pack_is_damaged_and_not_foreign(tmp_path):
    with refused_with(Refusal.DAMAGED):
        open_bytes(b"no pack", tmp_path)


def test_a_manifest_that_names_another_signer_than_its_own_is_refused(tmp_path):
    named = replace(open_bytes(make_pack([]), tmp_path).manifest, signer=STRANGER.public.hex())
    to = pyrage.x25519.Recipient.from_str(KEY.recipient)

    with refused_with(Refusal.SIGNER):
        open_bytes(pyrage.encrypt(sealed(named, b"", SIGNER), [to]), tmp_path)


@pytest.mark.parametrize("entries", [0, 2])
def test_a_pack_of_more_or_fewer_records_than_it_says_is_damaged(tmp_path, entries):
    manifest = replace(open_bytes(make_pack(), tmp_path).manifest, entries=entries)
    to = pyrage.x25519.Recipient.from_str(KEY.recipient)
    body = sealed(manifest, packed([make_entry(1)]), SIGNER)

    with refused_with(Refusal.DAMAGED):
        open_bytes(pyrage.encrypt(body, [to]), tmp_path)


def test_a_file_longer_than_any_pack_is_not_read(tmp_path):
    path = tmp_path / "some.pack"
    with path.open("wb") as file:
        file.truncate(MAX_PACK_BYTES + 1)  # a hole: it takes no room

    with refused_with(Refusal.DAMAGED):
        open_pack(path, key=KEY, trust=TRUST, seen=SeenVersions(tmp_path / "s"), at=AT)


def test_versions_are_kept_by_bank_and_signer_and_never_fall(tmp_path):
    seen = SeenVersions(tmp_path / "key.seen")
    other = replace(MANIFEST, bank="another", version=3)

    assert seen.highest(MANIFEST) == 0
    for manifest in (MANIFEST, replace(MANIFEST, version=MANIFEST.version - 1), other):
        seen.note(manifest)

    assert seen.highest(MANIFEST) == MANIFEST.version
    assert seen.highest(other) == 3
    assert stat.S_IMODE(seen.path.stat().st_mode) == 0o600
    assert seen.path.read_text() == json.dumps(
        {f"{'1' * 64} another": 3, f"{'1' * 64} reported": MANIFEST.version}
    )


def test_a_version_that_was_noted_is_not_written_again(tmp_path):
    seen = SeenVersions(tmp_path / "key.seen")
    seen.note(MANIFEST)
    written = seen.path.stat().st_ino

    seen.note(MANIFEST)

    assert seen.path.stat().st_ino == written


def test_the_first_version_there_is_counts(tmp_path):
    seen = SeenVersions(tmp_path / "key.seen")

    seen.note(replace(MANIFEST, version=1))

    assert seen.highest(MANIFEST) == 1


@pytest.mark.parametrize("body", [b"[]", b"3", b'{"a": "b"}', b'{"a": true}', b"{", b"\xff"])
def test_a_damaged_file_of_versions_is_refused(tmp_path, body):
    seen = SeenVersions(tmp_path / "key.seen")
    seen.path.write_bytes(body)

    with pytest.raises(PackKeyError) as refused:
        seen.highest(MANIFEST)

    assert is_sentence(str(refused.value))


def test_versions_that_cannot_be_written_are_told(tmp_path):
    with pytest.raises(PackKeyError) as refused:
        SeenVersions(tmp_path / "nowhere" / "key.seen").note(MANIFEST)

    assert is_sentence(str(refused.value))


def a_file(folder, body, mode=0o600):
    path = folder / "file"
    path.write_bytes(body)
    path.chmod(mode)
    return path


KEY_LINE = f"{KEY.identity}\n".encode()


@pytest.mark.parametrize(
    "act",
    [
        lambda folder: read_pack_key(folder / "none"),
        lambda folder: read_pack_key(a_file(folder, b"\xff")),
        lambda folder: read_pack_key(a_file(folder, b"no key\n")),
        lambda folder: read_pack_key(a_file(folder, b"")),
        lambda folder: read_pack_key(a_file(folder, KEY_LINE, 0o640)),
        lambda folder: read_pack_key(a_file(folder, KEY_LINE + KEY_LINE)),
        lambda folder: read_trust(folder / "none"),
        lambda folder: read_trust(a_file(folder, b"")),
        lambda folder: read_trust(a_file(folder, b"# nobody\n")),
        lambda folder: read_trust(a_file(folder, TRUST[0].line().encode() + b"\nbad\n")),
        lambda _folder: read_recipient("age1nobody"),
        lambda folder: PackKey.generate().save(a_file(folder, b"")),
        lambda folder: PackKey.generate().save(folder / "nowhere" / "key"),
    ],
)
def test_every_key_file_that_cannot_be_used_is_told_in_a_sentence(tmp_path, act):
    with pytest.raises(PackKeyError) as refused:
        act(tmp_path)

    assert is_sentence(str(refused.value))
    assert "None" not in str(refused.value)


@pytest.mark.parametrize(("read", "kind"), [(read_pack_key, "key"), (read_trust, "trust")])
def test_a_missing_file_is_named_by_its_kind(tmp_path, read, kind):
    with pytest.raises(PackKeyError, match=rf"^The {kind} file is missing or cannot be read\.$"):
        read(tmp_path / "none")


def test_a_trust_file_may_hold_words_for_people(tmp_path):
    lines = b"# who signs\n\n  " + TRUST[0].line().encode() + b"  \n"

    assert read_trust(a_file(tmp_path, lines)) == TRUST


def test_a_signer_is_known_by_the_public_half_of_its_seed():
    assert SIGNER.public.hex() == (
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    )

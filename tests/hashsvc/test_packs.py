"""A pack is opened whole and unaltered, by its recipient, in time, or not at all."""

from datetime import timedelta

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashsvc.hashes import Algorithm
from hashsvc.matching import LinearMatcher, Listed
from hashsvc.packs import PackKey, PackRefusedError, Refusal, SeenVersions, Trusted, open_pack
from hashsvc.packs.building import CONTEXT, LENGTH_BYTES, MAGIC, sealed
from hashsvc.packs.records import RECORD_BYTES, PackedMatcher, packed
from hashsvc.policies import Policy, Tier
from hashsvc.signatures import RegionKind
from tests.factories import make_hash, make_signature, with_flipped_bits
from tests.hashsvc.packs import AT, KEY, SIGNER, STRANGER, TRUST, make_entry, make_pack, open_bytes

SECOND = timedelta(seconds=1)
BODY = make_pack()


def refusal_of(body, folder, **options):
    with pytest.raises(PackRefusedError) as refused:
        open_bytes(body, folder, **options)
    return refused.value.reason


def encrypted(plain):
    return pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(KEY.recipient)])


def plain():
    return pyrage.decrypt(make_pack(), [KEY.identity])


def test_a_pack_says_what_it_was_built_from(tmp_path):
    body = make_pack([make_entry(1), make_entry(2)], weakest_tier=Tier.LIKELY)

    manifest = open_bytes(body, tmp_path).manifest

    assert (manifest.bank, manifest.sequence, manifest.entries) == ("reported", 5, 2)
    assert (manifest.built_at, manifest.expires_at) == (AT, AT + timedelta(days=7))
    assert (manifest.weakest_tier, manifest.policy) == (Tier.LIKELY, Policy())


@pytest.mark.parametrize("count", [0, 1, 2])
def test_packs_of_few_entries_find_them(tmp_path, count):
    entries = [make_entry(seed) for seed in range(count)]

    pack = open_bytes(make_pack(entries), tmp_path)

    for entry in entries:
        (hit,) = pack.matcher.find(entry.signature, threshold=31)
        assert pack.matcher.entry_id(hit.signature_id) == entry.entry_id
    assert pack.matcher.find(make_signature(seed=99), threshold=31) == []


entries_ = st.builds(
    make_entry,
    st.integers(0, 30),
    strong_only=st.booleans(),
    region=st.sampled_from(RegionKind),
    quality=st.integers(0, 100),
    dhash=st.one_of(st.none(), st.just(make_hash(seed=3, algorithm=Algorithm.DHASH))),
)


@given(st.lists(entries_, max_size=8), st.integers(0, 256), st.integers(0, 140))
def test_finds_what_the_reference_finds(entries, flips, threshold):
    matcher = PackedMatcher(packed(entries))
    query = make_signature(seed=1, pdq=with_flipped_bits(make_hash(seed=1), flips))
    records = sorted(entries, key=lambda one: packed([one]))
    listed = [
        Listed(number, one.signature, one.strong_only) for number, one in enumerate(records, 1)
    ]

    found = matcher.find(query, threshold=threshold)

    assert found == LinearMatcher(listed).find(query, threshold=threshold)


def test_the_order_of_entries_tells_nothing():
    entries = [make_entry(seed) for seed in range(5)]

    assert packed(entries) == packed(entries[::-1])


def test_an_altered_byte_anywhere_inside_is_refused(tmp_path):
    inside = plain()

    for place in range(0, len(inside), 3):
        altered = bytearray(inside)
        altered[place] ^= 1
        assert refusal_of(encrypted(bytes(altered)), tmp_path) in {Refusal.DAMAGED, Refusal.SIGNER}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_altered_or_shortened_file_is_refused(tmp_path, data):
    body = bytearray(BODY)
    place = data.draw(st.integers(0, len(body) - 1))
    if data.draw(st.booleans()):
        body[place] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del body[place:]

    assert refusal_of(bytes(body), tmp_path) in {Refusal.DAMAGED, Refusal.RECIPIENT}


def test_records_of_another_pack_are_refused(tmp_path):
    inside, other = plain(), packed([make_entry(2)])

    mixed = inside[:-RECORD_BYTES] + other

    assert refusal_of(encrypted(mixed), tmp_path) is Refusal.DAMAGED


def test_a_pack_for_somebody_else_is_refused(tmp_path):
    foreign = make_pack(recipient=PackKey.generate().recipient)

    assert refusal_of(foreign, tmp_path) is Refusal.RECIPIENT


def test_a_pack_that_was_passed_on_is_refused(tmp_path):
    """Its first recipient encrypted it anew for another."""
    foreign = PackKey.generate()
    inside = pyrage.decrypt(make_pack(recipient=foreign.recipient), [foreign.identity])

    assert refusal_of(encrypted(inside), tmp_path) is Refusal.RECIPIENT


def test_a_stranger_s_signature_is_refused(tmp_path):
    assert refusal_of(make_pack(key=STRANGER), tmp_path) is Refusal.SIGNER


def test_a_bank_that_its_signer_is_not_trusted_for_is_refused(tmp_path):
    trust = (*TRUST, Trusted("elsewhere", STRANGER.public))

    assert refusal_of(make_pack(key=STRANGER), tmp_path, trust=trust) is Refusal.BANK


def test_a_pack_is_refused_from_its_expiry_on(tmp_path):
    end = AT + timedelta(days=7)

    open_bytes(make_pack(), tmp_path, at=end - SECOND)

    assert refusal_of(make_pack(), tmp_path, at=end) is Refusal.EXPIRED


def test_an_older_pack_is_refused_after_a_newer_one(tmp_path):
    open_bytes(make_pack(at=AT + SECOND), tmp_path, at=AT + SECOND)

    assert refusal_of(make_pack(), tmp_path, at=AT + SECOND) is Refusal.ROLLED_BACK
    open_bytes(make_pack(at=AT + SECOND), tmp_path, at=AT + SECOND)  # the same again is none


def test_a_refused_pack_sets_no_version(tmp_path):
    later = make_pack(at=AT + SECOND, life=timedelta(0))

    assert refusal_of(later, tmp_path, at=AT + SECOND) is Refusal.EXPIRED
    open_bytes(make_pack(), tmp_path)


def test_another_bank_s_versions_are_counted_apart(tmp_path):
    trust = (*TRUST, Trusted("second", SIGNER.public))
    open_bytes(make_pack(bank="second", at=AT + SECOND), tmp_path, trust=trust)

    open_bytes(make_pack(), tmp_path, trust=trust)


@pytest.mark.parametrize(
    ("place", "value"), [(16, 3), (17, 101), (18, 8)], ids=["region", "quality", "flags"]
)
def test_records_out_of_range_are_refused_though_signed(place, value):
    record = bytearray(packed([make_entry(1)]))
    record[place] = value

    with pytest.raises(PackRefusedError):
        PackedMatcher(bytes(record))


@pytest.mark.parametrize("manifest", [b"{}", b"[]", b"no json", b'{"bank": 1}'])
def test_a_signed_manifest_of_another_form_is_refused(tmp_path, manifest):
    length = len(manifest).to_bytes(LENGTH_BYTES, "little")
    body = MAGIC + length + manifest + SIGNER.sign(CONTEXT + manifest)

    assert refusal_of(encrypted(body), tmp_path) is Refusal.DAMAGED


def test_a_signature_over_anything_else_does_not_count(tmp_path):
    """The context keeps signatures of other documents out."""
    manifest = open_bytes(make_pack([]), tmp_path).manifest
    body = sealed(manifest, b"", SIGNER)
    signed = SIGNER.sign(manifest.body())

    assert refusal_of(encrypted(body[:-64] + signed), tmp_path) is Refusal.SIGNER


def test_every_refusal_has_a_sentence_of_its_own():
    sentences = {str(PackRefusedError(reason)) for reason in Refusal}

    assert len(sentences) == len(Refusal)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(PackRefusedError) as refused:
        open_pack(tmp_path / "none", key=KEY, trust=TRUST, seen=SeenVersions(tmp_path / "s"), at=AT)

    assert refused.value.reason is Refusal.UNREADABLE


def test_neither_keys_nor_hashes_are_shown(tmp_path):
    entry = make_entry(1)

    shown = repr((KEY, SIGNER, entry))

    assert str(KEY.identity) not in shown
    assert SIGNER.seed.hex() not in shown
    assert entry.signature.pdq.hex() not in shown

"""Packs that somebody made or altered: none is taken.

`make fuzz` sets HASHSVC_TEST_FLIPS to 100,000.
"""

import json
import os
from collections import Counter
from datetime import timedelta
from itertools import chain, product
from random import Random

import pyrage
import pytest

from hashsvc.packs import PackKey, PackRefusedError, Refusal, SeenVersions, Trusted, open_pack
from hashsvc.packs.building import CONTEXT, LENGTH_BYTES, MAGIC, SIGNATURE_BYTES
from hashsvc.packs.keys import signers_of
from hashsvc.packs.manifest import parse
from tests.hashsvc.packs import AT, KEY, SIGNER, STRANGER, TRUST, make_entry, make_pack

FLIPS = int(os.environ.get("HASHSVC_TEST_FLIPS", "600"))
HEAD = len(MAGIC) + LENGTH_BYTES
SECOND = timedelta(seconds=1)
OTHER = PackKey.generate()
TRUST_OF_TWO = (*TRUST, Trusted("second", SIGNER.public), Trusted("elsewhere", STRANGER.public))


def sealed_to(plain, key=KEY):
    return pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(key.recipient)])


def inside_of(pack, key=KEY):
    return pyrage.decrypt(pack, [key.identity])


def parts_of(plain):
    """Head, manifest, signature, records."""
    end = HEAD + int.from_bytes(plain[len(MAGIC) : HEAD], "little")
    after = end + SIGNATURE_BYTES
    return plain[:HEAD], plain[HEAD:end], plain[end:after], plain[after:]


def flipped(body, random):
    altered = bytearray(body)
    altered[random.randrange(len(body))] ^= 1 << random.randrange(8)
    return bytes(altered)


def flips(count):
    """One bit turned over: of the file, and of what is inside, encrypted anew to its recipient."""
    random = Random(7)  # noqa: S311  # the same bits again
    pack = make_pack([make_entry(seed) for seed in range(3)])
    plain = inside_of(pack)
    for number in range(count):
        yield "flip", flipped(pack, random) if number % 2 else sealed_to(flipped(plain, random))


def mixes():
    """Parts of two good packs, put together in every way that is neither of the two."""
    one, other = (parts_of(inside_of(make_pack([make_entry(n)], sequence=n))) for n in (1, 2))
    for choice in product((0, 1), repeat=4):
        mixed = b"".join((one, other)[which][place] for place, which in enumerate(choice))
        if mixed not in {b"".join(one), b"".join(other)}:
            yield "mix", sealed_to(mixed)


def of_others():
    yield "wrong recipient", make_pack(recipient=OTHER.recipient)
    passed_on = inside_of(make_pack(recipient=OTHER.recipient), OTHER)
    yield "wrong recipient", sealed_to(passed_on)
    yield "wrong signer", make_pack(key=STRANGER)
    yield "wrong bank", make_pack(bank="elsewhere")
    for seconds in (0, 1, 86_400):
        yield "rollback", make_pack(at=AT - SECOND - timedelta(seconds=seconds))
        yield "expired", make_pack(at=AT - timedelta(days=7, seconds=seconds))


def altered_fields():
    """Every field of the manifest as another would have it, under the signature that was there."""
    head, manifest, signature, records = parts_of(inside_of(make_pack()))
    read = json.loads(manifest)
    for name, value in read.items():
        other = value + 1 if isinstance(value, int) else "strong"
        if name.endswith("_at"):
            other = "2040-01-01T00:00:00+00:00"
        if isinstance(value, dict):
            other = value | {"strong_pdq_bits": 256}
        body = json.dumps(read | {name: other}, sort_keys=True, separators=(",", ":")).encode()
        length = len(body).to_bytes(LENGTH_BYTES, "little")
        yield "field", sealed_to(head[: len(MAGIC)] + length + body + signature + records)


def opened(path, seen):
    return open_pack(path, key=KEY, trust=TRUST_OF_TWO, seen=seen, at=AT)


def tried(attacks, folder, *, how=opened):
    """(attacks by kind, those that were taken by kind)."""
    path, seen = folder / "some.pack", SeenVersions(folder / "key.seen")
    path.write_bytes(make_pack())
    how(path, seen)  # the newest so far
    made, taken = Counter(), Counter()
    for kind, body in attacks:
        path.write_bytes(body)
        made[kind] += 1
        try:
            how(path, seen)
        except PackRefusedError:
            continue
        taken[kind] += 1
    return made, taken


@pytest.mark.slow
@pytest.mark.goal("G13")
def test_no_altered_old_or_foreign_pack_is_taken(tmp_path, figure):
    attacks = chain(flips(FLIPS), mixes(), of_others(), altered_fields())

    made, taken = tried(attacks, tmp_path)

    counted = ", ".join(f"{count:,} {kind}" for kind, count in made.items())
    figure(f"{counted}: {taken.total()} accepted")
    assert not taken
    assert {"flip", "mix", "rollback", "expired", "wrong recipient", "field"} <= made.keys()


def without_one_field_signed(path, _seen):
    """A format in which the signature leaves out until when a pack holds."""
    plain = inside_of(path.read_bytes())
    _, manifest, signature, _ = parts_of(plain)
    signed = {name: one for name, one in json.loads(manifest).items() if name != "expires_at"}
    message = CONTEXT + json.dumps(signed, sort_keys=True).encode()
    if not signers_of(message, signature, TRUST) or parse(manifest).expires_at <= AT:
        raise PackRefusedError(Refusal.SIGNER)


def signed_without_one_field(expires_at):
    head, manifest, _, records = parts_of(inside_of(make_pack()))
    read = json.loads(manifest) | {"expires_at": expires_at}
    signed = {name: one for name, one in read.items() if name != "expires_at"}
    signature = SIGNER.sign(CONTEXT + json.dumps(signed, sort_keys=True).encode())
    body = json.dumps(read, sort_keys=True, separators=(",", ":")).encode()
    length = len(body).to_bytes(LENGTH_BYTES, "little")
    return head[: len(MAGIC)] + length + body + signature + records


@pytest.mark.control("G13")
def test_one_field_that_is_not_signed_is_one_too_many(tmp_path, figure):
    expired = signed_without_one_field((AT - SECOND).isoformat())
    lengthened = expired.replace(
        (AT - SECOND).isoformat().encode(), (AT + timedelta(days=400)).isoformat().encode()
    )
    path = tmp_path / "some.pack"
    path.write_bytes(sealed_to(expired))
    with pytest.raises(PackRefusedError):
        without_one_field_signed(path, None)

    path.write_bytes(sealed_to(lengthened))
    without_one_field_signed(path, None)

    figure("the end of a pack's life left unsigned: an expired pack is accepted")

"""Only the right key opens a body, only in its own row, only unaltered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashsvc import SignatureId
from indexer.errors import SealBrokenError
from indexer.store.sealing import DataKey, KeyRing, make_data_key, unwrap, wrap
from tests.factories import make_signature
from tests.indexer.factories import make_key_ring, make_secret
from tests.strategies import signatures

KEY = DataKey(7, make_secret("data key"))
SIGNATURE = make_signature()
ID = SignatureId(41)
IDS = st.integers(1, 2**63 - 1)


def flipped(sealed):
    """Every copy with one byte altered."""
    for place in range(len(sealed)):
        yield sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]


@given(signature=signatures(), id_=IDS, key_id=IDS)
def test_what_was_sealed_opens_as_it_was(signature, id_, key_id):
    key = make_data_key(key_id)

    assert key.unseal(key.seal(signature, id_), id_) == signature


@given(id_=IDS, other=IDS)
def test_a_body_opens_in_its_own_row_alone(id_, other):
    body = KEY.seal(SIGNATURE, id_)

    if other == id_:
        assert KEY.unseal(body, other) == SIGNATURE
    else:
        with pytest.raises(SealBrokenError):
            KEY.unseal(body, other)


def test_a_body_does_not_open_under_another_data_key_s_id():
    body = KEY.seal(SIGNATURE, ID)

    with pytest.raises(SealBrokenError):
        DataKey(8, KEY.secret).unseal(body, ID)


def test_a_body_does_not_open_with_another_secret():
    body = KEY.seal(SIGNATURE, ID)

    with pytest.raises(SealBrokenError):
        DataKey(7, make_secret("another")).unseal(body, ID)


def test_no_byte_of_a_body_can_be_altered():
    body = KEY.seal(SIGNATURE, ID)

    assert len(body) == 96
    for altered in flipped(body):
        with pytest.raises(SealBrokenError):
            KEY.unseal(altered, ID)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 11, 12, 27, 28, 95])
def test_a_body_cut_short_does_not_open(length):
    body = KEY.seal(SIGNATURE, ID)

    with pytest.raises(SealBrokenError):
        KEY.unseal(body[:length], ID)


def test_a_longer_body_does_not_open():
    with pytest.raises(SealBrokenError):
        KEY.unseal(KEY.seal(SIGNATURE, ID) + b"\0", ID)


def test_sealing_twice_looks_different():
    assert KEY.seal(SIGNATURE, ID) != KEY.seal(SIGNATURE, ID)


def test_new_data_keys_differ():
    assert make_data_key(1).secret != make_data_key(1).secret


@pytest.mark.parametrize("current", ["kek-1", "kek-2"])
def test_a_wrapped_key_opens_with_any_ring_that_holds_its_key(current):
    wrapped = wrap(KEY, make_key_ring(current=current))
    ring = make_key_ring(current="kek-3", older=["kek-1", "kek-2"])

    opened = unwrap(wrapped, data_key_id=7, kek_id=current, ring=ring)

    assert opened == KEY
    assert len(wrapped) == 60


@pytest.mark.parametrize(
    ("data_key_id", "kek_id", "ring"),
    [
        (8, "kek-1", make_key_ring()),
        (7, "kek-2", make_key_ring(older=["kek-2"])),
        (7, "kek-2", KeyRing("kek-2", {"kek-2": make_secret("kek-1")})),
        (7, "kek-1", make_key_ring(current="kek-2")),
        (7, "kek-1", KeyRing("kek-1", {"kek-1": make_secret("another")})),
    ],
    ids=["other data key", "other kek", "same secret, other name", "no such kek", "other secret"],
)
def test_a_wrapped_key_opens_in_its_own_row_alone(data_key_id, kek_id, ring):
    wrapped = wrap(KEY, make_key_ring())

    with pytest.raises(SealBrokenError):
        unwrap(wrapped, data_key_id=data_key_id, kek_id=kek_id, ring=ring)


def test_no_byte_of_a_wrapped_key_can_be_altered():
    ring = make_key_ring()

    for altered in flipped(wrap(KEY, ring)):
        with pytest.raises(SealBrokenError):
            unwrap(altered, data_key_id=7, kek_id="kek-1", ring=ring)


def test_keys_do_not_show_when_printed():
    shown = f"{KEY!r} {make_key_ring()!r}"

    assert "kek-1" in shown
    for secret in (KEY.secret, make_secret("kek-1")):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown

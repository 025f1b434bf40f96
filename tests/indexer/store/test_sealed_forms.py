"""What was sealed by an earlier version opens: a changed label or length would orphan it all."""

import pytest

from hashsvc import SignatureId
from indexer.errors import SealBrokenError
from indexer.store.sealing import DataKey, KeyRing, make_data_key, unwrap, wrap
from tests.factories import make_signature

KEY = DataKey(7, bytes(range(32)))
RING = KeyRing("kek-1", {"kek-1": bytes(range(32, 64))})
ID = SignatureId(41)
# Under a nonce of zeros, which no writer would take.
BODY = bytes.fromhex(
    "0000000000000000000000000fbdd1dea632256de801f64a72d9654b1c1bca31a8ce79a8851a673cbf1c5dde"
    "fbabbe41a4175ce20c1c43347469d4706a7b24a46ef7079c547a8c27e119fda4d9d990171de0687e9545ced1"
    "64b784fd35a569b3"
)
TEXT = bytes.fromhex("0000000000000000000000006f9cc7bbd3b69bafa3e7b27d0daf74657fa708a788")
WRAPPED = bytes.fromhex(
    "000000000000000000000000e32fe35a905a625ec050ee496ab2016f7c256515b53c139baa2636bdf0ec81e9"
    "9b430b50da4b288c8c9f5dfb8cf6e1af"
)


def test_a_body_of_an_earlier_version_opens():
    assert KEY.unseal(BODY, ID) == make_signature(seed=1)


def test_a_text_of_an_earlier_version_opens():
    assert KEY.unseal_text(TEXT, "match.ref/mat_1") == "a ref"


def test_a_key_wrapped_by_an_earlier_version_opens():
    assert unwrap(WRAPPED, data_key_id=7, kek_id="kek-1", ring=RING) == KEY


def test_what_is_sealed_has_the_length_that_its_column_takes():
    assert len(KEY.seal(make_signature(), ID)) == 96
    assert len(KEY.seal_text("a ref", "match.ref/mat_1")) == 12 + 5 + 16
    assert len(wrap(KEY, RING)) == 60
    assert len(make_data_key(7).secret) == 32


def test_a_text_opens_as_it_was_and_about_what_it_was():
    sealed = KEY.seal_text("réf", "match.ref/mat_1")

    assert KEY.unseal_text(sealed, "match.ref/mat_1") == "réf"
    for key, about in ((KEY, "match.ref/mat_2"), (DataKey(8, KEY.secret), "match.ref/mat_1")):
        with pytest.raises(SealBrokenError):
            key.unseal_text(sealed, about)


def test_two_texts_look_different():
    assert KEY.seal_text("a ref", "x") != KEY.seal_text("a ref", "x")

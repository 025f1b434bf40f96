"""One key per purpose."""

import hashlib
import hmac

import pytest

from api.security.peppers import Pepper, Purpose
from indexer.store.sealing import KeyRing

RING = KeyRing("one", {"one": b"p" * 32, "two": b"q" * 32})


def test_no_two_purposes_give_one_digest():
    pepper = Pepper(RING)

    digests = {pepper.mac(purpose, b"same") for purpose in Purpose}

    assert len(digests) == len(Purpose)


def test_the_same_message_gives_the_same_digest_after_a_restart():
    assert Pepper(RING).mac(Purpose.CASE, b"same") == Pepper(RING).mac(Purpose.CASE, b"same")


def test_the_first_key_of_the_ring_is_used():
    other = Pepper(KeyRing("two", dict(RING.keys)))

    assert Pepper(RING).pepper_id == "one"
    assert Pepper(RING).mac(Purpose.CASE, b"same") != other.mac(Purpose.CASE, b"same")


def test_a_derived_key_is_that_of_rfc_5869():
    """Worked out by hand with HMAC alone: a changed label would orphan every stored digest."""
    extracted = hmac.new(bytes(32), b"p" * 32, hashlib.sha256).digest()
    derived = hmac.new(extracted, b"pin\x01", hashlib.sha256).digest()

    expected = hmac.new(derived, b"402913", hashlib.sha256).digest()

    assert Pepper(RING).mac(Purpose.PIN, b"402913") == expected


@pytest.mark.parametrize("value", [b"p" * 32, b"q" * 32])
def test_the_repr_of_a_ring_hides_its_keys(value):
    assert repr(value) not in repr(RING)
    assert value.hex() not in repr(RING)

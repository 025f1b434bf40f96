"""Case numbers and PINs: made, shown, typed, checked."""

import threading

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from api.security.case_secrets import PIN_HASHER, CaseNumber, CaseSecrets
from api.security.errors import OverloadedError
from api.security.peppers import Pepper
from indexer.store.sealing import KeyRing

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PEPPER = Pepper(KeyRing("one", {"one": b"p" * 32}))
OTHER_PEPPER = Pepper(KeyRing("two", {"two": b"q" * 32}))


@pytest.fixture
def secrets():
    """With a PIN hasher that is weak on purpose."""
    return CaseSecrets(PEPPER, hasher=CHEAP)


@given(st.binary(min_size=10, max_size=10))
def test_a_shown_number_is_read_back(bits):
    number = CaseNumber(bits)

    assert CaseNumber.typed(number.shown()) == number
    assert len(number.shown()) == 19


def test_the_repr_of_a_number_hides_it(secrets):
    number = secrets.new_number(None)

    assert number.shown() not in repr(number)
    assert number.bits.hex() not in repr(number)


def test_one_idempotency_key_gives_one_number(secrets):
    again = CaseSecrets(PEPPER, hasher=CHEAP)

    assert secrets.new_number("k" * 22) == again.new_number("k" * 22)
    assert secrets.new_number("k" * 22) != secrets.new_number("l" * 22)


def test_without_a_key_numbers_differ(secrets):
    assert len({secrets.new_number(None).bits for _ in range(100)}) == 100


def test_a_number_cannot_be_foretold_without_the_pepper(secrets):
    other = CaseSecrets(OTHER_PEPPER, hasher=CHEAP)

    assert secrets.new_number("k" * 22) != other.new_number("k" * 22)


def test_the_right_pin_fits_and_a_wrong_one_does_not(secrets):
    digest = secrets.pin_digest("402913")

    assert secrets.check_pin("402913", digest)
    assert not secrets.check_pin("402914", digest)


def test_without_a_digest_no_pin_fits(secrets):
    assert not secrets.check_pin("402913", None)


class CredulousHasher(PasswordHasher):
    """Finds that every PIN fits."""

    def verify(self, hash, password):  # noqa: A002, ARG002  # as in its base
        return True


def test_without_a_digest_no_pin_fits_whatever_the_hasher_says():
    secrets = CaseSecrets(PEPPER, hasher=CredulousHasher(time_cost=1, memory_cost=8, parallelism=1))

    assert secrets.check_pin("402913", "any digest")
    assert not secrets.check_pin("402913", None)


def test_a_stolen_digest_is_useless_without_the_pepper(secrets):
    digest = secrets.pin_digest("402913")

    assert not CaseSecrets(OTHER_PEPPER, hasher=CHEAP).check_pin("402913", digest)
    with pytest.raises(Exception, match="does not match"):
        CHEAP.verify(digest, b"402913")


def test_two_digests_of_one_pin_differ(secrets):
    assert secrets.pin_digest("402913") != secrets.pin_digest("402913")


def test_a_pin_costs_what_owasp_asks_for():
    assert PIN_HASHER.type.name == "ID"
    assert PIN_HASHER.memory_cost >= 19_456
    assert PIN_HASHER.time_cost >= 2


class SlowHasher(PasswordHasher):
    """Takes as long as the test wants."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.begun = threading.Semaphore(0)

    def hash(self, password, **options):
        self.begun.release()
        self.may_go_on.wait(10)
        return super().hash(password, **options)


def test_two_pins_at_once_and_the_third_waits_in_vain():
    hasher = SlowHasher()
    secrets = CaseSecrets(PEPPER, hasher=hasher, queue_seconds=0.01)
    hasher.begun.acquire()
    hasher.may_go_on.clear()
    threads = [threading.Thread(target=secrets.pin_digest, args=["402913"]) for _ in range(2)]

    for thread in threads:
        thread.start()
        hasher.begun.acquire()
    with pytest.raises(OverloadedError):
        secrets.pin_digest("402913")
    hasher.may_go_on.set()
    for thread in threads:
        thread.join()

    assert secrets.pin_digest("402913")

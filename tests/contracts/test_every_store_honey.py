"""What holds for every database: honey is whose it is, counts for nothing and stays."""

from datetime import timedelta

import numpy as np
import pytest

from indexer.alarm_records import Alarm, AlarmKind, Copy, Recipient
from indexer.records import BankKind
from indexer.store.generated import generated_signature
from indexer.store.honey import HONEY_A_COPY
from indexer.store.sweeps import SweepPlan
from tests.factories import make_signature
from tests.indexer.factories import AT, listed_in, make_new_key, make_platform, open_case, reported

LAB = Recipient(Copy.PACK, "age1lab", "the laboratory")
PLAN = SweepPlan(lookback_days=30, time=timedelta(days=7))


def given(store, recipient=LAB, *, at=AT):
    with store.transaction() as tx:
        return tx.honey.of("reported", recipient, at=at)


def keep_alarm(store, kind, signature_id, *, at=AT):
    with store.transaction() as tx:
        return tx.alarms.keep(kind, signature_id, key_id="key00001", at=at)


@pytest.fixture
def asker(store):
    """A platform with the key `key00001`."""
    platform = make_platform(store)
    with store.transaction() as tx:
        tx.platforms.add_key(platform, make_new_key())
    return platform


def test_a_recipient_is_given_the_same_again_and_another_one_others(store):
    mine, again = given(store), given(store)
    other = given(store, Recipient(Copy.LIST, "age1lab", "the laboratory"))

    assert len(mine) == HONEY_A_COPY
    assert set(mine) == set(again)
    assert set(mine).isdisjoint(other)


def test_honey_is_live_as_what_was_reported_is(store):
    open_case(store, 3)
    honey = given(store)

    with store.snapshot() as tx:
        live = {one.signature_id for one in tx.listing.live(BankKind.REPORTED)}
        known = tx.honey.among(sorted(live)), tx.honey.in_bank("reported")

    assert live == set(honey) | set(listed_in(store))
    assert known == (set(honey), set(honey))


def test_no_bank_counts_it(store):
    open_case(store, 3)
    given(store)

    with store.snapshot() as tx:
        counts = {bank.name: (bank.live, bank.held) for bank in tx.banks.overview()}
        assert len(reported(tx)) == 3

    assert counts["reported"] == (3, 0)


def test_nobody_is_asked_to_look_back_for_it(store, asker):
    given(store)

    with store.transaction() as tx:
        sweep = tx.sweeps.ask(asker.platform_id, PLAN, new_id=lambda: "swp_1", at=AT)

    assert sweep is None


def test_no_vote_moves_it(store):
    honey = given(store)

    with store.transaction() as tx:
        assert tx.listing.standings(honey) == {}


def test_a_bank_that_is_emptied_gets_new_honey(store):
    first = given(store)
    with store.transaction() as tx:
        tx.listing.erase_bank("reported", at=AT, limit=100)

    assert set(given(store)).isdisjoint(first)


def test_an_alarm_names_whose_copy_it_was_and_who_asked(store, asker):
    signature_id = given(store)[0]

    kept = [keep_alarm(store, AlarmKind.HONEY, signature_id) for _ in range(2)]
    later = keep_alarm(store, AlarmKind.HONEY, signature_id, at=AT + timedelta(days=1))

    assert (kept, later) == ([True, False], True)
    with store.snapshot() as tx:
        newest, first = tx.alarms.all()
    assert first == Alarm(AlarmKind.HONEY, AT, signature_id, "key00001", asker.name, LAB)
    assert newest.at == AT + timedelta(days=1)


def test_an_alarm_about_a_photo_names_nobody(store, asker):
    open_case(store)
    (signature_id,) = listed_in(store)
    keep_alarm(store, AlarmKind.PROBE, signature_id)
    keep_alarm(store, AlarmKind.HIT_RATE, None)

    with store.snapshot() as tx:
        rate, probe = tx.alarms.all()

    assert (probe.leaker, probe.signature_id) == (None, signature_id)
    assert (rate.leaker, rate.signature_id) == (None, None)


def test_what_is_generated_looks_like_what_it_shall_be_like():
    like = make_signature(quality=61)
    without = make_signature(dhash=None)

    made = [generated_signature(like) for _ in range(200)]

    assert {one.pdq.popcount() for one in made} == {128}
    assert {one.quality for one in made} == {61}
    assert generated_signature(without).dhash is None
    assert generated_signature(None).dhash is not None
    assert len({one.pdq for one in made}) == 200


def test_neighbouring_bits_of_its_dhash_go_together_as_a_photos_do():
    """Noise would be told apart at a glance."""
    made = [generated_signature(None).dhash for _ in range(100)]

    assert 0.55 < np.mean([_agreement(one) for one in made]) < 0.85


def _agreement(dhash):
    """How often a bit equals the one below it."""
    bits = np.unpackbits(np.frombuffer(dhash.digest, np.uint8)).reshape(16, 16)
    return float((bits[1:] == bits[:-1]).mean())

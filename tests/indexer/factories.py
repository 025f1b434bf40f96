"""Keys, cases and stores with good defaults; everything but data keys and ids is seeded."""

import hashlib
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from hashsvc import Tier
from hashsvc.policies import GradedHit
from indexer.records import BankKind, Enrolment, MatchId, NewCase, NewKey
from indexer.search import FlatIndex
from indexer.store import Store
from indexer.store.matches import Asked
from indexer.store.sealing import KeyRing
from tests.factories import make_hit, make_signature

AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)


def make_secret(name):
    """32 bytes that belong to a name."""
    return hashlib.sha256(name.encode()).digest()


def make_key_ring(*, current="kek-1", older=()):
    """A key ring that seals with `current` and opens with all of them."""
    return KeyRing(current, {name: make_secret(name) for name in (current, *older)})


def make_number_mac(seed=0):
    """The digest under which a case number is kept."""
    return make_secret(f"number {seed}")


def make_new_case(*, seed=0, pepper_id="pepper-1"):
    """A case about to be opened."""
    return NewCase(
        number_mac=make_number_mac(seed),
        pepper_id=pepper_id,
        pin_digest=f"$argon2id$v=19$m=19456,t=2,p=1$salt$digest{seed}",
        request_mac=make_secret(f"request {seed}"),
    )


def make_enrolment(*, seed=0, strong_only=False, **fields):
    """A signature about to be listed; other fields are those of `make_signature`."""
    return Enrolment(make_signature(seed=seed, **fields), strong_only=strong_only)


def make_enrolments(count, *, start=0):
    """Different signatures about to be listed."""
    return [make_enrolment(seed=seed) for seed in range(start, start + count)]


@contextmanager
def opened(url, ring=None):
    """A store at a URL, closed afterwards."""
    with closing(Store.at(url, ring or make_key_ring())) as store:
        yield store


def open_case(store, enrolments=1, *, seed=0):
    """Open a case with so many signatures, or with these; returns its id."""
    if isinstance(enrolments, int):
        enrolments = make_enrolments(enrolments, start=1_000 * seed)
    with store.transaction() as tx:
        tx.cases.open(make_new_case(seed=seed), enrolments, at=AT)
        return tx.cases.find(make_number_mac(seed)).case_id


def add_to_case(store, case_id, enrolments):
    """List more signatures in a case."""
    with store.transaction() as tx:
        return tx.cases.add(case_id, enrolments, at=AT)


def withdraw_case(store, case_id):
    """Withdraw a case."""
    with store.transaction() as tx:
        tx.cases.withdraw(case_id, at=AT)


def reported(tx):
    """What is live and was reported, by id: no honey."""
    live = list(tx.listing.live(BankKind.REPORTED))
    honey = tx.honey.among([entry.signature_id for entry in live])
    return [entry for entry in live if entry.signature_id not in honey]


def listed_in(store, case_id=None):
    """Every live signature of one case or of all, by id."""
    with store.snapshot() as tx:
        listed = reported(tx) if case_id is None else tx.listing.of_case(case_id)
        return {entry.signature_id: entry for entry in listed}


def log_of(store):
    """The head and every row of the change log."""
    with store.snapshot() as tx:
        return tx.changes.head(), tx.changes.after(0, limit=1_000_000)


def make_platform(store, name="example.com"):
    """A platform of this name."""
    with store.transaction() as tx:
        return tx.platforms.named(name)


def make_new_key(*, key_id="key00001", expires_at=AT, **fields):
    """An API key about to be stored."""
    secret, scopes = make_secret(key_id), ("match", "review")
    return NewKey(key_id, secret, scopes, Tier.POSSIBLE, expires_at, **fields)


def make_asked(platform, *, ref="photo 1", new_id="mat_1"):
    """A platform's question about a photo."""
    return Asked(platform.platform_id, ref, make_secret(ref), MatchId(new_id))


def make_graded(signature_id, *, tier=Tier.STRONG, **fields):
    """A hit that counts; other fields are those of `make_hit`."""
    return GradedHit(make_hit(signature_id=signature_id, **fields), tier)


def confirm(store, asked, graded):
    """Keep a match, in a transaction of its own."""
    with store.transaction() as tx:
        return tx.matches.confirm(asked, graded, at=AT)


def flat_index(listed=()):
    """An index of these."""
    index = FlatIndex()
    index.add(listed)
    return index

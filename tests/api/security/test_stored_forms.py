"""Digests, numbers and key files in the forms in which they were kept before."""

import stat

import pytest
from argon2 import PasswordHasher

from api.security.api_keys import KeyKind, KeyWish, make_key, stored
from api.security.case_secrets import CaseNumber, CaseSecrets
from api.security.key_files import (
    add_seal_key,
    make_key_files,
    make_ring,
    read_key_files,
    read_ring,
    retire_seal_keys,
)
from api.security.peppers import Pepper
from api.security.scopes import Scope
from hashsvc import Tier
from indexer.errors import KeyFileError
from indexer.store.sealing import KeyRing
from tests.indexer.factories import AT

PEPPER = Pepper(KeyRing("one", {"one": b"p" * 32}))
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def folder(tmp_path):
    make_key_files(tmp_path)
    return tmp_path


def is_sentence(text):
    """Begins and ends as one, and is written as people write."""
    return text[0].isupper() and text[-1] == "." and not text.isupper() and "XX" not in text


def lines_of(folder, name):
    return (folder / name).read_text().splitlines()


def test_a_new_seal_key_comes_first_and_the_older_ones_stay(folder):
    (before,) = lines_of(folder, "seal.keys")

    ring = add_seal_key(folder)

    first, second = lines_of(folder, "seal.keys")
    assert second == before
    assert ring.current_id == first.split()[0]
    assert ring == read_ring(folder / "seal.keys")
    assert stat.S_IMODE((folder / "seal.keys").stat().st_mode) == 0o600


def test_retired_keys_are_kept_for_older_backups(folder):
    (first,) = lines_of(folder, "seal.keys")
    add_seal_key(folder)
    second = lines_of(folder, "seal.keys")[0]

    retire_seal_keys(folder)

    assert lines_of(folder, "seal.keys") == [second]
    assert lines_of(folder, "seal.keys.retired") == [first]

    add_seal_key(folder)
    retire_seal_keys(folder)

    assert lines_of(folder, "seal.keys.retired") == [first, second]


def test_one_key_alone_is_not_retired(folder):
    retire_seal_keys(folder)

    assert len(lines_of(folder, "seal.keys")) == 1
    assert not (folder / "seal.keys.retired").exists()


def test_a_key_that_a_file_gets_later_is_found_and_the_older_stay(folder):
    keys = read_key_files(folder).seal
    (first_id,) = keys.keys
    added = add_seal_key(folder)
    retire_seal_keys(folder)

    assert keys.keys[added.current_id] == added.current
    assert len(keys.keys[first_id]) == 32
    assert set(keys.keys) == {first_id, added.current_id}
    assert len(keys.keys) == 2
    with pytest.raises(KeyError):
        keys.keys["nobody00"]


def test_a_known_key_is_not_looked_for_in_a_file_that_is_gone(folder):
    keys = read_key_files(folder).seal
    (folder / "seal.keys").unlink()

    assert len(keys.keys[keys.current_id]) == 32


def test_a_made_key_has_an_id_of_8_and_a_key_of_64_digits(tmp_path):
    make_ring(tmp_path / "ring")

    key_id, key = (tmp_path / "ring").read_text().split()

    assert (len(key_id), len(key)) == (8, 64)


def test_every_key_file_that_cannot_be_used_is_told_in_sentences(folder):
    path = folder / "seal.keys"
    told = []
    for spoil in (
        lambda: path.chmod(0o640),
        lambda: path.chmod(0o600) or path.write_bytes(b"no key\n"),
        lambda: path.write_bytes(b"\xff"),
        lambda: path.write_bytes((folder / "pepper.keys").read_bytes()),
        path.unlink,
    ):
        spoil()
        with pytest.raises(KeyFileError) as refused:
            read_key_files(folder)
        told.append(str(refused.value))

    assert len(set(told)) == 5
    assert all(is_sentence(one) for one in told)
    assert all(str(path) in one for one in told[:3])
    assert "Without it nothing that is stored can be read." in told[4]


def test_the_bits_of_a_number_are_shown_the_highest_first():
    number = CaseNumber(bytes([0x08, 0x42] + [0] * 8))

    assert number.shown() == "1110-0000-0000-0000"
    assert CaseNumber.typed("1110 0000-0000 0000") == number
    assert CaseNumber.typed("no number") is None


def test_a_repeated_request_is_told_from_another():
    secrets = CaseSecrets(PEPPER, hasher=CHEAP)

    kept = secrets.request_mac(b"one")

    assert secrets.is_same_request(kept, b"one")
    assert not secrets.is_same_request(kept, b"another")


def test_everything_that_was_wished_for_a_key_is_kept():
    wish = KeyWish(
        scopes=frozenset({Scope.MATCHES_WRITE, Scope.MATCHES_READ}),
        expires_at=AT,
        weakest_tier=Tier.LIKELY,
        label="a label",
        not_before=AT,
        daily_budget=7,
        public_key=bytes(32),
    )

    kept = stored(make_key(), PEPPER, wish)

    assert kept.scopes == ("matches:read", "matches:write")
    assert (kept.expires_at, kept.not_before, kept.label) == (AT, AT, "a label")
    assert (kept.weakest_tier, kept.daily_budget) == (Tier.LIKELY, 7)
    assert kept.public_key == bytes(32)
    assert (kept.parent_id, kept.root_id) == (None, None)


def test_a_sandbox_makes_keys_of_its_own_kind():
    assert KeyKind.of(sandbox=True) is KeyKind.TEST
    assert KeyKind.of(sandbox=False) is KeyKind.LIVE

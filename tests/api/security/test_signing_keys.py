"""What the service signs can be checked with what it publishes."""

import base64
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api.security.signing_keys import signing_keys
from indexer.errors import KeyFileError


def published(keys):
    return [
        Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
        for key in keys.published()
    ]


def test_the_file_is_made_once_for_this_user_alone(tmp_path):
    first = signing_keys(tmp_path)

    assert signing_keys(tmp_path).current_public == first.current_public
    assert (tmp_path / "signing.keys").stat().st_mode & 0o777 == 0o600


def test_workers_that_start_together_have_one_key(tmp_path):
    def start(folder):
        together.wait()
        return signing_keys(folder).current_public

    folders = [tmp_path / str(turn) for turn in range(20)]
    with ThreadPoolExecutor(8) as workers:
        for folder in folders:
            folder.mkdir()
            together = Barrier(8)
            keys = set(workers.map(start, [folder] * 8))

            assert keys == {signing_keys(folder).current_public}


def test_a_signature_fits_its_message_and_the_published_key(tmp_path):
    keys = signing_keys(tmp_path)
    (key,) = published(keys)

    key.verify(keys.sign(b"news"), b"news")
    with pytest.raises(InvalidSignature):
        key.verify(keys.sign(b"news"), b"other news")


def test_after_a_change_the_first_line_signs_and_both_are_published(tmp_path):
    old = signing_keys(tmp_path)
    path = tmp_path / "signing.keys"
    path.write_text("newnewne " + "0f" * 32 + "\n" + path.read_text())

    keys = signing_keys(tmp_path)

    current, before = published(keys)
    current.verify(keys.sign(b"news"), b"news")
    before.verify(old.sign(b"news"), b"news")


def test_the_secret_half_is_neither_published_nor_shown(tmp_path):
    keys = signing_keys(tmp_path)
    secret = (tmp_path / "signing.keys").read_text().split()[1]

    assert all("d" not in key for key in keys.published())
    assert secret not in repr(keys)
    assert bytes.fromhex(secret) != keys.current_public


def test_a_file_that_others_may_read_is_refused(tmp_path):
    signing_keys(tmp_path)
    (tmp_path / "signing.keys").chmod(0o644)

    with pytest.raises(KeyFileError):
        signing_keys(tmp_path)

"""The key that seals everything is exchanged while a server answers."""

import stat
import threading
from contextlib import contextmanager

import httpx
import pytest

from api.security.key_files import add_seal_key, read_key_files, read_ring
from api.settings import Settings
from indexer.errors import KeyFileError, SealBrokenError
from tests.api.bodies import ask, case_request, item_of, only_line, open_case, opened_number
from tests.api.servers import command
from tests.api.test_serving import make_key, running, wait_until
from tests.factories import make_signature
from tests.indexer.factories import listed_in, opened

SEEN = make_signature(seed=3)
LATER = make_signature(seed=4)
FOLDER_MODE = 0o700


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path, monkeypatch):
    """Of an empty database, which commands find."""
    if request.param == "sqlite":
        yield Settings(data=tmp_path / "var").url
        return
    with request.getfixturevalue("postgres_databases").empty() as url:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", url)
        yield url


@pytest.fixture
def data(tmp_path, url):
    """A data folder with a migrated database."""
    folder = tmp_path / "var"
    folder.mkdir(mode=FOLDER_MODE)
    assert command("migrate", folder=folder).returncode == 0
    return folder


def ids_in(path):
    return [line.split()[0] for line in path.read_text().splitlines()]


@contextmanager
def asking(url, key):
    """Ask and open cases again and again; yields tiers, or codes that are none of success."""
    stop, answers = threading.Event(), []

    def once(client):
        answer = ask(client, key, item_of(SEEN))
        answers.append(only_line(answer)["tier"] if answer.is_success else answer.status_code)
        answers.append(open_case(client, make_signature(seed=1_000 + len(answers))).status_code)

    def go_on():
        with httpx.Client(base_url=url, timeout=30) as client:
            while not stop.is_set():
                once(client)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield answers
    finally:
        stop.set()
        thread.join()


def test_a_running_server_answers_on_and_the_old_key_opens_nothing(data, url):
    old = read_ring(data / "seal.keys")
    with running(data) as server:
        key = make_key(data, url)
        number = opened_number(server.client, SEEN)
        with asking(server.url, key) as answers:
            rotated = command("rotate-seal-key", folder=data)
            count = len(answers)
            wait_until(lambda: len(answers) >= count + 4)
        assert opened_number(server.client, LATER)
        assert case_request(server.client, "withdraw", number).status_code == 204

    assert rotated.returncode == 0, rotated.stderr
    assert set(answers) == {"strong", 201}
    assert old.current_id not in ids_in(data / "seal.keys")
    assert ids_in(data / "seal.keys.retired") == [old.current_id]
    assert stat.S_IMODE((data / "seal.keys.retired").stat().st_mode) == 0o600
    with opened(url, read_key_files(data).seal) as store:
        assert listed_in(store)
    with opened(url, old) as store, pytest.raises(SealBrokenError):
        listed_in(store)


def test_a_server_whose_key_file_lacks_the_new_key_opens_no_case(data, url):
    """The control: as on a machine that the new file was not copied to."""
    with running(data) as server:
        before = (data / "seal.keys").read_bytes()
        assert command("rotate-seal-key", folder=data).returncode == 0
        (data / "seal.keys").write_bytes(before)

        assert open_case(server.client, SEEN).status_code == 503


def test_a_key_is_made_first_and_used_later(data):
    (old,) = ids_in(data / "seal.keys")

    made = command("make-seal-key", folder=data)
    again = command("make-seal-key", folder=data)
    new, kept = ids_in(data / "seal.keys")
    rotated = command("rotate-seal-key", folder=data)

    assert (made.returncode, again.returncode, rotated.returncode) == (0, 0, 0)
    assert kept == old
    assert ids_in(data / "seal.keys") == [new]


def test_keys_that_were_retired_earlier_stay_until_an_operator_destroys_them(data):
    first = ids_in(data / "seal.keys")
    assert command("rotate-seal-key", folder=data).returncode == 0
    second = ids_in(data / "seal.keys")
    assert command("rotate-seal-key", folder=data).returncode == 0

    assert ids_in(data / "seal.keys.retired") == first + second


def test_no_key_is_printed(data):
    key = read_ring(data / "seal.keys").current.hex()
    rotated = command("rotate-seal-key", folder=data)

    new = read_ring(data / "seal.keys").current.hex()
    assert key not in rotated.stdout + rotated.stderr
    assert new not in rotated.stdout + rotated.stderr


def test_keys_are_read_again_when_one_is_missing(data):
    ring = read_key_files(data).seal
    added = add_seal_key(data)

    assert ring.keys[added.current_id] == added.current
    assert set(ring.keys) == {ring.current_id, added.current_id}


def test_a_file_that_was_damaged_meanwhile_is_told(data):
    ring = read_key_files(data).seal
    (data / "seal.keys").write_text("damaged")

    with pytest.raises(KeyFileError, match="damaged"):
        ring.with_current("00000000")

"""Every key is replaced as docs/keys.md says, and what was made under the one before goes on."""

import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest

from api.cli import app as cli
from api.compat.function_keys import Endpoint, function_key, opens
from api.security.key_files import add_key, read_key_files, read_ring
from api.security.pack_keys import pack_keys
from api.security.peppers import Pepper, Purpose
from api.security.signing_keys import signing_keys
from api.services.key_checks import require_keys
from api.settings import Settings
from hashsvc.times import now
from indexer.errors import KeyFileError, SealBrokenError
from indexer.records import Digests
from indexer.store import Store
from tests.indexer.factories import make_key_ring, make_new_case, make_number_mac, open_case
from tests.leaks import CliRunner

DOCUMENT = Path(__file__).parents[2] / "docs" / "keys.md"
PEPPERS = ("pepper-2", "pepper-1")
BOTH = Pepper(make_key_ring(current=PEPPERS[0], older=[PEPPERS[1]]))
OLD, NEW = (Pepper(make_key_ring(current=one)) for one in reversed(PEPPERS))


@pytest.fixture
def migrated(tmp_path):
    """A data folder after its first start."""
    folder = tmp_path / "var"
    assert run("migrate", folder).exit_code == 0
    return folder


def run(words, folder):
    """Run a command line of the document."""
    typed = shlex.split(words.replace("--data var", ""))
    return CliRunner().invoke(cli, [*typed, "--data", str(folder)])


def documented():
    """Every command of docs/keys.md, in its order."""
    text = DOCUMENT.read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("hashsvc-server ") for line in lines)
    return [line.removeprefix("hashsvc-server ") for line in lines]


def test_every_documented_command_does_what_it_says(migrated):
    before = {name: read_ring(migrated / name).current_id for name in ("seal.keys", "pepper.keys")}
    key_id = "none yet"
    for words in documented():
        done = run(words.replace("KEY_ID", key_id), migrated)

        assert done.exit_code == 0, (words, done.output)
        if words.startswith("create-key"):
            key_id = done.stdout.split("_")[2]

    after = {name: read_ring(migrated / name) for name in before}
    assert all(after[name].current_id != before[name] for name in before)
    assert {path.name for path in migrated.glob("*.retired")} == {
        "seal.keys.retired",
        "pepper.keys.retired",
        "pack.keys.retired",
    }


def test_no_command_prints_a_secret(migrated):
    said = "".join(run(words, migrated).output for words in documented()[:7])

    for path in migrated.glob("*.keys*"):
        for key in read_ring(path).keys.values():
            assert key.hex() not in said


def test_a_digest_under_either_pepper_fits_and_new_ones_are_under_the_new(key_ring):
    for pepper in (OLD, NEW):
        for purpose in (Purpose.API, Purpose.CASE, Purpose.REPEAT):
            assert BOTH.fits(pepper.mac(purpose, b"it"), purpose, b"it")
            assert BOTH.mac(purpose, b"it") == NEW.mac(purpose, b"it")
    assert not NEW.fits(OLD.mac(Purpose.API, b"it"), Purpose.API, b"it")


def test_what_nobody_types_again_stays_under_the_oldest_pepper():
    for purpose in (Purpose.REF, Purpose.IMPORT):
        assert BOTH.mac(purpose, b"it") == OLD.mac(purpose, b"it")


def test_function_keys_of_both_peppers_open_their_endpoint():
    for pepper in (OLD, NEW):
        sent = function_key(pepper, Endpoint.FETCH_HASHES, "3k9x0a2b")
        assert opens(sent, BOTH, Endpoint.FETCH_HASHES, "3k9x0a2b")
        assert not opens(sent, BOTH, Endpoint.SUBMIT_HASHES, "3k9x0a2b")


def test_a_case_is_found_under_either_digest_and_renewed(store):
    case_id = open_case(store)
    digests = Digests(make_number_mac(99), "pepper-2", "renewed")

    with store.transaction() as tx:
        found = tx.cases.find(make_number_mac(99), make_number_mac(0))
        tx.cases.renew(found.case_id, digests)
        renewed = tx.cases.find(make_number_mac(99))

        assert (found.case_id, found.pepper_id) == (case_id, "pepper-1")
        assert (renewed.case_id, renewed.pepper_id, renewed.pin_digest) == (
            case_id,
            "pepper-2",
            "renewed",
        )
        assert tx.cases.find(make_number_mac(0)) is None
        assert tx.cases.count_by_pepper() == {"pepper-2": 1}


def test_a_pepper_stays_as_long_as_a_case_needs_it(migrated):
    keys = read_key_files(migrated)
    with closing(Store.at(Settings(data=migrated).url, keys.seal)) as store:
        with store.transaction() as tx:
            new = make_new_case(pepper_id=keys.pepper.current_id)
            tx.cases.open(new, [], at=now())
    assert run("rotate-pepper", migrated).exit_code == 0

    refused = run("retire-pepper", migrated)

    assert refused.exit_code == 1
    assert "1 cases are kept under older ones" in refused.stderr
    assert keys.pepper.current_id in read_ring(migrated / "pepper.keys").keys


def test_a_message_of_the_key_before_still_verifies_after_one_rotation(migrated):
    first = signing_keys(migrated)
    run("rotate-signing-key", migrated)
    second = signing_keys(migrated)
    run("rotate-signing-key", migrated)
    third = signing_keys(migrated)

    assert second.published()[1:] == first.published()
    assert third.published()[1]["x"] == second.published()[0]["x"]
    assert len(third.published()) == 2


def test_packs_are_signed_with_the_new_key_and_the_command_names_it(migrated):
    before = pack_keys(migrated).signing.public

    done = run("rotate-pack-key", migrated)

    public = pack_keys(migrated).signing.public
    assert public != before
    assert done.stdout.splitlines()[-1] == public.hex()


def test_a_seal_file_without_the_key_in_use_is_refused(store):
    other = Store(store.engine, make_key_ring(current="kek-9"), store.turns)

    with pytest.raises(KeyFileError, match=r"seal\.keys lacks the key"):
        require_keys(other, OLD)


def test_a_seal_file_with_another_key_of_the_same_id_is_refused(store):
    open_case(store)
    ring = make_key_ring()
    other = Store(store.engine, type(ring)("kek-1", {"kek-1": bytes(range(32))}), store.turns)

    with pytest.raises(SealBrokenError):
        require_keys(other, OLD)


def test_a_pepper_file_without_a_pepper_that_cases_need_is_refused(store):
    open_case(store)  # under `pepper-1`

    require_keys(store, BOTH)
    with pytest.raises(KeyFileError, match=r"pepper\.keys lacks a pepper under which 1 cases"):
        require_keys(store, NEW)


def test_a_server_with_another_pepper_file_says_so_and_does_not_start(migrated, root_logger):
    path = migrated / "pepper.keys"
    keys = read_key_files(migrated)
    with closing(Store.at(Settings(data=migrated).url, keys.seal)) as store:
        with store.transaction() as tx:
            tx.cases.open(make_new_case(pepper_id=keys.pepper.current_id), [], at=now())
    path.unlink()
    path.write_text(f"aaaaaaaa {'5' * 63}6\n")
    path.chmod(0o600)
    add_key(path)

    refused = run("run --port 0", migrated)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "pepper.keys lacks a pepper" in refused.stderr

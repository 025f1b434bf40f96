"""What an operator types, and what comes back."""

import os
import re
import shutil
import signal
import socket
import stat
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.cli import app as cli
from api.security.api_keys import PresentedKey
from api.security.errors import KeyInvalidError, SignatureInvalidError
from api.security.key_files import read_key_files
from api.security.peppers import Pepper
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc.times import now
from indexer.records import Enrolment, NewCase
from indexer.store import Store
from tests.api.servers import Server
from tests.factories import make_signature
from tests.leaks import CliRunner

COMMANDS = [
    "run",
    "migrate",
    "backup",
    "restore",
    "verify",
    "compact",
    "sandbox",
    "alarms",
    "create-key",
    "replace-key",
    "revoke-key",
    "keys",
    "make-seal-key",
    "rotate-seal-key",
    "rotate-pepper",
    "retire-pepper",
    "rotate-signing-key",
    "rotate-pack-key",
]


@pytest.fixture
def run(folder, root_logger, kept_umask):  # `run` sets logging up for its whole process
    """Run a command on the data folder."""

    def ran(*words, data=folder, **environment):
        return CliRunner(env=environment).invoke(cli, [*words, "--data", str(data)])

    return ran


@pytest.fixture
def create_key(run):
    def created(*scopes, **options):
        words = [word for scope in scopes for word in ("--scope", scope)]
        return run("create-key", "--name", "example", *words, **options)

    return created


@pytest.fixture
def platforms(folder):
    keys = read_key_files(folder)
    store = Store.at(Settings(data=folder).url, keys.seal)
    yield PlatformService(store, Pepper(keys.pepper))
    store.close()


def one_sentence(answer, *, saying):
    """Whether a command failed with exit code 1 and a sentence that holds `saying`."""
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "Traceback" not in answer.stderr
    return re.search(saying, " ".join(answer.stderr.split())) is not None


def test_a_new_key_stands_alone_on_the_last_line(create_key, platforms):
    scopes = {"matches:write", "matches:detail"}
    answer = create_key(*scopes)

    assert answer.exit_code == 0
    assert answer.stdout.count("\n") == 1
    key = PresentedKey.parse(answer.stdout.removesuffix("\n"))
    assert platforms.caller(key, at=now()).scopes == scopes
    assert key.secret not in answer.stderr


def test_a_key_holds_as_long_as_asked(run, platforms):
    answer = run("create-key", "--name", "example", "--scope", "matches:write", "--days", "2")
    key = PresentedKey.parse(answer.stdout.strip())

    assert platforms.caller(key, at=now() + timedelta(days=1))
    with pytest.raises(KeyInvalidError):
        platforms.caller(key, at=now() + timedelta(days=2))


@pytest.mark.parametrize("days", ["0", "401", "-1", "x"])
def test_a_key_holds_1_to_400_days(run, days):
    answer = run("create-key", "--name", "a", "--scope", "matches:write", "--days", days)

    assert (answer.exit_code, answer.stdout) == (2, "")


def test_a_key_needs_a_known_scope(create_key):
    assert create_key("matches:everything").exit_code == 2
    assert create_key().exit_code == 2


def test_a_revoked_key_is_refused(run, create_key, platforms):
    key = PresentedKey.parse(create_key("matches:write").stdout.strip())

    answer = run("revoke-key", key.key_id)

    assert answer.exit_code == 0
    with pytest.raises(KeyInvalidError):
        platforms.caller(key, at=now())


def test_a_key_gets_what_it_is_asked_to_have(run, platforms, tmp_path):
    secret = Ed25519PrivateKey.generate()
    pem = secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(pem)
    tomorrow = (now() + timedelta(days=1)).date().isoformat()

    words = ["--label", "night shift", "--not-before", tomorrow, "--daily-budget", "500"]
    words += ["--public-key", str(tmp_path / "public.pem")]
    answer = run("create-key", "--name", "example", "--scope", "matches:write", *words)

    key = PresentedKey.parse(answer.stdout.strip())
    with platforms.store.snapshot() as tx:
        kept = tx.platforms.key(key.key_id)
    assert (kept.label, kept.daily_budget) == ("night shift", 500)
    assert kept.public_key == secret.public_key().public_bytes_raw()
    with pytest.raises(KeyInvalidError):
        platforms.caller(key, at=now())
    with pytest.raises(SignatureInvalidError):  # it holds then, and must sign
        platforms.caller(key, at=now() + timedelta(days=1))


def test_a_file_without_a_public_key_is_explained(run, tmp_path):
    (tmp_path / "public.pem").write_text("planted")

    words = ["--scope", "matches:write", "--public-key", str(tmp_path / "public.pem")]
    answer = run("create-key", "--name", "example", *words)

    assert one_sentence(answer, saying="no Ed25519 public key")
    assert "planted" not in answer.stderr


def test_a_key_that_would_hold_too_long_is_refused(run):
    later = (now() + timedelta(days=60)).date().isoformat()

    answer = run("create-key", "--name", "a", "--scope", "matches:write", "--not-before", later)

    assert one_sentence(answer, saying="at most 400 days")


def test_a_key_is_replaced(run, create_key, platforms):
    old = PresentedKey.parse(create_key("matches:write").stdout.strip())

    new = PresentedKey.parse(run("replace-key", old.key_id, "--overlap-days", "1").stdout.strip())

    for key in (old, new):
        assert platforms.caller(key, at=now()).scopes == {"matches:write"}
    with pytest.raises(KeyInvalidError):
        platforms.caller(old, at=now() + timedelta(days=1))


def test_every_key_is_listed_without_its_secret(run, create_key):
    used, revoked = (PresentedKey.parse(create_key("matches:write").stdout.strip()) for _ in "ab")
    run("revoke-key", revoked.key_id)

    shown = run("keys", COLUMNS="200").stdout

    lines = {
        key.key_id: line
        for key in (used, revoked)
        for line in shown.splitlines()
        if key.key_id in line
    }
    assert " holds " in lines[used.key_id]
    assert " revoked " in lines[revoked.key_id]
    assert used.secret not in shown


def test_a_key_can_be_revoked_twice(run, create_key):
    key = PresentedKey.parse(create_key("matches:write").stdout.strip())

    assert [run("revoke-key", key.key_id).exit_code for _ in range(2)] == [0, 0]


def test_an_unknown_key_id_is_an_error(run):
    assert one_sentence(run("revoke-key", "nobody00"), saying="No API key has this id")


def test_the_first_command_makes_folder_keys_and_database(run, tmp_path):
    data = tmp_path / "new" / "var"

    answer = run("migrate", data=data)

    assert answer.exit_code == 0
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()}
    made = ("seal.keys", "pepper.keys", "checkpoint.keys", "signing.keys", "hashsvc.db")
    assert modes == dict.fromkeys(made, 0o600)


def test_migrating_twice_changes_nothing(run, folder):
    before = {name: (folder / name).read_bytes() for name in ("seal.keys", "pepper.keys")}

    assert [run("migrate").exit_code for _ in range(2)] == [0, 0]

    assert {name: (folder / name).read_bytes() for name in before} == before


@pytest.mark.parametrize("command", ["migrate", "run"])
@pytest.mark.parametrize("name", ["seal.keys", "pepper.keys"])
def test_a_database_without_its_key_file_is_refused(run, folder, command, name):
    (folder / name).unlink()

    assert one_sentence(run(command), saying=rf"{name} is missing")
    assert not (folder / name).exists()


def test_a_database_without_any_key_file_gets_no_new_ones(run, folder):
    for name in ("seal.keys", "pepper.keys"):
        (folder / name).unlink()

    assert one_sentence(run("migrate"), saying="is missing")
    assert not list(folder.glob("*.keys"))


def test_a_key_file_open_to_others_is_refused(run, folder):
    (folder / "seal.keys").chmod(0o644)

    assert one_sentence(run("run"), saying="chmod 600")


@pytest.mark.parametrize("command", ["migrate", "run"])
def test_a_newer_database_is_refused(run, folder, command):
    store = Store.at(Settings(data=folder).url, read_key_files(folder).seal)
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()

    assert one_sentence(run(command), saying="newer version of hashsvc")


def test_a_port_in_use_is_explained(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = run("run", "--port", str(taken.getsockname()[1]))

    assert one_sentence(answer, saying="The port is in use")


def test_an_address_of_another_machine_is_explained(run):
    answer = run("run", "--host", "192.0.2.1", "--port", "0")

    assert one_sentence(answer, saying="no such address|refused")


def test_a_data_folder_that_is_a_file_is_explained(run, tmp_path):
    (tmp_path / "file").write_text("")

    assert one_sentence(run("migrate", data=tmp_path / "file"), saying="The system refused")


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may write everywhere")
def test_a_data_folder_that_cannot_be_written_is_explained(run, tmp_path):
    tmp_path.chmod(0o500)

    assert one_sentence(run("migrate", data=tmp_path / "var"), saying="may write")


def test_a_data_folder_on_a_read_only_system_is_explained(run):
    answer = run("migrate", data="/proc/hashsvc")

    assert one_sentence(answer, saying="refused|may write|cannot be written")


def test_a_database_that_is_none_is_explained(run, folder):
    (folder / "hashsvc.db").write_bytes(b"no database" * 1000)

    assert one_sentence(run("migrate"), saying="The database did not do")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("HASHSVC_INDEX_POLL_SECONDS", "0"), ("HASHSVC_DATABASE_URL", "mysql://user:planted@x")],
)
def test_a_wrong_setting_is_named_without_its_value(run, setting, value):
    answer = run("migrate", **{setting: value})

    assert one_sentence(answer, saying=setting)
    assert "planted" not in answer.stderr


def test_a_database_that_does_not_answer_is_explained_without_its_password(run):
    url = "postgresql+psycopg://user:planted@127.0.0.1:1/hashsvc"

    answer = run("migrate", HASHSVC_DATABASE_URL=url)

    assert one_sentence(answer, saying="The database did not do")
    assert "planted" not in answer.stderr


def test_the_environment_names_the_data_folder(folder, tmp_path):
    data = tmp_path / "from-environment"

    answer = CliRunner(env={"HASHSVC_DATA": str(data)}).invoke(cli, ["migrate"])

    assert answer.exit_code == 0
    assert (data / "hashsvc.db").exists()


def test_a_server_with_anothers_key_file_does_not_start(run, folder):
    path = folder / "seal.keys"
    keys, other = read_key_files(folder), f"{path.read_text().split()[0]} {'5' * 64}\n"
    store = Store.at(Settings(data=folder).url, keys.seal)
    with store.transaction() as tx:
        enrolments = [Enrolment(make_signature(), strong_only=False)]
        tx.cases.open(NewCase(bytes(32), "one", "digest", bytes(32)), enrolments, at=now())
    store.close()
    path.write_text(other)

    answer = run("run", "--port", "0")

    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "does not open with this key file" in answer.stderr
    assert "5" * 64 not in answer.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example(command):
    answer = CliRunner().invoke(cli, [command, "--help"])

    assert answer.exit_code == 0
    assert f"Example: hashsvc-server {command}" in " ".join(answer.stdout.split())


def test_the_list_of_commands_is_complete():
    assert [command.name or command.callback.__name__ for command in cli.registered_commands] == (
        COMMANDS
    )


def test_a_server_whose_checkpoints_another_key_signed_does_not_start(run, folder):
    assert run("audit", "checkpoint").exit_code == 0
    (folder / "checkpoint.keys").unlink()

    said = run("run", "--port", "0")

    assert said.exit_code == 1
    assert "`checkpoint.keys` did not sign" in said.stderr
    assert "Traceback" not in said.output


def test_ctrl_c_ends_a_server_without_a_traceback(folder):
    server = Server(folder)
    assert server.client.get("/readyz").status_code == 200

    code, stdout = server.stop(signal.SIGINT)

    assert (code, stdout) == (130, "")  # 128 + SIGINT, as a shell expects
    assert "Traceback" not in server.stderr
    assert "Application shutdown complete." in server.stderr


def test_a_restarted_server_knows_its_keys_and_port_0_finds_a_free_one(folder, tmp_path):
    other = shutil.copytree(folder, tmp_path / "other")
    servers = [Server(folder), Server(other)]

    assert len({server.url for server in servers}) == 2
    for server in servers:
        assert server.client.get("/healthz").status_code == 200
        server.stop()

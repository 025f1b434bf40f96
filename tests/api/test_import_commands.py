"""`hashsvc-server import`: lists that are followed, typed as an operator does."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from api.cli import app as cli
from api.security.scopes import Scope
from tests.api.bodies import ask, item_of, only_line
from tests.api.compat.foreign_servers import foreign_server, page_of, record_of
from tests.factories import make_signature
from tests.leaks import CliRunner

REPOSITORY = Path(__file__).parents[2]
ONE, TWO = (make_signature(seed=seed, dhash=None, quality=50) for seed in (1, 2))
SECRETS = {"subscription_key": "pLanted0Zebra", "fetch_function_key": "pLanted1Zebra"}


@pytest.fixture
def there():
    with foreign_server() as foreign:
        yield foreign


@pytest.fixture
def run(folder, kept_umask):
    return lambda *words: CliRunner().invoke(cli, [*map(str, words), "--data", str(folder)])


@pytest.fixture
def credentials(tmp_path):
    return secrets_file(tmp_path, SECRETS)


def secrets_file(folder, content, *, mode=0o600):
    path = folder / "credentials.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(mode)
    return path


@pytest.fixture
def add(run, there, credentials):
    def added(name="theirs", *, dialect="stopncii", bank="partner", url=None, file=credentials):
        words = ("--dialect", dialect, "--url", url or there.url, "--bank", bank)
        return run("import", "add", name, *words, "--credentials-file", file)

    return added


def pages(*signatures, start=20):
    """A page each, one after the other."""
    last = len(signatures) - 1
    return [
        page_of(
            [record_of(signature.pdq.hex())],
            start + number,
            token=None if number == last else f"t{number}",
        )
        for number, signature in enumerate(signatures)
    ]


def test_a_list_is_followed_and_matched_until_it_is_removed(
    run, add, there, client, make_key, folder
):
    there.answers = pages(ONE, TWO)
    added = add()
    fetched = run("import", "run", "theirs", "--json")
    client.app.state.services.cases.changed()
    key = make_key(Scope.MATCHES_WRITE, Scope.MATCHES_READ)
    before = only_line(ask(client, key, item_of(ONE)))
    shown = run("import", "status", "--json")
    removed = run("import", "remove", "theirs")
    client.app.state.services.cases.changed()

    assert (added.exit_code, fetched.exit_code) == (0, 0), added.stderr + fetched.stderr
    assert json.loads(fetched.stdout) == {
        "name": "theirs",
        "pages": 2,
        "records": 2,
        "listed": 2,
        "held": 0,
        "known": 0,
        "delisted": 0,
        "unfit": 0,
        "skipped": {},
        "alarming": False,
        "stopped": None,
    }
    assert (before["verdict"], before["tier"]) == ("review", "strong")
    status = json.loads(shown.stdout)
    assert (status["bank"], status["entries"]) == ("partner", 2)
    assert status["complete"] == status["last_page"]
    assert "2 signatures taken out." in removed.stderr
    match = client.get(f"/v1/matches/{before['match_id']}", headers=key)
    assert match.json()["state"] == "withdrawn"
    assert only_line(ask(client, key, item_of(ONE)))["verdict"] == "none"
    assert "No list of this name" in run("import", "run", "theirs").stderr


def test_counts_are_said_and_a_list_whose_form_changed_ends_with_1(run, add, there):
    records = [record_of(ONE.pdq.hex()), record_of("ab" * 16), record_of(None), None]
    there.answers = [page_of(records, 20)]
    add()

    done = run("import", "run")

    assert done.exit_code == 1
    assert "theirs: 4 records on 1 pages: 1 listed, 0 known before" in done.stderr
    assert "left out: 2 field, 1 hash." in done.stderr
    assert "more than 1 %" in done.stderr


def test_a_list_that_stops_does_not_keep_others_from_running(run, add, there):
    there.answers = [(401, "", {})]
    add("a", bank="a")
    add("b", bank="b")

    done = run("import", "run", "--json")

    assert done.exit_code == 1
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["name"] for one in told] == ["a", "b"]
    assert {one["stopped"] for one in told} == {"The other server does not take the credentials."}


def test_a_run_afresh_takes_out_what_is_not_named(run, add, there):
    there.answers = pages(ONE, TWO)
    add()
    run("import", "run")
    there.asked.clear()
    there.answers = pages(TWO)

    done = run("import", "run", "--afresh", "--json")

    assert there.asked[0][1]["startTimestamp"] == "10"
    told = json.loads(done.stdout)
    assert (told["known"], told["delisted"]) == (1, 1)


@pytest.mark.parametrize("bank", ["reported", "benign", "taken"])
def test_a_list_has_an_empty_bank_of_its_own(run, add, tmp_path, bank):
    source = tmp_path / "list"
    source.write_text(ONE.pdq.hex())
    run("bank", "import", source, "--bank", "taken")

    assert add(bank=bank).exit_code == 1
    assert run("import", "status", "--json").stdout == ""


def test_one_name_and_one_bank_are_given_once(run, add, there, tmp_path):
    add()
    source = tmp_path / "list"
    source.write_text(ONE.pdq.hex())

    assert "followed already" in add(bank="other").stderr
    assert "choose another name" in " ".join(add("other").stderr.split())
    for words in (("import", source), ("empty",)):
        filled = run("bank", *words, "--bank", "partner")
        assert (filled.exit_code, "`import run`" in filled.stderr) == (1, True)


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        (SECRETS, 0o640),
        (SECRETS | {"more": "x"}, 0o600),
        (SECRETS | {"subscription_key": ""}, 0o600),
        (SECRETS | {"subscription_key": "pLanted\nZebra"}, 0o600),
        ("pLanted", 0o600),
        ([], 0o600),
    ],
)
def test_credentials_are_read_from_a_private_file_alone(run, add, tmp_path, content, mode):
    refused = add(file=secrets_file(tmp_path, content, mode=mode))

    assert refused.exit_code == 1
    assert "chmod 600" in refused.stderr
    assert "pLanted" not in refused.stderr
    assert add(file=tmp_path / "none").exit_code == 1


@pytest.mark.parametrize("url", ["http://lists.example", "ftp://lists.example", "https://a:b@c"])
def test_an_address_in_the_clear_is_refused(add, url):
    assert add(url=url).exit_code == 2


def test_credentials_that_went_open_stop_a_run_and_are_stored_nowhere(
    run, add, there, credentials, folder
):
    there.answers = pages(ONE)
    add()
    whole = run("import", "run")
    credentials.chmod(0o644)

    done = run("import", "run")

    assert (whole.exit_code, done.exit_code) == (0, 1)
    assert "theirs: stopped: The credentials file" in done.stderr
    assert there.asked[0][2]["x-functions-key"] == "pLanted1Zebra"
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Zebra" not in kept
    assert b"credentials.json" in kept  # the control: its path is there


def test_a_run_that_is_killed_skips_nothing_and_lists_nothing_twice(run, add, there, folder):
    """It dies while it waits for the second page; the first one is kept whole."""
    there.answers, there.hold = pages(ONE, TWO), threading.Event()
    add()
    command = [sys.executable, "-m", "api", "import", "run", "--data", str(folder)]
    begun = subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert all(there.reached.acquire(timeout=60) for _ in range(2))
    begun.send_signal(signal.SIGKILL)
    begun.wait(20)
    there.hold.set()
    kept = json.loads(run("import", "status", "--json").stdout)
    there.asked.clear()
    there.answers = pages(ONE, TWO)  # the first page once more, as a server may send it

    done = run("import", "run", "--json")

    told = json.loads(done.stdout)
    assert (kept["entries"], kept["complete"]) == (1, None)
    assert there.asked[0][1]["startTimestamp"] == "20"
    assert (told["listed"], told["known"]) == (1, 1)
    banks = run("bank", "list").stdout
    assert "partner" in banks
    assert json.loads(run("import", "status", "--json").stdout)["entries"] == 2

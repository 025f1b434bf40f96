"""Planted secrets are searched in everything that a real server writes."""

import base64
import signal
import stat
from urllib.parse import quote

import pytest

from api.security.api_keys import KeyKind, PresentedKey
from api.security.crockford import decode
from api.security.key_files import make_key_files, read_key_files
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc.hashes import Algorithm
from hashsvc.times import now
from indexer.store import Store
from tests.api.bodies import IDEMPOTENCY_KEY, OTHER_PIN, PIN, ask, case_request, item_of, open_case
from tests.api.servers import Server
from tests.factories import make_hash, make_signature

SEEN = make_signature(seed=41)
UNSEEN = make_signature(seed=42)
REF = "ref-Quokka.7731"
USER_AGENT = "Wombat/77.31"


def six_forms(raw):
    """One secret as hexadecimal in either case, base 64 and its URL form, raw, and in a URL."""
    as_text = raw.decode("latin-1")
    return {
        raw.hex(),
        raw.hex().upper(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        as_text,
        quote(raw),
    }


def forms_in(text, secrets):
    """The names of the secrets that the text shows in any form."""
    return {
        name for name, raw in secrets.items() for form in six_forms(raw) if form and form in text
    }


@pytest.fixture(scope="module")
def key_and_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secret")
    make_key_files(folder)
    keys = read_key_files(folder)
    store = Store.at(Settings(data=folder).url, keys.seal)
    store.migrate()
    platforms = PlatformService(store, Pepper(keys.pepper))
    key = platforms.create_key("example", list(Scope), at=now(), days=1)
    store.close()
    return key, folder


def use_every_route(client, key):
    """What people and platforms do, mistakes included; returns the case number."""
    authorized = {"Authorization": f"Bearer {key.text()}", "User-Agent": USER_AGENT}
    number = open_case(client, SEEN, idempotency_key=IDEMPOTENCY_KEY).json()["case_number"]
    open_case(client, SEEN, pin=OTHER_PIN, idempotency_key=IDEMPOTENCY_KEY)
    case_request(client, "status", number)
    case_request(client, "status", number, pin=OTHER_PIN)
    case_request(client, "status", number, pin=f"{PIN}x")
    answer = ask(client, authorized, item_of(SEEN, ref=REF), item_of(UNSEEN, ref="other"))
    assert [line["verdict"] for line in answer.json()["items"]] == ["review", "none"]
    client.post("/v1/matches", json={"items": [item_of(SEEN, ref=f"{REF} /")]}, headers=authorized)
    client.get(f"/{number}/{SEEN.pdq.hex()}?pin={PIN}&key={key.text()}")
    client.post("/v1/cases", content=SEEN.pdq.hex(), headers={"Content-Type": "application/json"})
    assert ask(client, {"Authorization": f"Bearer {key.text()}x"}, item_of()).status_code == 401
    assert case_request(client, "withdraw", number).status_code == 204
    return number


@pytest.fixture(scope="module")
def written(key_and_folder):
    """(what the server wrote, its metrics, the planted secrets, its exit code, the folder)."""
    key, folder = key_and_folder
    server = Server(folder)
    try:
        number = use_every_route(server.client, key)
        metrics = server.client.get("/metrics").text
    finally:
        code, stdout = server.stop(signal.SIGTERM)
    secrets = {
        "pdq": SEEN.pdq.digest,
        "dhash": SEEN.dhash.digest,
        "unseen pdq": UNSEEN.pdq.digest,
        "pin": PIN.encode(),
        "other pin": OTHER_PIN.encode(),
        "number": number.encode(),
        "number without hyphens": number.replace("-", "").encode(),
        "number's bits": decode(number, signs=16).to_bytes(10, "big"),
        "idempotency key": IDEMPOTENCY_KEY.encode(),
        "API key": key.text().encode(),
        "API key's secret": key.secret.encode(),
        "ref": REF.encode(),
        "user agent": USER_AGENT.encode(),
    }
    return server.stderr + stdout, metrics, secrets, code, folder


def test_the_search_would_find_a_planted_secret(written):
    """The control: each form of each secret is found when it is there."""
    _, _, secrets, _, _ = written

    for name, raw in secrets.items():
        for form in six_forms(raw):
            assert name in forms_in(f"before {form} after", secrets)


def test_a_server_writes_no_secret(written):
    text, _, secrets, _, _ = written

    assert '"route": "/v1/cases"' in text
    assert forms_in(text, secrets) == set()


def test_metrics_show_no_secret(written):
    _, metrics, secrets, _, _ = written

    assert "hashsvc_requests_total" in metrics
    assert forms_in(metrics, secrets) == set()


def test_there_is_no_access_log(written):
    text, _, _, _, _ = written

    assert "uvicorn.access" not in text
    assert "127.0.0.1:" not in text.replace("http://127.0.0.1:", "")


def test_a_stopped_server_has_shut_down_in_order(written):
    text, _, _, code, _ = written

    assert code in {0, -signal.SIGTERM}
    assert "Application shutdown complete." in text
    assert "Traceback" not in text


def test_the_folder_keeps_no_secret_in_the_clear(written):
    _, _, secrets, _, folder = written
    content = (folder / "hashsvc.db").read_bytes().decode("latin-1")

    # A match keeps neither the ref nor the PIN; digits alone may well occur by chance.
    searched = {name: raw for name, raw in secrets.items() if "pin" not in name}
    assert forms_in(content, searched) == set()


def test_the_database_is_for_one_user_alone(tmp_path):
    server = Server(tmp_path / "var")

    server.stop()

    files = list((tmp_path / "var").iterdir())
    assert {path.name for path in files} >= {"hashsvc.db", "seal.keys", "pepper.keys"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_key_in_a_repr_shows_its_id_alone():
    key = PresentedKey(KeyKind.LIVE, "ab12cd34", make_hash(algorithm=Algorithm.PDQ).hex()[:43])

    assert key.secret not in f"{key} {key!r}"

"""What each file of the page may do, byte for byte, and how it is sent."""

import gzip
import re

import pytest

PAGE = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types app"
)
WORKER = "default-src 'none'; script-src 'self'; connect-src 'none'"
FILE = "default-src 'none'; frame-ancestors 'none'"
PAGES = ["/", "/how-it-works", "/platforms"]
FIRST_LOAD_BYTES = 60_000
IMPORT = re.compile(r"from '\./([\w-]+\.js)'")


@pytest.mark.parametrize("path", PAGES)
def test_pages_may_talk_to_this_origin_alone(client, path):
    assert client.get(path).headers["Content-Security-Policy"] == PAGE


def test_the_worker_may_talk_to_nobody(client):
    answer = client.get("/static/js/signature-worker.js")

    assert answer.headers["Content-Security-Policy"] == WORKER


def test_the_heic_worker_may_only_run_a_decoder(client):
    policy = client.get("/static/js/heic-worker.js").headers["Content-Security-Policy"]

    assert policy == WORKER.replace("'self';", "'self' 'wasm-unsafe-eval';")


@pytest.mark.parametrize("name", ["js/page.js", "page.css", "icon.svg", "js/photo.js"])
def test_other_files_have_no_rights_of_their_own(client, name):
    assert client.get(f"/static/{name}").headers["Content-Security-Policy"] == FILE


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/static/js/page.js", "text/javascript; charset=utf-8"),
        ("/static/page.css", "text/css; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
    ],
)
def test_files_are_what_they_say_and_stay_nowhere(client, path, media_type):
    headers = client.get(path).headers

    assert headers["Content-Type"] == media_type
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", [*PAGES, "/static/js/page.js"])
def test_packed_or_not_it_is_the_same_every_time(client, path):
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    again = client.get(path, headers={"Accept-Encoding": "gzip", "User-Agent": "another"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.content == packed.content == again.content
    assert packed.headers["Content-Length"] == again.headers["Content-Length"]


@pytest.mark.parametrize(
    "name", ["", "nothing.js", "../pages.py", "..%2fpages.py", "js/", "%2e%2e/page.toml", "js"]
)
def test_nothing_else_is_served(client, name):
    answer = client.get(f"/static/{name}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-found"


def loaded_with(client, name, seen):
    """A script and all that it imports."""
    if name in seen:
        return
    text = client.get(f"/static/js/{name}").text
    seen[name] = len(gzip.compress(text.encode(), 9))
    for imported in IMPORT.findall(text):
        loaded_with(client, imported, seen)


def test_the_first_load_is_small(client):
    scripts = {}
    for name in ("page.js", "signature-worker.js"):
        loaded_with(client, name, scripts)
    others = ["/", "/static/page.css", "/static/icon.svg"]

    size = sum(len(gzip.compress(client.get(path).content, 9)) for path in others)

    assert len(scripts) > 15
    assert size + sum(scripts.values()) <= FIRST_LOAD_BYTES


def test_nothing_on_a_page_names_another_host_but_the_ways_to_help(client):
    text = "".join(client.get(path).text for path in PAGES)

    hosts = set(re.findall(r"(?:https?:)?//([\w.-]+\.\w+)", text))

    assert hosts == {"www.google.com", "takeitdown.ncmec.org"}  # the exit, and a help line


@pytest.mark.parametrize("path", PAGES)
def test_titles_tell_nothing(client, path):
    text = client.get(path).text

    assert re.findall("<title>(.*?)</title>", text) == ["Photos"]
    assert "og:" not in text
    assert "manifest" not in text


def test_the_exit_comes_first(client):
    for path in PAGES:
        places = re.findall(r'<(?:a|button|input)[^>]*? id="([\w-]+)"', client.get(path).text)

        assert places[:2] == ["skip", "exit"]

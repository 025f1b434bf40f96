"""Signing in and out: who may, for how long, and what a stolen or foreign request cannot do."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from api.security.errors import KeyInvalidError
from api.security.scopes import Scope
from api.services import wrong_keys
from api.services.console_sessions import IDLE, LONGEST
from hashsvc.times import now
from indexer.store.console_tables import console_session
from tests.api.console.desks import PROOF, Desk, browser_of
from tests.indexer.rows import alter

SIGN_IN = "/console/sign-in"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(services):
    return services.matching.store


def sessions(store):
    with store.snapshot() as tx:
        return tx.connection.execute(select(console_session)).all()


def is_signed_in(desk):
    answer = desk.get()
    assert answer.status_code == 200 or answer.headers["Location"].startswith(SIGN_IN)
    return answer.status_code == 200


def test_nobody_gets_in_without_a_session(client):
    browser = browser_of(client)

    for path in ("/console", "/console/matches/mat_1", "/console/export.csv"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, SIGN_IN)


def test_a_key_opens_a_session(desk):
    assert is_signed_in(desk())


@pytest.mark.parametrize(
    ("origin", "name", "is_secure"),
    [
        ("https://console.example", "__Host-console", True),
        ("https://localhost", "__Host-console", True),
        ("http://console.example", "__Host-console", True),
        ("http://localhost:8000", "console", False),
        ("http://127.0.0.1", "console", False),
        ("http://[::1]:8000", "console", False),
    ],
)
def test_the_cookie_stays_with_this_host_and_away_from_scripts(
    client, make_text_key, origin, name, is_secure
):
    browser = browser_of(client, origin)
    shown = browser.get(SIGN_IN)
    form = shown.headers["Set-Cookie"].partition(";")[0]
    proof = PROOF.search(shown.text)[1]

    answer = browser.post(
        SIGN_IN, data={"proof": proof, "key": make_text_key()}, headers={"Cookie": form}
    )

    given = [value for value in answer.headers.get_list("Set-Cookie") if "=" in value]
    (session,) = [value for value in given if value.startswith(f"{name}=")]
    words = {word.strip().lower() for word in session.split(";")[1:]}
    assert words == {"httponly", "path=/", "samesite=strict"} | ({"secure"} if is_secure else set())
    assert "domain" not in session.lower()


def test_a_wrong_key_is_told_in_one_sentence_without_itself(client, make_text_key):
    good = make_text_key()
    wrong = good[:-1] + ("a" if good[-1] != "a" else "b")

    for key in (wrong, "hsk_live_planted0_" + "Z" * 43, "<script>planted</script>", ""):
        answer = Desk(browser_of(client), key or " ").sign_in()
        assert answer.status_code == 401
        assert KeyInvalidError.__doc__ in unescape(answer.text)
        assert "planted" not in answer.text
        assert wrong not in answer.text
        assert "Set-Cookie" not in answer.headers


def test_after_ten_wrong_keys_a_right_one_must_wait(client, make_text_key, monkeypatch):
    desk = Desk(browser_of(client), make_text_key())
    for _ in range(10):
        assert desk.sign_in("wrong").status_code == 401

    answer = desk.sign_in()
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert "wait some minutes" in answer.text

    monkeypatch.setattr(wrong_keys, "_WINDOW_SECONDS", 0.0)
    assert desk.sign_in().status_code == 303


def test_a_key_that_may_not_read_matches_does_not_open_the_console(client, make_text_key):
    answer = Desk(browser_of(client), make_text_key(Scope.DECISIONS_WRITE)).sign_in()

    assert answer.status_code == 403
    assert "matches:read" in answer.text


def test_a_key_whose_requests_must_be_signed_is_not_enough(client, make_text_key):
    key = make_text_key(public_key=bytes(32))

    assert Desk(browser_of(client), key).sign_in().status_code == 403


def test_a_session_is_new_whatever_the_browser_held(client, make_text_key, store):
    desk = Desk(browser_of(client), make_text_key())
    desk.browser.cookies.set("console", "planted-by-somebody", domain="localhost.local")

    desk.sign_in()

    tokens = {cookie.value for cookie in desk.browser.cookies.jar if cookie.name == "console"}
    assert tokens - {"planted-by-somebody"}
    intruder = browser_of(client)
    intruder.cookies.set("console", "planted-by-somebody")
    assert intruder.get("/console").status_code == 303


def test_signing_in_again_ends_the_session_before(client, desk, store):
    first = desk()
    old = dict(first.browser.cookies)

    first.sign_in()

    assert len(sessions(store)) == 1
    thief = browser_of(client)
    thief.cookies.update(old)
    assert thief.get("/console").status_code == 303


def test_the_store_holds_nothing_to_sign_in_with(desk, store):
    token = desk().browser.cookies["console"]

    (row,) = sessions(store)

    assert token.encode() not in row.mac
    assert len(row.mac) == 32


def test_signing_out_ends_it_here_and_in_the_store(client, desk, store):
    somebody = desk()
    old = dict(somebody.browser.cookies)

    answer = somebody.send("/console/sign-out")

    assert answer.headers["Location"] == SIGN_IN
    assert sessions(store) == []
    thief = browser_of(client)
    thief.cookies.update(old)
    assert thief.get("/console").status_code == 303


@pytest.mark.parametrize(
    ("used", "opened", "lasts"),
    [
        (IDLE - MINUTE, IDLE, True),
        (IDLE, IDLE, False),
        (MINUTE, LONGEST - MINUTE, True),
        (MINUTE, LONGEST, False),
    ],
)
def test_a_session_ends_by_itself(desk, store, used, opened, lasts):
    somebody, at = desk(), now()

    alter(store, console_session, used_at=at - used, opened_at=at - opened)

    assert is_signed_in(somebody) is lasts


def test_using_a_session_keeps_it_but_not_beyond_its_end(desk, store):
    somebody, at = desk(), now()
    alter(store, console_session, used_at=at - IDLE + MINUTE)
    assert is_signed_in(somebody)

    (row,) = sessions(store)

    assert row.used_at >= at
    alter(store, console_session, opened_at=at - LONGEST)
    assert not is_signed_in(somebody)


def test_old_sessions_are_forgotten_when_somebody_signs_in(desk, store):
    desk()
    alter(store, console_session, used_at=now() - IDLE)

    desk()

    assert len(sessions(store)) == 1


def test_a_revoked_key_ends_its_sessions_at_once(desk, services):
    somebody, colleague = desk(), desk()
    assert is_signed_in(somebody)

    services.platforms.revoke_key(somebody.key.split("_")[2], at=now())

    assert not is_signed_in(somebody)
    assert is_signed_in(colleague)


def test_an_ended_session_says_that_nothing_was_done(desk, store):
    somebody = desk()
    proof = somebody.proof()
    alter(store, console_session, used_at=now() - IDLE)

    answer = somebody.browser.post("/console/decisions", data={"proof": proof})

    assert answer.status_code == 303
    assert "was not done" in somebody.browser.get(answer.headers["Location"]).text


POSTS = [
    "/console/decisions",
    "/console/matches/{match_id}/appeals",
    "/console/undo",
    "/console/sign-out",
]


def test_these_are_all_forms_that_are_sent(client):
    from tests.project.openapi import routes_of  # noqa: PLC0415

    posts = {
        route.path
        for route in routes_of(client.app.routes)
        if route.path.startswith("/console") and "POST" in route.methods
    }

    assert posts == {*POSTS, SIGN_IN}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("kind", ["missing", "empty", "garbage", "of another session", "of no one"])
def test_a_form_without_its_proof_does_nothing(desk, store, path, kind):
    somebody, other = desk(*Scope), desk(name="other")
    foreign = {
        "missing": {"choice": "kept/not_a_match"},
        "empty": {"proof": ""},
        "garbage": {"proof": "ä" * 64},
        "of another session": {"proof": other.proof()},
        "of no one": {"proof": PROOF.search(other.text(SIGN_IN))[1]},
    }[kind]

    answer = somebody.browser.post(path, data=foreign)

    assert answer.status_code == 403
    assert "not made for you" in answer.text
    assert len(sessions(store)) == 2


@pytest.mark.parametrize("proof", ["", "0" * 64])
def test_nobody_is_signed_in_by_somebody_elses_form(client, make_text_key, proof):
    """Else a moderator might work, unnoticed, with a stranger's key."""
    stranger, victim = browser_of(client), browser_of(client)
    theirs = PROOF.search(stranger.get(SIGN_IN).text)[1]
    victim.get(SIGN_IN)

    for sent in (proof, theirs):
        answer = victim.post(SIGN_IN, data={"proof": sent, "key": make_text_key()})
        assert answer.status_code == 403
    fresh = browser_of(client).post(SIGN_IN, data={"proof": theirs, "key": make_text_key()})
    assert fresh.status_code == 403


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"proof=1", "text/plain", 415),
        (b'{"proof":1}', "application/json", 415),
        (b"proof=\xff", "application/x-www-form-urlencoded", 422),
        (b"proof=%ff", "application/x-www-form-urlencoded", 422),
        (b"&".join([b"a=1"] * 501), "application/x-www-form-urlencoded", 422),
    ],
)
def test_what_is_no_form_is_refused(desk, content, media_type, status):
    answer = desk().browser.post(
        "/console/undo", content=content, headers={"Content-Type": media_type}
    )

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_pages_may_load_from_here_and_send_here_alone(desk):
    policy = desk().get().headers["Content-Security-Policy"]

    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert {"script-src", "style-src", "form-action"} <= rules.keys()
    assert {rules[name] for name in ("script-src", "style-src", "form-action")} == {"'self'"}
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert not {"img-src", "connect-src", "frame-src"} & rules.keys()


def test_nothing_on_a_page_runs_or_shows_what_is_not_in_a_file_of_ours(desk):
    somebody = desk()
    for text in (somebody.text(), somebody.text(SIGN_IN)):
        assert not re.search(r"<(img|picture|svg|iframe|object|embed|video|style)\b", text)
        assert not re.search(r"\s(on\w+|style)=", text)
        assert re.findall(r"<script\b[^>]*>", text) == [
            '<script type="module" src="/console/static/console.js">'
        ]


@pytest.mark.parametrize("name", ["nothing.js", "..%2fpages.py", "console.html", ""])
def test_no_other_file_is_served(client, name):
    assert browser_of(client).get(f"/console/static/{name}").status_code == 404

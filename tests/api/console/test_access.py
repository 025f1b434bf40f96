"""Every page of the console with no session, another platform's, a reader's: every cell."""

import pytest

from api.security.scopes import Scope
from tests.api.access import WITH_SESSION
from tests.api.console.desks import browser_of
from tests.api.deciding import matched

OPEN = {"GET /console/sign-in", "POST /console/sign-in", "GET /console/static/{name}"}
CLOSED = sorted(WITH_SESSION - OPEN)


def ask(browser, route, match_id, **fields):
    method, path = route.split()
    return browser.request(method, path.replace("{match_id}", match_id), **fields)


@pytest.mark.parametrize("route", CLOSED)
@pytest.mark.parametrize("cookie", [None, "", "x", "x" * 43])
def test_without_a_session_one_is_sent_to_sign_in(client, asking, route, cookie):
    browser = browser_of(client)
    if cookie is not None:
        browser.cookies.set("console", cookie)

    answer = ask(
        browser,
        route,
        matched(client, asking),
        data={"proof": "0" * 64} if "POST" in route else None,
    )

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/console/sign-in")
    assert "upl-1" not in answer.text


@pytest.mark.parametrize("route", CLOSED)
def test_an_api_key_in_a_header_is_no_session(client, asking, make_key, route):
    key = make_key(*Scope)

    answer = ask(browser_of(client), route, matched(client, asking), headers=key)

    assert answer.status_code in {303, 415}
    assert "upl-1" not in answer.text


@pytest.mark.parametrize("path", ["/console/decisions", "/console/undo"])
def test_who_only_reads_decides_nothing(client, asking, desk, path):
    match_id = matched(client, asking)
    reader = desk(Scope.MATCHES_READ)

    answer = reader.send(path, match=match_id, choice="kept/not_a_match", held="1")

    assert answer.status_code == 403
    assert "it cannot decide" in reader.text()
    assert 'name="choice"' not in reader.text() + reader.text(f"/console/matches/{match_id}")


def test_a_sessions_cookie_is_no_api_key(desk):
    somebody = desk(*Scope)
    token = somebody.browser.cookies["console"]

    assert somebody.get("/v1/matches").status_code == 401
    answer = somebody.browser.get("/v1/matches", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401

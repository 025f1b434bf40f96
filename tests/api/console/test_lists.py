"""What moderators see: their own platform's matches, whole and escaped, and nobody else's."""

from datetime import timedelta
from html import escape, unescape

import pytest

from api.console import lists
from api.console.links import viewer_link
from api.console.words import time_left
from api.security.scopes import Scope
from api.services.platform_policies import PlatformPolicy
from hashsvc.times import now
from indexer.store import tables
from indexer.store.matches import about_ref
from tests.api.bodies import case_request, opened_number
from tests.api.console.desks import refs_in
from tests.api.deciding import decide, match_on, matched
from tests.factories import make_signature
from tests.indexer.factories import AT
from tests.indexer.rows import alter

HOUR = timedelta(hours=1)
HOSTILE = """"><script>alert(1)</script>'{{7*7}}"""


@pytest.fixture
def store(services):
    return services.matching.store


def write_ref(store, platform_id, match_id, ref):
    """Keep a reference that no route takes."""
    with store.transaction() as tx:
        sealed = tx.policies.key(platform_id).seal_text(ref, about_ref(match_id))
    alter(store, tables.match, tables.match.c.id == match_id, ref=sealed)


def write_template(services, caller, template):
    services.policies.set(caller, PlatformPolicy(link_template=template), at=AT)


def caller_of(console, desk):
    return console.sessions.caller(desk.browser.cookies["console"], at=now())


def test_the_soonest_clock_comes_first(client, desk, asking, store):
    late, soon = (
        matched(client, asking, seed=seed, ref=ref) for seed, ref in ((1, "late"), (2, "soon"))
    )
    alter(store, tables.match, tables.match.c.id == late, due_at=now() + 9 * HOUR)
    alter(store, tables.match, tables.match.c.id == soon, due_at=now() + HOUR)

    assert desk().refs() == ["soon", "late"]


def test_an_overdue_clock_is_said_in_words(client, desk, asking, store):
    match_id = matched(client, asking)
    alter(store, tables.match, due_at=now() - 3 * HOUR - timedelta(minutes=5))
    alter(store, tables.clock, due_at=now() - 3 * HOUR - timedelta(minutes=5))

    somebody = desk()

    assert "overdue by 3 h 5 min" in somebody.text()
    assert "overdue by 3 h 5 min" in somebody.text(f"/console/matches/{match_id}")


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (None, "no clock runs"),
        (AT + HOUR, "1 h left"),
        (AT + 26 * HOUR + timedelta(minutes=3), "1 day 2 h left"),
        (AT + 49 * HOUR, "2 days 1 h left"),
        (AT + 48 * HOUR + timedelta(minutes=3), "2 days 3 min left"),
        (AT + timedelta(seconds=59), "less than a minute left"),
        (AT, "overdue by less than a minute"),
        (AT - timedelta(minutes=61), "overdue by 1 h 1 min"),
    ],
)
def test_time_in_words(due, words):
    assert time_left(due, at=AT) == words


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ({}, ["open", "pending"]),
        ({"show": "decided"}, ["kept"]),
        ({"show": "pending"}, ["pending"]),
        ({"show": "all"}, ["kept", "open", "pending"]),
        ({"tier": "strong", "surface": "profile"}, ["pending"]),
        ({"tier": "likely"}, []),
        ({"list_state": "confirmed"}, []),
        ({"list_state": "probation", "show": "all"}, ["kept", "open", "pending"]),
        ({"due": "overdue"}, ["open"]),
        ({"due": "soon"}, ["open", "pending"]),
        ({"tier": "", "surface": "", "due": "", "cursor": ""}, ["open", "pending"]),
    ],
)
def test_the_list_is_filtered(client, desk, make_key, store, query, refs):
    key = make_key(Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE)
    ids = {
        ref: matched(client, key, seed=seed, ref=ref, surface=surface)
        for seed, (ref, surface) in enumerate(
            {"open": "upload", "pending": "profile", "kept": "upload"}.items()
        )
    }
    decide(client, key, ids["pending"], decision="pending", reason="under_review")
    decide(client, key, ids["kept"], decision="kept", reason="not_intimate")
    alter(store, tables.match, tables.match.c.id == ids["open"], due_at=now() - HOUR)
    alter(store, tables.match, tables.match.c.id == ids["pending"], due_at=now() + HOUR)

    assert sorted(desk().refs(**query)) == refs


@pytest.mark.parametrize("query", ["tier=planted", "show=planted", "due=x", "said=planted"])
def test_an_unknown_filter_is_refused_without_an_echo(desk, query):
    answer = desk().browser.get(f"/console?{query}")

    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "planted" not in answer.text


@pytest.mark.parametrize("cursor", ["planted", "x" * 300, "%00"])
def test_a_foreign_cursor_is_refused(desk, cursor):
    assert desk().get(cursor=cursor).status_code == 422


def test_pages_hold_every_match_once(client, desk, asking, monkeypatch):
    monkeypatch.setattr(lists, "_ROWS", 2)
    refs = [f"upl-{seed}" for seed in range(5)]
    for seed, ref in enumerate(refs):
        matched(client, asking, seed=seed, ref=ref)
    somebody = desk()

    seen, path = [], "/console"
    while path:
        text = somebody.text(path)
        seen.append(refs_in(text))
        path = link_in(text, "Next page")

    assert [len(page) for page in seen] == [2, 2, 1]
    assert sorted(ref for page in seen for ref in page) == refs


def link_in(text, words):
    before, found, _ = text.partition(f">{words}</a>")
    return unescape(before.rpartition('href="')[2].rstrip('"')) if found else None


def test_a_match_shows_clocks_notices_and_history(client, desk, make_key):
    key = make_key(Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE)
    match_id = matched(client, key)
    decide(client, key, match_id, decision="pending", reason="under_review")
    decide(client, key, match_id, automated=True)
    for elements in ([], ["signature"]):
        client.post(
            f"/v1/matches/{match_id}/notices",
            json={"regime": "us-tida", "received_at": "2026-01-02T03:04:05Z", "elements": elements},
            headers=key,
        )

    text = desk().text(f"/console/matches/{match_id}")

    assert text.count("not valid: it lacks") == 2
    assert text.index("Pending: Somebody is looking at it") < text.index("by a person")
    assert "Removed: Intimate, without consent" in text
    assert "automated" in text
    assert "stopped (removed)" in text
    assert "received 2026-01-02 03:04 UTC" in text


def test_a_withdrawn_match_says_that_nothing_is_to_be_done(client, desk, asking):
    signature = make_signature(seed=1)
    number = opened_number(client, signature)
    match_id = match_on(client, asking, signature)
    case_request(client, "withdraw", number)
    somebody = desk()

    assert somebody.refs() == []
    assert "withdrawn: nothing to do" in somebody.text(f"/console/matches/{match_id}")


def test_another_platforms_matches_are_nowhere(client, desk, asking):
    match_id = matched(client, asking, ref="ours-7731")
    stranger = desk(name="other")

    unknown = stranger.get("/console/matches/mat_nobodys")
    theirs = stranger.get(f"/console/matches/{match_id}")

    assert (theirs.status_code, theirs.text) == (unknown.status_code, unknown.text)
    assert theirs.status_code == 404
    for path in ("/console?show=all", "/console/export.csv?show=all", "/console/export.json"):
        assert "7731" not in stranger.text(path)
        assert match_id not in stranger.text(path)


def test_another_platforms_cursor_opens_nothing(client, desk, asking, monkeypatch):
    monkeypatch.setattr(lists, "_ROWS", 1)
    for seed in (1, 2):
        matched(client, asking, seed=seed, ref=f"upl-{seed}")
    path = link_in(desk().text(), "Next page")

    assert "cursor=" in path
    assert desk(name="other").get(path).status_code == 422


def test_hostile_words_stay_words(client, desk, asking, console, store):
    somebody = desk()
    platform_id = caller_of(console, somebody).platform.platform_id
    match_id = matched(client, asking)
    write_ref(store, platform_id, match_id, HOSTILE)

    for path in ("/console", f"/console/matches/{match_id}"):
        text = somebody.text(path)
        assert escape(HOSTILE) in text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
        assert "<script>alert" not in text


def test_a_platforms_name_is_escaped(desk):
    text = desk(name="<i>planted</i>").text()

    assert "<i>planted" not in text
    assert "&lt;i&gt;planted" in text


def test_the_viewers_link_tells_nobody_where_one_came_from(client, desk, asking, console):
    matched(client, asking, ref="upl:8841")
    somebody = desk()
    write_template(console.services, caller_of(console, somebody), "https://view.example/p/{ref}?x")

    text = somebody.text()

    (link,) = [line for line in text.splitlines() if "view.example" in line]
    assert 'href="https://view.example/p/upl%3A8841?x"' in link
    assert 'rel="noopener noreferrer nofollow"' in link


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(1)//{ref}",
        "JAVASCRIPT://x/{ref}",
        "data:text/html,{ref}",
        "http://view.example/{ref}",
        "//view.example/{ref}",
        "/console/{ref}",
        "{ref}",
        "https://{ref}",
        "https://{ref}.example/",
        "https://view.example@{ref}/",
        "https://somebody@view.example/{ref}",
        "https://[::1/{ref}",
        "https://view.example/",
        "",
        None,
    ],
)
def test_a_template_that_leads_elsewhere_is_nolink_in(template):
    assert viewer_link(template, "evil.example") is None


@pytest.mark.parametrize("ref", ["javascript:alert(1)", "../../x", "a b&c=d#e", HOSTILE])
def test_a_reference_never_leaves_its_place_in_the_address(ref):
    address = viewer_link("https://view.example/p/{ref}/q", ref)

    assert address.startswith("https://view.example/p/")
    assert address.endswith("/q")
    assert address.count("/") == 5
    assert not set(address) & set(" \"'<>#&{}")


def test_a_hostile_template_in_the_store_is_not_shown(client, desk, asking, console):
    matched(client, asking)
    somebody = desk()
    for template in ("javascript:alert(1)//{ref}", 'https://x.example/"onclick="{ref}'):
        write_template(console.services, caller_of(console, somebody), template)
        text = somebody.text()
        assert "javascript:" not in text
        assert '"onclick' not in text


def test_a_match_without_a_reference_is_still_there(client, desk, asking, store):
    matched(client, asking)
    alter(store, tables.match, ref=None)

    assert desk().refs() == ["no reference"]

"""NCMEC's dialect: credentials, windows, and documents that are refused."""

from base64 import b64encode
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from api.compat.mappings import NEGATIVE
from api.compat.ncmec_xml import NAMESPACE
from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.bodies import open_case
from tests.factories import make_signature

PATH = "/compat/ncmec/v2"
LISTED = make_signature(seed=1)
AFFIRMATIVE = f'<feedbackSubmission xmlns="{NAMESPACE}"><affirmative /></feedbackSubmission>'
BOMB = (
    '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]>'
    "<feedbackSubmission><affirmative>&c;</affirmative></feedbackSubmission>"
)


def basic(user, password):
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def credentials(platform):
    return basic(platform.key.key_id, platform.key.text())


def get(platform, path, **parameters):
    return platform.client.get(f"{PATH}{path}", params=parameters, headers=credentials(platform))


def parsed(answer):
    return ET.fromstring(answer.content)  # noqa: S314  # our own answer


def entries(platform, **parameters):
    """(name of the element, id) of each entry."""
    root = parsed(get(platform, "/entries", **parameters))
    images = root.find(f"{{{NAMESPACE}}}images")
    return [(one.tag.rpartition("}")[2], one.findtext(f"{{{NAMESPACE}}}id")) for one in images]


def put(platform, body, *, entry, kind="PDQ"):
    path = f"{PATH}/entries/1/{entry}/{kind}/feedback"
    return platform.client.put(path, content=body, headers=credentials(platform))


@pytest.fixture
def entry(client, platform, publish):
    """A platform that may have the list, and the id of the one photo on it."""
    recipient = platform()
    open_case(client, LISTED)
    publish()
    return recipient, entries(recipient)[-1][1]


@pytest.mark.parametrize("path", ["/status", "/members", "/entries", "/feedback/PDQ/reasons"])
def test_every_route_wants_credentials_and_scope(client, platform, path):
    recipient, other = platform(), platform("other", Scope.MATCHES_WRITE)
    wrong = [{}, basic("nobody", recipient.key.text()), basic(recipient.key.key_id, "x")]

    refused = [client.get(PATH + path, headers=one).status_code for one in wrong]

    assert refused == [401, 401, 401]
    assert get(other, path).status_code == 403
    assert get(recipient, path).status_code == 200


def test_nothing_is_answered_where_lists_are_off(start, connect, platform):
    recipient = platform()
    off = connect(start())

    for path in ("/members", "/entries"):
        assert off.get(PATH + path, headers=credentials(recipient)).status_code == 403


def test_an_empty_window_has_no_entries(platform):
    recipient = platform()

    root = parsed(get(recipient, "/entries", to="1990-01-01T00:00:00Z"))

    assert [(one.tag.rpartition("}")[2], one.attrib) for one in root] == [
        ("images", {"count": "0"}),
        ("videos", {"count": "0"}),
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {"to": "tomorrow"},
        {"to": f"{now() + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"},
        {"from": "2026-02-31T00:00:00Z"},
        {"from": "2026-11-22T00:00:00+01:00"},
        {"start": "x"},
        {"start": -1},
    ],
)
def test_what_is_no_window_is_a_400(platform, parameters):
    answer = get(platform(), "/entries", **parameters)

    assert (answer.status_code, list(answer.json())) == (400, ["message"])


@pytest.mark.parametrize("begin", ["1969-12-31T19:00:00Z", "1970-01-01T00:00:00.123Z"])
def test_times_before_1970_and_fractions_are_read(entry, begin):
    recipient, id_ = entry

    assert ("image", id_) in entries(recipient, **{"from": begin})


def test_long_windows_come_in_pages(client, platform, publish, monkeypatch):
    monkeypatch.setattr("api.compat.ncmec._PAGE", 4)
    recipient = platform()
    open_case(client, *(make_signature(seed=seed) for seed in range(5)))
    publish()

    first = parsed(get(recipient, "/entries"))
    following = first.findtext(f"{{{NAMESPACE}}}paging/{{{NAMESPACE}}}next")
    rest = client.get(f"/compat/ncmec{following}", headers=credentials(recipient))

    assert following.startswith("/v2/entries?from=1970-01-01T00%3A00%3A00Z&to=")
    assert len(first.find(f"{{{NAMESPACE}}}images")) == 4
    images = parsed(rest).find(f"{{{NAMESPACE}}}images")
    assert (len(images), images.get("count")) == (3, "3")


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<!DOCTYPE html>" + AFFIRMATIVE,
        "<feedbackSubmission>",
        "no xml",
        "",
        "<a>" * 100 + "</a>" * 100,
        '<?xml version="1.0" encoding="utf-99"?><a/>',
        "<feedbackSubmission/>",
        "<feedbackSubmission><negative/></feedbackSubmission>",
        "<f><negative><reasonIds><guid>x</guid></reasonIds></negative></f>",
        "<f><affirmative/><negative/></f>",
    ],
)
def test_documents_that_are_no_feedback_are_refused(entry, services, body):
    recipient, id_ = entry

    answer = put(recipient, body, entry=id_)

    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert "passwd" not in answer.text
    with services.lists.store.snapshot() as tx:
        assert tx.connection.exec_driver_sql("SELECT * FROM decision").all() == []


@pytest.mark.parametrize(("guid", "reason"), NEGATIVE.items())
def test_each_reason_becomes_ours(entry, services, guid, reason):
    recipient, id_ = entry
    body = f"<f><negative><reasonIds><guid>{guid}</guid></reasonIds></negative></f>"

    assert put(recipient, body, entry=id_).status_code == 200

    with services.lists.store.snapshot() as tx:
        (row,) = tx.connection.exec_driver_sql("SELECT decision, reason FROM decision")
    assert tuple(row) == ("kept", reason)


def test_feedback_needs_the_scope_and_a_known_entry(entry, platform):
    recipient, id_ = entry
    reader = platform("reader", Scope.LISTS_READ)

    assert put(recipient, AFFIRMATIVE, entry=id_).status_code == 200
    assert put(reader, AFFIRMATIVE, entry=id_).status_code == 403
    assert put(recipient, AFFIRMATIVE, entry="lst_" + "0" * 26).status_code == 404
    assert put(recipient, AFFIRMATIVE, entry=id_, kind="MD5").status_code == 404

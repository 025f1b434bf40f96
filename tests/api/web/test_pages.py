"""The page for people."""

import re


def test_the_page_loads_nothing_from_elsewhere(client):
    answer = client.get("/")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert not re.findall(r"(?:src|action|@import)\s*=?\s*[\"']?https?:", answer.text)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_search_engines_are_asked_to_stay_away(client):
    assert 'name="robots" content="noindex' in client.get("/").text


def test_the_page_promises_nothing_that_a_hash_cannot_hold(client):
    text = client.get("/").text.lower()

    assert not [word for word in ("irreversib", "anonymous", "zero knowledge") if word in text]

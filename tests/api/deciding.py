"""Matches and what platforms decide about them, over HTTP."""

from itertools import count

from tests.api.bodies import ask, item_of, only_line, opened_number
from tests.factories import make_signature

DECIDED_AT = "2026-01-02T03:04:05Z"
_keys = count()


def fresh_key():
    """An idempotency key that no other request has."""
    return f"key-{next(_keys)}"


def decision_of(decision="removed", reason="intimate_no_consent", **fields):
    return {"decision": decision, "reason": reason, "decided_at": DECIDED_AT, **fields}


def decide(client, key, match_id, *, repeat_key=None, **fields):
    """The answer to a decision."""
    return client.post(
        f"/v1/matches/{match_id}/decision",
        json=decision_of(**fields),
        headers={**key, "Idempotency-Key": repeat_key or fresh_key()},
    )


def matched(client, key, *, seed=1, ref="upl-1", **fields):
    """The id of a match on the signature of a case that is opened for it."""
    signature = make_signature(seed=seed)
    opened_number(client, signature)
    return match_on(client, key, signature, ref=ref, **fields)


def match_on(client, key, signature, *, ref="upl-1", **fields):
    """The id of the match that a platform gets on what is listed."""
    return only_line(ask(client, key, item_of(signature, ref=ref, **fields)))["match_id"]


def changes(client, key, cursor=None, **query):
    """The answer to reading a feed."""
    params = query | ({"cursor": cursor} if cursor else {})
    return client.get("/v1/changes", params=params, headers=key)


def kinds(client, key):
    """What a platform was told, in order."""
    return [entry["kind"] for entry in changes(client, key).json()["items"]]

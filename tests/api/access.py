"""Who may call which route. `test_authorisation.py` tries every cell of this table.

A route without a row fails the tests, and so does a row without a route. To add one:

- nobody's key is asked for: name it in `WITHOUT_KEY`;
- it is a page of the console: name it in `WITH_SESSION`;
- a platform's key is: add a `Row` to `WITH_KEY`, with the scope (None: any key will do), a body
  that the route takes, and, where its address or body names something of a platform, what another
  platform is answered (`foreign`). Ids in addresses come from `World.ids`;
- with credentials of its own (another network's dialect): give the row a `send`.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from api.compat.function_keys import Endpoint, function_key
from api.security.scopes import Scope
from indexer.audit_records import Act
from tests.api.bodies import item_of
from tests.api.deciding import decision_of
from tests.factories import make_signature

SEEN = make_signature(seed=1)
NOTICE = {
    "regime": "us-tida",
    "received_at": "2026-01-02T03:04:05Z",
    "elements": ["signature", "location", "good_faith", "contact"],
}
RECEIPT = {
    "from": "2026-01-01T00:00:00Z",
    "to": "2026-01-02T00:00:00Z",
    "items_scanned": 1,
    "hits": 0,
}
OPINION = {
    "hash": SEEN.pdq.hex(),
    "decision": "pending",
    "reason": "under_review",
    "automated": True,
}
MONTH = "?period=2026-01"
ADDRESS = "http://127.0.0.1:9/hints"  # nobody listens there
_CURSOR = "the cursor of the one who asks, or of platform A"

LOOKUP = f"?signal_type=pdq&signal={SEEN.pdq.hex()}"
WITHOUT_KEY = {
    "GET /",
    "GET /v1/reports/transparency",
    "GET /v1/reports/transparency.csv",
    "GET /v1/reports/transparency.html",
    "GET /compat/hma/status",
    "GET /compat/hma/status/live",
    "GET /.well-known/hashsvc-keys.json",
    "GET /healthz",
    "GET /how-it-works",
    "GET /metrics",
    "GET /openapi.json",
    "GET /platforms",
    "GET /readyz",
    "GET /static/{name:path}",
    # A survivor has a number and a PIN: `test_cases.py`.
    "POST /v1/cases",
    "POST /v1/cases/signatures",
    "POST /v1/cases/status",
    "POST /v1/cases/withdraw",
}

# A moderator has a session instead: `tests/api/console/test_access.py` tries these.
WITH_SESSION = {
    "GET /console",
    "GET /console/export.csv",
    "GET /console/export.json",
    "GET /console/matches/{match_id}",
    "GET /console/sign-in",
    "GET /console/static/{name}",
    "POST /console/decisions",
    "POST /console/matches/{match_id}/appeals",
    "POST /console/sign-in",
    "POST /console/sign-out",
    "POST /console/undo",
}


def appeal_of(ids):
    """About the match that stands among the ids; rejected, it moves nothing."""
    return {
        "match_id": ids["match_id"],
        "outcome": "rejected",
        "reason": "other",
        "decided_at": "2026-01-02T03:04:05Z",
    }


def bearer(_world, key):
    return {"Authorization": f"Bearer {key.text()}"}


def basic(_world, key):
    """What NCMEC's clients send."""
    credentials = b64encode(f"{key.key_id}:{key.text()}".encode()).decode()
    return {"Authorization": f"Basic {credentials}"}


def stopncii(endpoint):
    """The two keys that StopNCII's clients send."""

    def two_keys(world, key):
        return {
            "Ocp-Apim-Subscription-Key": key.text(),
            "x-functions-key": function_key(world.platforms.pepper, endpoint, key.key_id),
        }

    return two_keys


@dataclass(frozen=True)
class Row:
    """Who may call one route, and how."""

    scope: Scope | None
    body: Any = None
    foreign: int | None = None  # status for what is another platform's; None: it names nothing
    send: Callable = bearer
    query: str = ""
    refused: int = 409  # what the right key may be answered too: the state does not allow it

    def request(self, world, route, key, *, ids, cursor=None):
        """The answer to calling the route.

        Args:
            world: the service.
            route: `METHOD /path/{id}`.
            key: whose; None: nobody's.
            ids: what stands in the address.
            cursor: what stands in a body that has one.
        """
        method, path = route.split()
        headers = {"Idempotency-Key": token_hex(16)}
        headers |= self.send(world, key) if key else {}
        body = self.body(ids) if callable(self.body) else self.body
        body = {"cursor": cursor} if body == _CURSOR else body
        content = {"content": body} if isinstance(body, str) else {"json": body}
        address = path.format(**ids) + self.query
        return world.client.request(method, address, headers=headers, **content)


WITH_KEY = {
    "POST /v1/matches": Row(Scope.MATCHES_WRITE, {"items": [item_of(SEEN)]}),
    "GET /v1/matches": Row(Scope.MATCHES_READ),
    "GET /v1/matches/{match_id}": Row(Scope.MATCHES_READ, foreign=404),
    "POST /v1/matches/{match_id}/decision": Row(Scope.DECISIONS_WRITE, decision_of(), 404),
    "POST /v1/matches/{match_id}/notices": Row(Scope.DECISIONS_WRITE, NOTICE, 404),
    "POST /v1/matches/{match_id}/clocks/{regime}/pause": Row(
        Scope.DECISIONS_WRITE, {"why": "holiday"}, 404
    ),
    "POST /v1/matches/{match_id}/clocks/{regime}/resume": Row(Scope.DECISIONS_WRITE, foreign=404),
    "GET /v1/changes": Row(Scope.CHANGES_READ),
    "POST /v1/changes/ack": Row(Scope.CHANGES_READ, _CURSOR, 422),
    "GET /v1/policy": Row(Scope.POLICY_WRITE),
    "PUT /v1/policy": Row(Scope.POLICY_WRITE, {"custom_hours": {"custom-promise": 12}}),
    "GET /v1/me": Row(None),
    "GET /v1/keys": Row(Scope.KEYS_MANAGE),
    "POST /v1/keys": Row(Scope.KEYS_MANAGE, {"label": "new", "scopes": ["keys:manage"]}),
    "POST /v1/keys/{key_id}/revoke": Row(Scope.KEYS_MANAGE, foreign=404),
    "GET /v1/test-signatures": Row(None),
    "POST /v1/appeals": Row(Scope.APPEALS_WRITE, appeal_of, 404),
    "GET /v1/sweeps": Row(Scope.SWEEPS_WRITE),
    "POST /v1/sweeps/{sweep_id}/receipt": Row(Scope.SWEEPS_WRITE, RECEIPT, 404),
    "GET /v1/reports/transparency/own": Row(Scope.REPORTS_READ, query=MONTH),
    "GET /v1/webhooks": Row(Scope.WEBHOOKS_WRITE),
    "POST /v1/webhooks": Row(Scope.WEBHOOKS_WRITE, {"address": ADDRESS}),
    "GET /v1/webhooks/{webhook_id}/deliveries": Row(Scope.WEBHOOKS_WRITE, foreign=404),
    "POST /v1/webhooks/{webhook_id}/test": Row(Scope.WEBHOOKS_WRITE, foreign=404),
    "POST /v1/webhooks/{webhook_id}/rotate": Row(Scope.WEBHOOKS_WRITE, foreign=404),
    "DELETE /v1/webhooks/{webhook_id}": Row(Scope.WEBHOOKS_WRITE, foreign=404),
    "GET /compat/stopncii/v1/FetchHashes": Row(
        Scope.LISTS_READ, foreign=403, send=stopncii(Endpoint.FETCH_HASHES)
    ),
    "POST /compat/stopncii/v1/SubmitHashes": Row(
        Scope.LISTS_WRITE, {"count": 0, "hashRecords": []}, send=stopncii(Endpoint.SUBMIT_HASHES)
    ),
    "POST /compat/stopncii/v1/SubmitFeedback": Row(
        Scope.DECISIONS_WRITE,
        {"count": 0, "hashFeedbacks": []},
        send=stopncii(Endpoint.SUBMIT_FEEDBACK),
    ),
    "GET /compat/hma/m/raw_lookup": Row(Scope.MATCHES_WRITE, query=LOOKUP),
    "GET /compat/hma/m/lookup": Row(Scope.MATCHES_WRITE, query=LOOKUP),
    "POST /compat/hma/m/lookup": Row(Scope.MATCHES_WRITE, refused=403),  # HMA takes a photo here
    "GET /compat/hma/c/banks": Row(Scope.MATCHES_READ),
    "GET /compat/ncmec/v2/status": Row(Scope.LISTS_READ, send=basic),
    "GET /compat/ncmec/v2/members": Row(Scope.LISTS_READ, send=basic),
    "GET /compat/ncmec/v2/feedback/PDQ/reasons": Row(Scope.LISTS_READ, send=basic),
    "GET /compat/ncmec/v2/entries": Row(Scope.LISTS_READ, foreign=403, send=basic),
    "PUT /compat/ncmec/v2/entries/{member}/{entry}/PDQ/feedback": Row(
        Scope.DECISIONS_WRITE, "<f><affirmative/></f>", 403, send=basic
    ),
    "GET /compat/threatexchange/v1/list": Row(Scope.LISTS_READ, foreign=403),
    "POST /compat/threatexchange/v1/ack": Row(Scope.LISTS_READ, _CURSOR, 422),
    "POST /compat/threatexchange/v1/decision": Row(Scope.DECISIONS_WRITE, OPINION),
}

# What each route leaves in the audit when it is answered well; all others leave nothing.
RECORDED = {
    "POST /v1/matches": {Act.MATCH_ANSWER},
    "POST /v1/matches/{match_id}/decision": {Act.MATCH_DECIDE},
    "POST /v1/matches/{match_id}/notices": {Act.NOTICE_RECEIVE},
    "POST /v1/matches/{match_id}/clocks/{regime}/pause": {Act.CLOCK_PAUSE},
    "POST /v1/matches/{match_id}/clocks/{regime}/resume": {Act.CLOCK_RESUME},
    "POST /v1/changes/ack": {Act.CHANGES_ACKNOWLEDGE},
    "PUT /v1/policy": {Act.POLICY_SET},
    "POST /v1/keys": {Act.KEY_CREATE},
    "POST /v1/keys/{key_id}/revoke": {Act.KEY_REVOKE},
    "POST /v1/appeals": {Act.APPEAL_JUDGE},
    "POST /v1/sweeps/{sweep_id}/receipt": {Act.SWEEP_RECEIPT},
    "POST /v1/webhooks": {Act.WEBHOOK_ADD},
    "POST /v1/webhooks/{webhook_id}/test": {Act.WEBHOOK_TEST},
    "POST /v1/webhooks/{webhook_id}/rotate": {Act.WEBHOOK_ROTATE},
    "DELETE /v1/webhooks/{webhook_id}": {Act.WEBHOOK_REMOVE},
    "GET /compat/stopncii/v1/FetchHashes": {Act.LIST_ANSWER},
    "POST /compat/stopncii/v1/SubmitHashes": {Act.SIGNATURES_SUBMIT},
    "GET /compat/hma/m/raw_lookup": {Act.MATCH_ANSWER},
    "GET /compat/hma/m/lookup": {Act.MATCH_ANSWER},
    "GET /compat/ncmec/v2/entries": {Act.LIST_ANSWER},
    "PUT /compat/ncmec/v2/entries/{member}/{entry}/PDQ/feedback": {
        Act.MATCH_ANSWER,
        Act.MATCH_DECIDE,
    },
    "GET /compat/threatexchange/v1/list": {Act.LIST_ANSWER},
    "POST /compat/threatexchange/v1/ack": {Act.LIST_ACKNOWLEDGE},
    "POST /compat/threatexchange/v1/decision": {Act.MATCH_ANSWER, Act.MATCH_DECIDE},
}

"""Signatures that stand in headers: those of platforms' requests, and those of our webhooks."""

from contextlib import suppress
from datetime import UTC, datetime

import httpx
from starlette.datastructures import Headers

from api.security.errors import SignatureInvalidError
from api.security.message_signatures import SentRequest, signed_nonce
from api.security.signing_keys import SigningKeys
from api.security.webhook_signatures import WebhookSigner, make_secret
from hashsvc.client.webhooks import SeenMessages, verify_webhook
from hashsvc.errors import WebhookError
from tests.api.signing import Signing, make_private, public_bytes
from tests.fuzz.parsers.target import Target
from tests.indexer.factories import make_key_ring

_PRIVATE = make_private()
_URL = "https://service.example/v1/matches"
_SECRET = make_secret()
_SIGNER = WebhookSigner(SigningKeys(make_key_ring()))
_NOW = datetime.now(UTC)
_HINT = b'{"type": "changes.available", "data": {"head_seq": 3}}'


def _raw(data):
    """Lines of `name: value`, as a server hands them on."""
    pairs = [line.partition(b": ") for line in data.split(b"\n") if b": " in line]
    return [(name.lower(), value) for name, _, value in pairs]


def _texts(data):
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in _raw(data)}


def signed_request(data):
    """Whatever is not the request that was signed opens nothing; the error is our own."""
    request = SentRequest("GET", _URL, Headers(raw=_raw(data)), b"")
    key = public_bytes(_PRIVATE)
    with suppress(SignatureInvalidError):
        nonce = signed_nonce(request, key_id="abcdefgh", public_key=key, at=_NOW)
        assert 16 <= len(nonce) <= 64


def webhook(data):
    head, _, body = data.partition(b"\n\n")
    seen = SeenMessages()
    keys = [_SECRET, _SIGNER.public_key]
    with suppress(WebhookError):
        verify_webhook(_texts(head), body, keys, seen=seen, at=_NOW)
        assert body == _HINT


def _request():
    request = httpx.Request("GET", _URL)
    signing = Signing("hsk_live_abcdefgh_x", _PRIVATE, key_id="abcdefgh")
    next(signing.auth_flow(request))
    names = ("signature-input", "signature", "content-digest")
    lines = [f"{name}: {request.headers[name]}" for name in names if name in request.headers]
    two = "\n".join(lines).replace("pyhms", "other") + "\n" + "\n".join(lines)
    return ["\n".join(lines).encode(), two.encode()]


def _message():
    sent = _SIGNER.headers("msg_1", _HINT, [_SECRET], at=_NOW)
    lines = [f"{name}: {value}" for name, value in sent.items()]
    return ["\n".join(lines).encode() + b"\n\n" + _HINT]


TARGETS = [
    Target("signed-request", signed_request, _request),
    Target("webhook", webhook, _message),
]

"""Only what the service signed, just now and for the first time, is acted on."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from api.security.signing_keys import SigningKeys
from api.security.webhook_signatures import WebhookSigner, make_secret
from hashsvc.client.webhooks import SKEW, Hint, SeenMessages, verify_webhook
from hashsvc.closed_sets import HintKind
from hashsvc.errors import WebhookRepeatedError, WebhookStaleError, WebhookUnsignedError
from indexer.store.sealing import KeyRing

AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
BODY = b'{"type":"match.clock_due","data":{"head_seq":812}}'
SIGNER = WebhookSigner(SigningKeys(KeyRing("one", {"one": bytes(range(32))})))
SECRET, OTHER = make_secret(), make_secret()


@pytest.fixture
def seen():
    return SeenMessages()


def headers_of(*secrets, body=BODY, message_id="dlv_1", at=AT):
    return dict(SIGNER.headers(message_id, body, secrets or [SECRET], at=at))


def test_a_message_of_the_service_is_read(seen):
    hint = verify_webhook(headers_of(), BODY, [SECRET], seen=seen, at=AT)

    assert hint == Hint("dlv_1", HintKind.MATCH_CLOCK_DUE, 812)


def test_the_public_key_alone_is_enough(seen):
    assert verify_webhook(headers_of(), BODY, [SIGNER.public_key], seen=seen, at=AT)


def test_names_of_headers_come_in_any_case(seen):
    headers = {name.title(): value for name, value in headers_of().items()}

    assert verify_webhook(headers, BODY, [SECRET], seen=seen, at=AT)


def test_while_a_secret_is_exchanged_either_of_the_two_fits():
    headers = headers_of(SECRET, OTHER)

    for held in ([SECRET], [OTHER], [make_secret(), OTHER]):
        assert verify_webhook(headers, BODY, held, seen=SeenMessages(), at=AT)


def _without(name):
    return {key: value for key, value in headers_of().items() if key != name}


@pytest.mark.parametrize(
    ("headers", "body", "secrets"),
    [
        (headers_of(), BODY + b" ", [SECRET]),
        (headers_of(), BODY, [OTHER]),
        (headers_of(), BODY, []),
        (headers_of() | {"webhook-id": "dlv_2"}, BODY, [SECRET]),
        (headers_of() | {"webhook-timestamp": "1"}, BODY, [SECRET]),
        (headers_of() | {"webhook-timestamp": "soon"}, BODY, [SECRET]),
        (headers_of() | {"webhook-timestamp": "9" * 400}, BODY, [SECRET]),
        (headers_of() | {"webhook-signature": "v1,"}, BODY, [SECRET]),
        (headers_of() | {"webhook-signature": "v1,%%% v1a,AAAA"}, BODY, [SIGNER.public_key]),
        (headers_of() | {"webhook-signature": ""}, BODY, [SECRET]),
        (_without("webhook-signature"), BODY, [SECRET]),
        (_without("webhook-id"), BODY, [SECRET]),
        (_without("webhook-timestamp"), BODY, [SECRET]),
    ],
)
def test_what_is_not_signed_so_is_refused(seen, headers, body, secrets):
    with pytest.raises(WebhookUnsignedError):
        verify_webhook(headers, body, secrets, seen=seen, at=AT)


def test_a_signature_of_one_kind_never_passes_as_the_other(seen):
    mac = headers_of()["webhook-signature"].split()[0].removeprefix("v1,")
    headers = headers_of() | {"webhook-signature": f"v1a,{mac}"}

    with pytest.raises(WebhookUnsignedError):
        verify_webhook(headers, BODY, [SECRET, SIGNER.public_key], seen=seen, at=AT)


@pytest.mark.parametrize("skew", [SKEW, -SKEW])
def test_five_minutes_are_still_fresh_and_a_second_more_is_not(skew):
    late = skew + timedelta(seconds=1 if skew > timedelta() else -1)

    assert verify_webhook(headers_of(), BODY, [SECRET], seen=SeenMessages(), at=AT + skew)
    with pytest.raises(WebhookStaleError):
        verify_webhook(headers_of(), BODY, [SECRET], seen=SeenMessages(), at=AT + late)


def test_a_copy_is_refused_as_long_as_it_could_pass_as_fresh(seen):
    headers = headers_of(at=AT)
    verify_webhook(headers, BODY, [SECRET], seen=seen, at=AT - SKEW)

    with pytest.raises(WebhookRepeatedError):
        verify_webhook(headers, BODY, [SECRET], seen=seen, at=AT + SKEW)


def test_what_could_not_be_acted_on_may_come_again(seen):
    verify_webhook(headers_of(), BODY, [SECRET], seen=seen, at=AT)
    seen.discard("dlv_1")

    assert verify_webhook(headers_of(), BODY, [SECRET], seen=seen, at=AT)


def test_an_unsigned_message_uses_up_no_id(seen):
    with pytest.raises(WebhookUnsignedError):
        verify_webhook(headers_of(OTHER), BODY, [SECRET], seen=seen, at=AT)

    assert verify_webhook(headers_of(), BODY, [SECRET], seen=seen, at=AT)


def test_old_ids_are_forgotten(seen):
    for number in range(3):
        seen.add(f"dlv_{number}", at=AT)

    assert seen.add("dlv_9", at=AT + 3 * SKEW)
    assert seen.add("dlv_0", at=AT + 3 * SKEW)


def test_a_kind_of_a_newer_service_is_news_of_some_kind(seen):
    body = json.dumps({"type": "coffee.ready", "data": {"head_seq": 5}}).encode()

    hint = verify_webhook(headers_of(body=body), body, [SECRET], seen=seen, at=AT)

    assert hint.kind is HintKind.CHANGES_AVAILABLE


def test_the_published_example_of_standard_webhooks_is_signed_and_read_alike():
    """The example of the specification's authors."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body, at = b'{"test": 2432232314}', datetime.fromtimestamp(1614265330, UTC)

    headers = SIGNER.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", body, [secret], at=at)

    published = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-signature"].split()[0] == published

"""Hints arrive signed at receivers that behave, and wait for those that do not."""

import json
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.metrics import Metrics
from api.security.destinations import DestinationRule
from api.security.signing_keys import SigningKeys
from api.security.webhook_signatures import WebhookSigner, make_secret
from api.settings import Destinations
from api.workers.webhook_delivery import WAITS, WebhookDelivery
from hashsvc.client.webhooks import SeenMessages, verify_webhook
from hashsvc.closed_sets import FeedKind, HintKind
from indexer.platform_records import NewEntry
from indexer.store.webhooks import NewWebhook, Outcome
from tests.api.receivers import receiving
from tests.indexer.factories import make_key_ring, make_platform

AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
SECRET = make_secret()
HERE = DestinationRule(Destinations.LOOPBACK)


class Hand:
    """The time of day, as a test says."""

    def __init__(self):
        self.at = AT

    def __call__(self):
        return self.at


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
def platform(store):
    return make_platform(store)


@pytest.fixture
def delivery(store, hand):
    return make_delivery(store, hand)


def make_delivery(store, hand, *, destinations=HERE, seconds=1.0, **fields):
    signer = WebhookSigner(SigningKeys(make_key_ring()))
    return WebhookDelivery(
        store, signer, destinations, Metrics(), seconds=seconds, time_of_day=hand, **fields
    )


def register(store, platform, url, webhook_id="whk_1"):
    with store.transaction() as tx:
        tx.webhooks.add(NewWebhook(webhook_id, platform.platform_id, url, SECRET), at=AT)


def tell(store, platform, *kinds):
    with store.transaction() as tx:
        entries = [NewEntry(platform.platform_id, kind) for kind in kinds or (_ANY,)]
        tx.feeds.append(entries, at=AT)


_ANY = FeedKind.MATCH_WITHDRAWN


def found(store, platform, webhook_id="whk_1"):
    with store.snapshot() as tx:
        return tx.webhooks.one(webhook_id, platform.platform_id)


def counted(delivery, outcome):
    name = "hashsvc_webhook_deliveries_total"
    return delivery.metrics.registry.get_sample_value(name, {"outcome": outcome}) or 0


def test_a_hint_arrives_signed_and_says_no_more_than_how_far_the_feed_goes(
    store, platform, delivery
):
    with receiving() as receiver:
        register(store, platform, receiver.url)
        tell(store, platform, _ANY, _ANY)

        assert delivery.look() == 1
        assert delivery.look() == 0

    ((headers, body),) = receiver.heard
    for secrets in ([SECRET], [delivery.signer.public_key]):
        hint = verify_webhook(headers, body, secrets, seen=SeenMessages(), at=AT)
        assert (hint.kind, hint.head_seq) == (HintKind.CHANGES_AVAILABLE, 2)
    assert json.loads(body) == {"type": "changes.available", "data": {"head_seq": 2}}
    assert found(store, platform).last_outcome is Outcome.DELIVERED
    assert counted(delivery, "delivered") == 1


def test_several_messages_arrive_one_after_the_other(store, platform, delivery):
    with receiving() as receiver:
        register(store, platform, receiver.url)
        tell(store, platform, FeedKind.MATCH_CLOCK_DUE, FeedKind.SWEEP_REQUESTED)

        assert delivery.look() == 3

    kinds = {json.loads(body)["type"] for _, body in receiver.heard}
    assert kinds == {"changes.available", "match.clock_due", "sweep.requested"}


@pytest.mark.parametrize(
    ("manner", "outcome"),
    [
        (500, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        ("redirect", Outcome.REDIRECTED),
        ("hang", Outcome.TIMED_OUT),
        ("drip", Outcome.TIMED_OUT),
    ],
)
def test_a_bad_receiver_is_tried_again_later_with_the_same_id(
    store, platform, delivery, hand, manner, outcome
):
    with receiving() as bystander, receiving(manner) as receiver:
        receiver.elsewhere = bystander.url
        register(store, platform, receiver.url)
        tell(store, platform)

        assert delivery.look() == 1
        assert delivery.look() == 0
        assert found(store, platform).last_outcome is outcome

        receiver.manner, hand.at = 200, AT + WAITS[0]
        assert delivery.look() == 1

    assert bystander.heard == []
    first, second = receiver.ids
    assert first == second
    times = [headers["webhook-timestamp"] for headers, _ in receiver.heard]
    assert times[0] != times[1]  # each try is fresh to its receiver
    assert found(store, platform).failures == 0


def test_a_receiver_that_hangs_keeps_nobody_else_waiting(store, platform, hand):
    delivery = make_delivery(store, hand, seconds=2.0)
    with receiving("hang") as hanging, receiving() as good:
        register(store, platform, hanging.url)
        register(store, platform, good.url, "whk_2")
        tell(store, platform)

        delivery.look()

    assert len(good.heard) == 1
    assert found(store, platform, "whk_2").last_outcome is Outcome.DELIVERED
    assert found(store, platform).last_outcome is Outcome.TIMED_OUT


def test_nobody_listens(store, platform, delivery):
    with receiving() as receiver:
        url = receiver.url
    register(store, platform, url)
    tell(store, platform)

    delivery.look()

    assert found(store, platform).last_outcome is Outcome.UNREACHABLE


def test_waits_grow_and_after_three_days_the_address_is_given_up_with_a_notice(
    store, platform, delivery, hand
):
    with receiving(503) as receiver:
        register(store, platform, receiver.url)
        tell(store, platform)
        waits = []
        for _ in range(len(WAITS) + 1):
            assert delivery.look() == 1
            state = found(store, platform)
            waits.append(state.next_at - hand.at)
            hand.at = state.next_at
        assert delivery.look() == 0

    assert tuple(waits[:-1]) == WAITS
    assert sum(WAITS, timedelta()) > timedelta(days=3)
    assert state.off_at is not None
    with store.snapshot() as tx:
        last = tx.feeds.after(platform.platform_id, 1, limit=5)
        (dead,) = tx.deliveries.of("whk_1")
    assert [(one.kind, one.about) for one in last] == [
        (FeedKind.WEBHOOK_OFF, {"webhook_id": "whk_1"})
    ]
    assert dead.dead_at is not None
    assert dead.tries == len(WAITS) + 1


def test_several_workers_deliver_each_message_once(store, platform, hand):
    deliveries = [make_delivery(store, hand) for _ in range(3)]
    with receiving() as receiver:
        for number in range(6):
            register(store, platform, receiver.url, f"whk_{number}")
        tell(store, platform)

        with ThreadPoolExecutor(3) as pool:
            tries = sum(pool.map(lambda delivery: delivery.look(), deliveries))
        tries += deliveries[0].look()

    assert tries == 6
    assert len(set(receiver.ids)) == len(receiver.ids) == 6


def test_a_name_that_leads_inside_by_now_is_not_called(store, platform, hand):
    """The name was public when it was registered, and is the receiver's own at delivery."""
    with receiving() as receiver:
        moved = DestinationRule(Destinations.PUBLIC, lambda _host, _port: ["127.0.0.1"])
        delivery = make_delivery(store, hand, destinations=moved)
        register(store, platform, receiver.url.replace("http:", "https:"))
        tell(store, platform)

        delivery.look()

    assert receiver.heard == []
    assert found(store, platform).last_outcome is Outcome.FORBIDDEN


def test_a_name_is_looked_up_once_and_the_checked_address_is_called(store, platform, hand):
    asked = []

    def resolver(host, port):
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.9"]

    here = DestinationRule(Destinations.LOOPBACK, resolver)
    delivery = make_delivery(store, hand, destinations=here)
    with receiving() as receiver:
        register(store, platform, receiver.url.replace("127.0.0.1", "moderation.example"))
        tell(store, platform)
        delivery.look()

    port = int(receiver.url.split(":")[2].split("/")[0])
    assert asked == [("moderation.example", port)]
    ((headers, _),) = receiver.heard
    assert headers["Host"] == f"moderation.example:{port}"


@pytest.fixture
def certificate(tmp_path):
    """A certificate for the name moderation.example, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "moderation.example")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("moderation.example")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("moderation.example", Outcome.DELIVERED), ("other.example", Outcome.UNREACHABLE)],
)
def test_over_https_the_certificate_must_be_that_of_the_name(
    store, platform, hand, certificate, name, outcome
):
    here = DestinationRule(Destinations.LOOPBACK, lambda _host, _port: ["127.0.0.1"])
    trusted = ssl.create_default_context(cafile=certificate[0])
    delivery = make_delivery(store, hand, destinations=here, trusted=trusted)
    with receiving(certificate=certificate) as receiver:
        register(store, platform, receiver.url.replace("127.0.0.1", name))
        tell(store, platform)
        delivery.look()

    assert found(store, platform).last_outcome is outcome


def test_a_certificate_that_nobody_vouches_for_is_refused(store, platform, hand, certificate):
    here = DestinationRule(Destinations.LOOPBACK, lambda _host, _port: ["127.0.0.1"])
    delivery = make_delivery(store, hand, destinations=here)
    with receiving(certificate=certificate) as receiver:
        register(store, platform, receiver.url.replace("127.0.0.1", "moderation.example"))
        tell(store, platform)
        delivery.look()

    assert receiver.heard == []
    assert found(store, platform).last_outcome is Outcome.UNREACHABLE

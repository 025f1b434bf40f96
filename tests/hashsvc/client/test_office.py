"""Both clients of a platform's office, against a real service: rules, keys, webhooks, figures."""

import pytest

from examples.demo.service import running_service
from hashsvc.client import AsyncOfficeClient, NewKey, OfficeClient, PlatformPolicy
from hashsvc.closed_sets import Surface
from hashsvc.errors import RefusedError
from hashsvc.policies import Tier
from hashsvc.times import now
from tests.hashsvc.client.in_loop import InLoop

SCOPES = ("keys:manage", "policy:write", "webhooks:write", "reports:read", "matches:write")


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """A service whose webhooks may lead to this machine: where it is, and a key."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HASHSVC_WEBHOOK_DESTINATIONS", "loopback")
        with running_service(tmp_path_factory.mktemp("office") / "data") as service:
            yield service.url, service.make_key("an office", *SCOPES)


@pytest.fixture(params=[OfficeClient, AsyncOfficeClient])
def office(request, key):
    client = request.param(*key)
    with InLoop(client) if request.param is AsyncOfficeClient else client as used:
        yield used


def test_a_key_knows_what_it_is(office):
    told = office.who_am_i()

    assert (told.platform, told.sandbox) == ("an office", False)
    assert set(told.key.scopes) == set(SCOPES)
    assert told.key.secret is None


def test_rules_are_replaced_and_read_back(office):
    rules = PlatformPolicy({Surface.MESSAGE: Tier.STRONG}, {"custom-promise": 12}, sweeps=False)

    assert office.set_policy(rules) == rules == office.policy()
    assert office.set_policy(PlatformPolicy()) == PlatformPolicy()


def test_a_key_is_made_used_and_revoked(office, key):
    made = office.create_key(NewKey("upload-filter", ("policy:write",), days=1))
    with OfficeClient(key[0], made.secret) as below:
        rules = below.policy()
        listed = {each.key_id for each in office.list_keys()}
        office.revoke_key(made.key_id)

    assert rules == PlatformPolicy()
    assert made.key_id in listed
    assert made.secret not in repr(made)
    assert made.key_id not in {each.key_id for each in office.list_keys()}


def test_a_broader_key_is_refused(office):
    with pytest.raises(RefusedError) as caught:
        office.create_key(NewKey("too broad", ("lists:read",)))

    assert caught.value.problem == "key-too-broad"


def test_a_webhook_is_registered_rotated_and_removed(office):
    shown = office.register_webhook("http://127.0.0.1:9/hints")
    rotated = office.rotate_webhook(shown.webhook_id)
    (listed,) = office.list_webhooks()
    tested = office.test_webhook(shown.webhook_id)
    office.remove_webhook(shown.webhook_id)

    assert shown.secret.startswith("whsec_")
    assert shown.secret not in repr(shown)
    assert rotated.secret != shown.secret
    assert (listed.webhook_id, listed.on) == (shown.webhook_id, True)
    assert tested.webhook_id == shown.webhook_id
    assert office.list_webhooks() == []


def test_own_figures_are_read(office):
    assert office.own_figures(f"{now():%Y-%m}")["period"] == f"{now():%Y-%m}"

"""A platform's own rules hold for its matches, and for nobody else's."""

import pytest

from api.security.scopes import Scope
from tests.api.bodies import ask, item_of, near, only_line, opened_number
from tests.factories import make_signature

SEEN = make_signature(seed=1)
DEFAULTS = {"weakest_tiers": {}, "custom_hours": {}, "sweeps": True, "link_template": None}
RULES = {
    "weakest_tiers": {"message": "strong"},
    "custom_hours": {"custom-promise": 12},
    "sweeps": False,
    "link_template": "https://mod.example/queue?id={ref}",
}


@pytest.fixture
def platform(make_key):
    return lambda name="example": make_key(Scope.MATCHES_WRITE, Scope.POLICY_WRITE, name=name)


@pytest.fixture
def key(platform):
    return platform()


def rules(client, key):
    return client.get("/v1/policy", headers=key).json()


def test_what_was_set_is_read_and_replaced_whole(client, key):
    before = rules(client, key)
    client.put("/v1/policy", json=RULES, headers=key)
    after = rules(client, key)
    client.put("/v1/policy", json={}, headers=key)

    assert (before, after, rules(client, key)) == (DEFAULTS, RULES, DEFAULTS)


def test_rules_are_the_platforms_own(client, platform):
    client.put("/v1/policy", json=RULES, headers=platform("one"))

    assert rules(client, platform("other")) == DEFAULTS


def test_a_surface_is_answered_as_its_rule_says(client, key):
    opened_number(client, SEEN)
    client.put("/v1/policy", json=RULES, headers=key)
    likely = near(SEEN, pdq_bits=40)

    lines = [
        only_line(ask(client, key, item_of(likely, ref=surface, surface=surface)))
        for surface in ("message", "upload")
    ]

    assert [line["verdict"] for line in lines] == ["none", "review"]


@pytest.mark.parametrize(
    "broken",
    [
        {"weakest_tiers": {"cinema": "strong"}},
        {"weakest_tiers": {"upload": "certain"}},
        {"custom_hours": {"us-tida": 12}},
        {"custom_hours": {"custom-x": 0}},
        {"custom_hours": {f"custom-{n}": 1 for n in range(9)}},
        {"link_template": "http://mod.example/{ref}"},
        {"link_template": "https://mod.example/"},
        {"link_template": "javascript:alert({ref})"},
        {"link_template": "https://mod.example/{ref}/{ref}"},
        {"colour": "red"},
    ],
)
def test_rules_that_make_no_sense_are_refused(client, key, broken):
    answer = client.put("/v1/policy", json=broken, headers=key)

    assert answer.status_code == 422
    assert rules(client, key) == DEFAULTS

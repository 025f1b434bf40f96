"""Metrics hold words of closed sets, and no times of single cases."""

from api.metrics import GAUGES
from tests.api.bodies import ask, item_of, open_case

LABELS = {
    "route",
    "status",
    "size",
    "tier",
    "list_state",
    "why",
    "action",
    "outcome",
    "le",
    "stream",
}


def families(services):
    return list(services.metrics.registry.collect())


def test_every_label_is_from_the_list(client, services, make_key):
    open_case(client)
    ask(client, make_key(), item_of())

    used = {
        name for family in families(services) for sample in family.samples for name in sample.labels
    }

    assert used <= LABELS
    assert "route" in used


def test_no_metric_tells_when_something_was_first_done(client):
    """Days, not times: the moment of an instance's first case is nobody's business."""
    open_case(client)

    assert "_created" not in client.get("/metrics").text


def test_every_gauge_is_shown(client):
    text = client.get("/metrics").text

    assert all(f"\n{name} " in text for name in GAUGES)


def test_every_metric_begins_with_our_name_and_has_help(services):
    assert all(family.name.startswith("hashsvc_") for family in families(services))
    assert all(family.documentation.endswith((".", "?")) for family in families(services))

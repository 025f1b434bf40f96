"""The thread that publishes lists."""

from time import monotonic, sleep

from hashsvc.times import now
from tests.api.bodies import open_case
from tests.factories import make_signature


def position(lists):
    """Where the one stream ends."""
    with lists.store.snapshot() as tx:
        return tx.lists.head(tx.lists.grants()[0]).pos


def reaches(lists, pos, *, within_seconds=10):
    until = monotonic() + within_seconds
    while position(lists) < pos and monotonic() < until:
        sleep(0.02)
    return position(lists) == pos


def grant(services):
    for operator in ("amina", "ben"):
        services.lists.grant("example", "reported", operator=operator, reference="4/2026", at=now())


def test_a_running_service_publishes_by_itself(start, connect):
    client = connect(start(compat_lists_enabled=True, lists_publish_seconds=0))
    lists = client.app.state.services.lists
    grant(client.app.state.services)
    open_case(client, make_signature(seed=1))

    assert reaches(lists, 3)


def test_a_service_that_hands_nothing_on_publishes_nothing(client, services):
    grant(services)
    open_case(client, make_signature(seed=1))

    assert not reaches(services.lists, 3, within_seconds=0.6)

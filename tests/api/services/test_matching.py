"""What is counted of questions and answers."""

from tests.api.bodies import ask, item_of, near, open_case
from tests.factories import make_signature

SEEN = make_signature(seed=1)


def counted(client, line):
    return line in client.get("/metrics").text.splitlines()


def test_answered_matches_are_counted_by_tier(client, make_key):
    open_case(client, SEEN)

    ask(client, make_key(), item_of(SEEN), item_of(near(SEEN, pdq_bits=40), ref="upl-2"))

    for tier in ("strong", "likely"):
        assert counted(client, f'hashsvc_matches_total{{list_state="probation",tier="{tier}"}} 1.0')


def test_a_hit_that_the_dhash_stops_is_counted(client, make_key):
    open_case(client, SEEN)

    ask(client, make_key(), item_of(near(SEEN, dhash_bits=65)))

    assert counted(client, 'hashsvc_hits_dropped_total{why="no_tier"} 1.0')


def test_only_searched_signatures_are_counted(client, make_key):
    ask(client, make_key(), item_of(SEEN, make_signature(quality=0)))

    assert counted(client, "hashsvc_query_signatures_total 1.0")


def test_two_platforms_digests_of_one_ref_differ(client, services, make_key):
    open_case(client, SEEN)

    for name in ("one", "other"):
        ask(client, make_key(name=name), item_of(SEEN, ref="same"))

    with services.matching.store.snapshot() as tx:
        digests = tx.connection.exec_driver_sql("SELECT ref_mac FROM match").scalars().all()
    assert len(digests) == len(set(digests)) == 2
    assert not [digest for digest in digests if b"same" in digest]

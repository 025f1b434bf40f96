"""The table of what the index's tables find of what a scan finds."""

from benchmarks.recall import Pair, table
from hashsvc import Tier


def test_a_row_counts_what_was_found_at_whatever_tier_and_at_the_same():
    found = [
        Pair(Tier.STRONG, Tier.STRONG),
        Pair(Tier.LIKELY, Tier.LIKELY),
        Pair(Tier.LIKELY, Tier.POSSIBLE),
        Pair(Tier.LIKELY, None),
        Pair(None, None),
    ]

    rows = {row["best tier by scan"]: row for row in table(found)}

    assert rows["likely"] == {
        "best tier by scan": "likely",
        "uploads": 3,
        "found by tables": 2,
        "share": 2 / 3,
        "at the same tier": 1,
    }
    assert (rows["any"]["uploads"], rows["any"]["found by tables"]) == (4, 3)
    assert rows["possible"]["share"] is None

"""What was decided with one press of a button is undone with one, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from indexer.console_records import HeldDecision
from indexer.platform_records import NewDecision
from indexer.records import MatchId


@dataclass(frozen=True, slots=True)
class Batch:
    """One decision about one match or several."""

    new: NewDecision
    key_id: str  # whose
    held_ids: tuple[int, ...]
    match_ids: tuple[MatchId, ...]


def batches_of(held: Sequence[HeldDecision]) -> list[Batch]:
    """Waiting decisions as they were made, the newest first."""
    return [
        Batch(
            new,
            key_id,
            held_ids=tuple(one.held_id for one in group),
            match_ids=tuple(one.match_id for one in group),
        )
        for (key_id, new), group in (
            (made, list(found)) for made, found in groupby(held, lambda one: (one.key_id, one.new))
        )
    ]

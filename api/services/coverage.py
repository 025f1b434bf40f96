"""What an answer covers: the index, and where somebody insists, changes that it does not hold."""

from dataclasses import dataclass
from typing import Protocol

from api.services.errors import IndexBehindError
from hashsvc.matching import LinearMatcher, Matcher
from indexer.records import BankKind, ChangeKind
from indexer.store import Store

_WAIT_SECONDS = 0.5  # two polls of the follower
_MOST_CHANGES = 5_000  # a linear scan of so many costs less than a millisecond


class Freshness(Protocol):
    """How much of the list an index holds."""

    @property
    def applied(self) -> int:
        """Sequence number of the last change it holds."""
        ...

    def wait_for(self, seq: int, *, seconds: float) -> bool:
        """Whether it holds this change, at the latest after so many seconds."""
        ...

    def staleness_seconds(self) -> float:
        """How long ago it held everything."""
        ...


@dataclass(frozen=True, slots=True)
class Coverage:
    """Up to where answers go."""

    seq: int  # of the last change they cover
    newer: Matcher | None = None  # of what was listed after the index's last change


def covering(seq: int, *, store: Store, index: Freshness) -> Coverage:
    """Cover a change that the index may not hold yet; waits for it half a second.

    Raises:
        IndexBehindError: the index is too far behind, or the store has no such change.
    """
    if index.wait_for(seq, seconds=_WAIT_SECONDS):
        return Coverage(index.applied)
    with store.snapshot() as tx:
        # Read first: what the index takes up meanwhile is found twice at most.
        applied = index.applied
        changes = tx.changes.after(applied, limit=_MOST_CHANGES + 1)
        covered = changes[-1].seq if changes else applied
        if len(changes) > _MOST_CHANGES or covered < seq:
            raise IndexBehindError
        added = [change.signature_id for change in changes if change.kind is ChangeKind.ADD]
        listed = tx.listing.live_among(added, BankKind.REPORTED)
    return Coverage(covered, LinearMatcher(listed))

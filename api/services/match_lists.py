"""A platform's matches, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.security.api_keys import Caller
from api.security.peppers import Pepper
from api.services.cursors import Cursors
from indexer.platform_records import MatchFilter, MatchPlace, MatchView
from indexer.records import MatchId
from indexer.store import Store


@dataclass(frozen=True, slots=True)
class MatchPage:
    """Some of a platform's matches, the soonest clock first."""

    views: Sequence[MatchView]
    next_cursor: str | None  # None: this was the last page


@dataclass(frozen=True, slots=True)
class MatchLists:
    """Lists a platform's own matches."""

    store: Store
    pepper: Pepper

    def page(
        self, caller: Caller, wanted: MatchFilter, *, cursor: str | None, limit: int
    ) -> MatchPage:
        """A page of matches.

        Raises:
            CursorInvalidError: the cursor is not one of this platform's.
        """
        platform_id = caller.platform.platform_id
        cursors = Cursors(self.pepper, "matches")
        after = None if cursor is None else _place(*cursors.open(platform_id, cursor))
        with self.store.snapshot() as tx:
            found = tx.match_views.page(platform_id, wanted, after=after, limit=limit + 1)
        views = found[:limit]
        if len(found) <= limit:
            return MatchPage(views, None)
        last = views[-1]
        due = None if last.due_at is None else last.due_at.isoformat()
        return MatchPage(views, cursors.make(platform_id, [due, last.match_id]))


def _place(due: str | None, match_id: str) -> MatchPlace:
    return MatchPlace(None if due is None else datetime.fromisoformat(due), MatchId(match_id))

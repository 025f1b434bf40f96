"""Which matches a moderator wants to see: read from a query, written into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request

from api.services.cursors import MAX_CHARACTERS
from api.services.errors import CursorInvalidError, FormUnfitError
from hashsvc import Tier
from hashsvc.closed_sets import ListedState, MatchState, Surface
from indexer.platform_records import MatchFilter

_SOON = timedelta(hours=4)
_Word = TypeVar("_Word", bound=StrEnum)


class Show(StrEnum):
    """Which stages of work; the first is what a shift begins with."""

    TO_DO = "to_do"
    PENDING = "pending"
    DECIDED = "decided"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    ALL = "all"


class Due(StrEnum):
    """How little time is left."""

    OVERDUE = "overdue"
    SOON = "soon"


_STATES: Mapping[Show, tuple[MatchState, ...]] = {
    Show.TO_DO: (MatchState.OPEN, MatchState.REOPENED, MatchState.PENDING),
    Show.PENDING: (MatchState.PENDING,),
    Show.DECIDED: (MatchState.DECIDED,),
    Show.SUSPENDED: (MatchState.SUSPENDED,),
    Show.WITHDRAWN: (MatchState.WITHDRAWN,),
    Show.ALL: (),
}


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the list shows."""

    show: Show = Show.TO_DO
    tier: Tier | None = None
    surface: Surface | None = None
    list_state: ListedState | None = None
    due: Due | None = None
    cursor: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "ListFilter":
        """As it was asked for; a form sends what was left open as an empty word.

        Raises:
            FormUnfitError: there is no such word.
            CursorInvalidError: the cursor is too long to be one.
        """
        cursor = query.get("cursor") or None
        if cursor and len(cursor) > MAX_CHARACTERS:
            raise CursorInvalidError
        return cls(
            show=_word(Show, query.get("show")) or Show.TO_DO,
            tier=_word(Tier, query.get("tier")),
            surface=_word(Surface, query.get("surface")),
            list_state=_word(ListedState, query.get("list_state")),
            due=_word(Due, query.get("due")),
            cursor=cursor,
        )

    @classmethod
    def to_return_to(cls, query: str) -> "ListFilter":
        """The list that somebody came from; it is written anew, so that nobody leads elsewhere.

        Raises:
            FormUnfitError: there is no such list.
            CursorInvalidError: the cursor is too long to be one.
        """
        return cls.of(dict(parse_qsl(query)))

    def wanted(self, *, at: datetime) -> MatchFilter:
        """As the store knows it."""
        before = {None: None, Due.OVERDUE: at, Due.SOON: at + _SOON}[self.due]
        return MatchFilter(
            states=_STATES[self.show],
            tier=self.tier,
            surface=self.surface,
            list_state=self.list_state,
            due_before=before,
        )

    def query(self, *, cursor: str | None = None) -> str:
        """The same as a query, at another place of the list."""
        words = {
            "show": self.show,
            "tier": self.tier,
            "surface": self.surface,
            "list_state": self.list_state,
            "due": self.due,
            "cursor": cursor,
        }
        return urlencode({name: word for name, word in words.items() if word})


def _word(words: type[_Word], text: str | None) -> _Word | None:
    if not text:
        return None
    try:
        return words(text)
    except ValueError as error:
        raise FormUnfitError from error


def _asked(request: Request) -> ListFilter:
    return ListFilter.of(request.query_params)


Asked = Annotated[ListFilter, Depends(_asked)]

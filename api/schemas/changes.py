"""A platform's feed: what it must hear, and its word that it did."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.services.cursors import MAX_CHARACTERS
from api.services.feeds import FeedPage
from hashsvc.closed_sets import FeedKind
from indexer.platform_records import FeedEntry


class ChangeOut(BaseModel):
    """One thing a platform is told; no hash, no case, no free text."""

    seq: int = Field(description="The platform's own number, gap-free from 1.")
    kind: FeedKind
    match_id: str | None
    about: dict[str, str | int] = Field(description="What the kind needs beside a match.")
    at: datetime

    @classmethod
    def of(cls, entry: FeedEntry) -> Self:
        """As it is sent."""
        return cls(
            seq=entry.seq,
            kind=entry.kind,
            match_id=entry.match_id,
            about=dict(entry.about),
            at=entry.at,
        )


class ChangesOut(BaseModel):
    """A stretch of the feed, without a gap."""

    items: list[ChangeOut]
    next_cursor: str = Field(description="Where to go on; acknowledge it when all is done.")
    has_more: bool

    @classmethod
    def of(cls, page: FeedPage) -> Self:
        """As it is sent."""
        return cls(
            items=[ChangeOut.of(entry) for entry in page.entries],
            next_cursor=page.next_cursor,
            has_more=page.has_more,
        )


class Acknowledgement(BaseModel):
    """How far the platform did what it was told."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    cursor: str = Field(min_length=1, max_length=MAX_CHARACTERS)

"""What each platform is told: a numbered list of its own, gap-free, until it acknowledges.

The number comes from the platform's row in `feed`, locked until the commit is visible: whoever
sees number n has seen everything before it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hashsvc.closed_sets import FeedKind
from indexer.platform_records import FeedEntry, FeedHead, NewEntry
from indexer.records import MatchId, PlatformId
from indexer.store import tables

_feeds = tables.feed.c
_entries = tables.feed_entry.c


@dataclass(frozen=True, slots=True)
class Feeds:
    """Feeds within one transaction."""

    connection: Connection

    def append(self, entries: Sequence[NewEntry], *, at: datetime) -> None:
        """Tell platforms something: one of the last acts of a transaction, since it locks feeds."""
        by_platform: dict[PlatformId, list[NewEntry]] = {}
        for entry in entries:
            by_platform.setdefault(entry.platform_id, []).append(entry)
        for platform_id in sorted(by_platform):  # everybody locks in this order: no deadlock
            self._append_to(platform_id, by_platform[platform_id], at=at)

    def head(self, platform_id: PlatformId) -> FeedHead:
        """How far a platform's feed goes, and how far it was acknowledged."""
        row = self.connection.execute(
            select(tables.feed).where(_feeds.platform_id == platform_id)
        ).one_or_none()
        return FeedHead(0, 0) if row is None else FeedHead(row.seq, row.acknowledged)

    def after(self, platform_id: PlatformId, seq: int, *, limit: int) -> list[FeedEntry]:
        """Entries with greater numbers than `seq`, in order, at most so many."""
        rows = self.connection.execute(
            select(tables.feed_entry)
            .where(_entries.platform_id == platform_id, _entries.seq > seq)
            .order_by(_entries.seq)
            .limit(limit)
        )
        return [
            FeedEntry(
                seq=row.seq,
                kind=FeedKind(row.kind),
                match_id=None if row.match_id is None else MatchId(row.match_id),
                about=json.loads(row.about),
                at=row.at,
            )
            for row in rows
        ]

    def purge(self, *, before: datetime) -> None:
        """Forget what was told before this time."""
        self.connection.execute(delete(tables.feed_entry).where(_entries.at < before))

    def acknowledge(self, platform_id: PlatformId, seq: int, *, at: datetime) -> None:
        """Keep that a platform has done what entries up to `seq` say; never goes back."""
        self.connection.execute(
            update(tables.feed)
            .where(_feeds.platform_id == platform_id, _feeds.acknowledged < seq)
            .values(acknowledged=seq)
        )
        self.connection.execute(
            update(tables.feed_entry)
            .where(
                _entries.platform_id == platform_id,
                _entries.seq <= seq,
                _entries.acknowledged_at.is_(None),
            )
            .values(acknowledged_at=at)
        )

    def unacknowledged(self) -> int:
        """How many entries of all feeds wait for their platform."""
        waiting = self.connection.scalar(select(func.sum(_feeds.seq - _feeds.acknowledged)))
        return int(waiting or 0)

    def _append_to(
        self, platform_id: PlatformId, entries: Sequence[NewEntry], *, at: datetime
    ) -> None:
        start = self._locked(platform_id)
        rows = [
            {
                "platform_id": platform_id,
                "seq": seq,
                "kind": entry.kind,
                "match_id": entry.match_id,
                "about": _canonical(entry.about),
                "at": at,
            }
            for seq, entry in enumerate(entries, start=start + 1)
        ]
        self.connection.execute(insert(tables.feed_entry), rows)
        self.connection.execute(
            update(tables.feed)
            .where(_feeds.platform_id == platform_id)
            .values(seq=start + len(rows))
        )

    def _locked(self, platform_id: PlatformId) -> int:
        """The feed's last number; the feed begins with the first thing there is to tell."""
        wanted = select(_feeds.seq).where(_feeds.platform_id == platform_id).with_for_update()
        found = self.connection.scalar(wanted)
        if found is not None:
            return int(found)
        beginning = insert(tables.feed).values(platform_id=platform_id, seq=0, acknowledged=0)
        try:
            with self.connection.begin_nested():
                self.connection.execute(beginning)
        except IntegrityError:  # somebody else told it the first thing at the same time
            return int(self.connection.execute(wanted).scalar_one())
        return 0


def _canonical(about: Mapping[str, str | int]) -> str:
    return json.dumps(about, sort_keys=True, separators=(",", ":"))

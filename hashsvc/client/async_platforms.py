"""The platform's client for an event loop: the same methods, awaited."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hashsvc.client import calls
from hashsvc.client.connection import PAUSE_SECONDS, TIMEOUT_SECONDS, AsyncConnection, Service
from hashsvc.client.office_values import Appeal, Sweep, SweepReceipt
from hashsvc.client.platforms import better, followed
from hashsvc.client.values import (
    Change,
    ChangesPage,
    MatchAnswer,
    MatchFilter,
    NewDecision,
    Notice,
    OwnMatch,
    Upload,
)
from hashsvc.closed_sets import AppealOutcome, AppealReason
from hashsvc.hashing import full_signatures, part_signatures
from hashsvc.photos import decode
from hashsvc.pixels import Pixels
from hashsvc.policies import Tier

_PAGE = 1_000
_ALL = MatchFilter()


class AsyncPlatformClient(AsyncConnection):
    """Ask about uploads, decide about matches, hear what changed; see `PlatformClient`."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """Prepare; nothing is sent yet. See `PlatformClient`."""
        super().__init__(Service(base_url, key, timeout_seconds, pause_seconds))

    async def match(
        self, uploads: Sequence[Upload], *, sweep_id: str | None = None
    ) -> list[MatchAnswer]:
        """See `PlatformClient.match`."""
        answers: list[MatchAnswer] = []
        for request in calls.requests_of(uploads):
            asked = await self.send(calls.match(request, sweep_id=sweep_id))
            answers.extend(asked)
        return answers

    async def match_photo(self, photo: Path | Pixels, ref: str) -> MatchAnswer:
        """See `PlatformClient.match_photo`; hashing runs in a thread beside the loop."""
        pixels = await asyncio.to_thread(decode, photo) if isinstance(photo, Path) else photo
        full = await asyncio.to_thread(full_signatures, pixels)
        (whole,) = await self.match([Upload(ref, full)])
        if whole.tier is Tier.STRONG:
            return whole
        parts = await asyncio.to_thread(part_signatures, pixels)
        inside = (await self.match([Upload(ref, parts)]))[0] if parts else whole
        return better(whole, inside)

    async def matches(self, wanted: MatchFilter = _ALL) -> AsyncIterator[OwnMatch]:
        """See `PlatformClient.matches`."""
        cursor = None
        while True:
            page = await self.send(calls.matches(wanted, cursor, limit=_PAGE))
            for each in page.matches:
                yield each
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    async def read_match(self, match_id: str) -> OwnMatch:
        """See `PlatformClient.read_match`."""
        return await self.send(calls.one_match(match_id))

    async def decide(self, match_id: str, decision: NewDecision) -> OwnMatch:
        """See `PlatformClient.decide`."""
        return await self.send(calls.decide(match_id, decision))

    async def keep_notice(
        self, match_id: str, regime: str, received_at: datetime, elements: Sequence[str]
    ) -> Notice:
        """See `PlatformClient.keep_notice`."""
        return await self.send(calls.notice(match_id, regime, received_at, elements))

    async def changes(self, cursor: str | None = None, *, wait_seconds: float = 0) -> ChangesPage:
        """See `PlatformClient.changes`."""
        return await self.send(calls.changes(cursor, limit=_PAGE, wait_seconds=wait_seconds))

    async def acknowledge(self, cursor: str) -> None:
        """See `PlatformClient.acknowledge`."""
        await self.send(calls.acknowledge(cursor))

    async def follow(
        self,
        handle: Callable[[Change], Awaitable[None]],
        cursor: str | None = None,
        *,
        wait_seconds: float = 0,
    ) -> str:
        """See `PlatformClient.follow`."""
        last: int | None = None
        while True:
            page = await self.changes(cursor, wait_seconds=wait_seconds)
            last = followed(page, last)
            for entry in page.changes:
                await handle(entry)
            if page.changes:
                await self.acknowledge(page.next_cursor)
            cursor = page.next_cursor
            if not page.has_more:
                return cursor

    async def appeal(
        self, match_id: str, outcome: AppealOutcome, reason: AppealReason, decided_at: datetime
    ) -> Appeal:
        """See `PlatformClient.appeal`."""
        return await self.send(calls.appeal(match_id, outcome, reason, decided_at))

    async def sweeps(self) -> AsyncIterator[Sweep]:
        """See `PlatformClient.sweeps`."""
        cursor = None
        while True:
            page, cursor = await self.send(calls.sweeps(cursor, limit=_PAGE))
            for each in page:
                yield each
            if cursor is None:
                return

    async def keep_sweep_receipt(self, sweep_id: str, receipt: SweepReceipt) -> None:
        """See `PlatformClient.keep_sweep_receipt`."""
        await self.send(calls.sweep_receipt(sweep_id, receipt))

    async def statistics(self, period: str) -> Mapping[str, Any]:
        """See `PlatformClient.statistics`."""
        return await self.send(calls.statistics(period))

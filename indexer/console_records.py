"""Frozen values about moderators at work: who is signed in, and what is about to be sent."""

from dataclasses import dataclass
from datetime import datetime

from indexer.platform_records import NewDecision
from indexer.records import MatchId


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """Somebody who showed a key, and when."""

    key_id: str
    opened_at: datetime
    used_at: datetime  # to the minute


@dataclass(frozen=True, slots=True)
class HeldDecision:
    """A decision that can still be undone."""

    held_id: int
    match_id: MatchId
    key_id: str  # whose it is
    new: NewDecision
    send_at: datetime

"""Talk to a service over HTTP: signatures go out, never a photo and never its name."""

from hashsvc.client.async_platforms import AsyncPlatformClient
from hashsvc.client.platforms import PlatformClient
from hashsvc.client.survivors import CaseAccess, CaseReport, SurvivorClient
from hashsvc.client.values import (
    Change,
    ChangesPage,
    Clock,
    MatchAnswer,
    MatchFilter,
    NewDecision,
    Notice,
    OwnMatch,
    PastDecision,
    Upload,
)

__all__ = [
    "AsyncPlatformClient",
    "CaseAccess",
    "CaseReport",
    "Change",
    "ChangesPage",
    "Clock",
    "MatchAnswer",
    "MatchFilter",
    "NewDecision",
    "Notice",
    "OwnMatch",
    "PastDecision",
    "PlatformClient",
    "SurvivorClient",
    "Upload",
]

"""Talk to a service over HTTP: signatures go out, never a photo and never its name."""

from hashsvc.client.async_platforms import AsyncPlatformClient
from hashsvc.client.office import AsyncOfficeClient, OfficeClient
from hashsvc.client.office_values import (
    Appeal,
    Key,
    NewKey,
    PlatformPolicy,
    Sweep,
    SweepReceipt,
    Webhook,
    WebhookSecret,
)
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
    "Appeal",
    "AsyncOfficeClient",
    "AsyncPlatformClient",
    "CaseAccess",
    "CaseReport",
    "Change",
    "ChangesPage",
    "Clock",
    "Key",
    "MatchAnswer",
    "MatchFilter",
    "NewDecision",
    "NewKey",
    "Notice",
    "OfficeClient",
    "OwnMatch",
    "PastDecision",
    "PlatformClient",
    "PlatformPolicy",
    "SurvivorClient",
    "Sweep",
    "SweepReceipt",
    "Upload",
    "Webhook",
    "WebhookSecret",
]

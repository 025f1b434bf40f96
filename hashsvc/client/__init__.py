"""Talk to a service over HTTP: signatures go out, never a photo and never its name."""

from hashsvc.client.platforms import MatchAnswer, PlatformClient, Upload
from hashsvc.client.survivors import CaseAccess, CaseState, CaseStatus, SurvivorClient

__all__ = [
    "CaseAccess",
    "CaseState",
    "CaseStatus",
    "MatchAnswer",
    "PlatformClient",
    "SurvivorClient",
    "Upload",
]

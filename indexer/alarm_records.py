"""Frozen values about alarms: that somebody asks what nobody with photos would ask."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hashsvc import SignatureId


class AlarmKind(StrEnum):
    """What was noticed."""

    PROBE = "probe"  # many nearly equal questions: somebody works out a listed hash
    HIT_RATE = "hit_rate"  # a key matches far more often than it used to


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that an operator has to look at."""

    kind: AlarmKind
    at: datetime
    signature_id: SignatureId | None  # about which; None: about none in particular
    key_id: str  # with which was asked
    platform: str  # whose key that is, by name

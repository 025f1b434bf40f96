"""Frozen values about alarms: that somebody asks what nobody with photos would ask."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hashsvc import SignatureId


class AlarmKind(StrEnum):
    """What was noticed."""

    PROBE = "probe"  # many nearly equal questions: somebody works out a listed hash
    HONEY = "honey"  # a question about what one recipient alone was given
    HIT_RATE = "hit_rate"  # a key matches far more often than it used to


class Copy(StrEnum):
    """What a recipient was given."""

    PACK = "pack"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who was given a copy of a bank."""

    copy: Copy
    address: str  # tells recipients apart: a platform's name, or the public key of packs
    name: str  # what an alarm calls it


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that an operator has to look at."""

    kind: AlarmKind
    at: datetime
    signature_id: SignatureId | None  # about which; None: about none in particular
    key_id: str  # with which was asked
    platform: str  # whose key that is, by name
    leaker: Recipient | None = None  # whose copy the question is from

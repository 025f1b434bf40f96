"""Frozen values about alarms: that somebody asks what nobody with photos would ask."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hashsvc import Algorithm, SignatureId


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


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """Whose nearly equal questions, about which listed hash."""

    root_id: str  # the operator's key; keys below it count with it
    algorithm: Algorithm
    signature_id: SignatureId


@dataclass(frozen=True, slots=True)
class Moves:
    """Which places of a hash the questions of one process moved; nothing of any hash."""

    target: ProbeTarget
    places: int  # a bit for each of 256
    begun_at: datetime  # when the first was asked; a day later they do not count
    fresh: bool  # other processes cannot read all of them yet

"""The support directory: whom the page names, and when a person last checked it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from importlib import resources
from typing import Any

STALE_AFTER = timedelta(days=180)


class Audience(StrEnum):
    """Whom a line is for."""

    UNDER_18 = "under_18"
    ADULT = "adult"
    ALL = "all"


class Kind(StrEnum):
    """How it is reached."""

    PHONE = "phone"
    SMS = "sms"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine:
    """One service that helps people; what nobody has checked is left out, never guessed."""

    id: str
    country: str  # ISO 3166, two letters
    service: Mapping[str, str]  # by language
    audience: Audience
    kind: Kind
    number: str = ""
    url: str = ""
    hours: Mapping[str, str] = field(default_factory=dict)  # by language
    cost: Mapping[str, str] = field(default_factory=dict)  # by language
    languages: tuple[str, ...] = ()
    source: str = ""
    checked_on: date | None = None

    def address(self) -> str:
        """What a link to it opens."""
        scheme = {Kind.PHONE: "tel:", Kind.SMS: "sms:", Kind.WEB: ""}[self.kind]
        return scheme + (self.url if self.kind is Kind.WEB else self.number)

    def is_stale(self, *, on: date) -> bool:
        """Whether nobody has checked it for 180 days, or ever."""
        return self.checked_on is None or on - self.checked_on > STALE_AFTER


def read_help_lines() -> tuple[HelpLine, ...]:
    """The directory, in its own order."""
    file = resources.files("api.web").joinpath("help_lines.toml")
    return parsed(tomllib.loads(file.read_text(encoding="utf-8"))["line"])


def parsed(entries: Iterable[Mapping[str, Any]]) -> tuple[HelpLine, ...]:
    """Entries as lines; an unknown field or value is an error."""
    return tuple(_parsed(entry) for entry in entries)


def _parsed(entry: Mapping[str, Any]) -> HelpLine:
    line = HelpLine(
        **{
            **entry,
            "audience": Audience(entry["audience"]),
            "kind": Kind(entry["kind"]),
            "languages": tuple(entry.get("languages", ())),
        }
    )
    if not (line.url if line.kind is Kind.WEB else line.number):
        raise ValueError(f"{line.id} says no way to reach it")
    return line

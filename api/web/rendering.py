"""Makes the HTML, once at start: nothing of a request is ever in it, so its digest is fixed."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import Any

from api.web.assets import modules_of, static_assets
from api.web.catalogue import LANGUAGES, read_catalogue
from api.web.help_lines import Audience, HelpLine, read_help_lines

_PLACE = re.compile(r"\{\{([\w-]+):([\w.-]+)\}\}")
_NAMED = re.compile(r'(data-t="([\w.-]+)"[^>]*>)(?=</)')  # an empty element that names its phrase
_PRELOADS: Mapping[str, str] = {
    "modules": "\n".join(
        f'<link rel="modulepreload" href="/static/{name}">'
        for name in modules_of(static_assets(), "js/page.js")
    )
}
Strings = Mapping[str, Mapping[str, str]]  # by language, then by key


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that pages are filled with."""

    strings: Strings
    lines: tuple[HelpLine, ...]
    exit_url: str
    platforms: tuple[str, ...]

    @classmethod
    def read(cls) -> "Words":
        """From the catalogue, the support directory and the operator's file."""
        settings = tomllib.loads(_text("page.toml"))
        lines = read_help_lines()
        names = tuple(platform["name"] for platform in settings["platforms"])
        return cls(_strings(lines), lines, settings["exit_url"], names)


def render(template: str, words: Words) -> str:
    """A template with every place filled, `{{sw:key}}` or `{{help:audience}}`, and every `data-t`.

    Raises:
        KeyError: it names what is not there.
    """
    fillers: Mapping[str, Callable[[str], str]] = {
        **{language: _texts(words.strings[language]) for language in LANGUAGES},
        "help": lambda audience: _help(words, Audience(audience)),
        "set": {"exit": escape(words.exit_url), "data": _data(words), **_PRELOADS}.__getitem__,
    }
    filled = _PLACE.sub(lambda place: fillers[place[1]](place[2]), _text(template))
    return _NAMED.sub(lambda found: found[1] + fillers["en"](found[2]), filled)


def _text(name: str) -> str:
    return resources.files("api.web").joinpath(name).read_text(encoding="utf-8")


def _texts(phrases: Mapping[str, str]) -> Callable[[str], str]:
    return lambda key: escape(phrases[key])


def _strings(lines: Iterable[HelpLine]) -> Strings:
    """The catalogue, and each help line's name and note as phrases of their own."""
    strings = {
        language: {key: phrase.text for key, phrase in phrases.items()}
        for language, phrases in read_catalogue().items()
    }
    for line in lines:
        for language, phrases in strings.items():
            phrases[f"line.{line.id}.service"] = line.service[language]
            phrases[f"line.{line.id}.note"] = _note(line, language, phrases["help.checked"])
    return strings


def _note(line: HelpLine, language: str, checked: str) -> str:
    """Hours, cost and the day of the check, as far as anybody knows them."""
    known = [line.hours.get(language, ""), line.cost.get(language, "")]
    if line.checked_on:
        known.append(checked.format(date=line.checked_on.isoformat()))
    return " · ".join(part for part in known if part)


def _help(words: Words, audience: Audience) -> str:
    """A list of the lines for these people, those for all included."""
    fitting = [line for line in words.lines if line.audience in {audience, Audience.ALL}]
    return "".join(_help_entry(line, words.strings["en"]) for line in fitting)


def _help_entry(line: HelpLine, phrases: Mapping[str, str]) -> str:
    key = f"line.{line.id}"
    note = f'<small data-t="{key}.note"></small>' if phrases[f"{key}.note"] else ""
    return (
        f'<li><a class="call" rel="noreferrer" href="{escape(line.address())}">'
        f'<span data-t="{key}.service"></span> <strong>{escape(line.number)}</strong></a>'
        f"{note}</li>"
    )


def _data(words: Words) -> str:
    """What scripts read, as JSON that no HTML parser takes for markup."""
    content: dict[str, Any] = {"strings": words.strings, "platforms": words.platforms}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")

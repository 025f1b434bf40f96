"""The words of the page, one file a language; a gap in one of them stops the start."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

LANGUAGES: Final = ("en", "sw")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class CatalogueError(Exception):
    """The page's words are incomplete; the message says which."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One text, and whether a person who speaks the language has read it."""

    text: str
    reviewed: bool

    def placeholders(self) -> frozenset[str]:
        """What is filled in when it is shown."""
        return frozenset(_PLACEHOLDER.findall(self.text))


Phrases = Mapping[str, Phrase]


def read_catalogue() -> Mapping[str, Phrases]:
    """Every language's phrases by key, after the check that they agree.

    Raises:
        CatalogueError: a key or a placeholder is missing in one of them.
    """
    catalogue = {language: _read(language) for language in LANGUAGES}
    require_agreement(catalogue)
    return catalogue


def require_agreement(catalogue: Mapping[str, Phrases]) -> None:
    """Refuse languages that differ in keys or placeholders."""
    first, *others = catalogue
    for other in others:
        gaps = catalogue[first].keys() ^ catalogue[other].keys()
        if gaps:
            raise CatalogueError(f"in {first} or {other} alone: {', '.join(sorted(gaps))}")
        for key, phrase in catalogue[first].items():
            if phrase.placeholders() != catalogue[other][key].placeholders():
                raise CatalogueError(f"{first} and {other} fill in different things: {key}")


def _read(language: str) -> Phrases:
    file = resources.files("api.web").joinpath("locales", f"{language}.json")
    entries = json.loads(file.read_text(encoding="utf-8"))
    return {
        key: Phrase(entry["text"], entry["reviewed"] is not None) for key, entry in entries.items()
    }

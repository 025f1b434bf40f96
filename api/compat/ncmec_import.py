"""A list in NCMEC's form as a server of that dialect hands it on, read with every doubt."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from xml.etree.ElementTree import Element

from api.compat.fetching import Fetching, ListBrokenError
from api.compat.ncmec_xml import XmlRefusedError, read_tree, time_text
from api.services.list_imports import RemoteEntry, RemotePage, Skipped
from hashsvc import Algorithm, Hash
from hashsvc.errors import InvalidHashError
from hashsvc.times import now
from indexer.store.list_streams import seconds_of

CREDENTIALS = ("user", "password")
_LAG_SECONDS = 60  # a window ends so far back: what is late still comes into it
_PAGING_SECONDS = 12 * 3_600  # so long the address of a next page is good
# Where a next page may be: behind the same address, whatever a server says.
_NEXT = re.compile(r"/v2/entries\?[\x21-\x7e]{1,2000}")
_NAME = re.compile(r"[\x21-\x7e]{1,256}")
_IMAGES = frozenset({"image", "deletedImage"})
_OTHERS = frozenset({"video", "deletedVideo"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Up to where windows are done, and where in the one after them we are."""

    done: int  # seconds since 1970
    end: int = 0  # of the window that was begun
    following: str | None = None  # its next page; None: it was not begun
    begun: int = 0  # when, seconds since 1970

    @classmethod
    def read(cls, checkpoint: str | None) -> "_Place":
        """From what `text` wrote."""
        return cls(0) if checkpoint is None else cls(*json.loads(checkpoint))

    def text(self) -> str:
        """As a checkpoint."""
        return json.dumps([self.done, self.end, self.following, self.begun])

    def resumed(self, at: datetime) -> "_Place":
        """The window that was begun, while its pages hold; else a new one up to a minute ago."""
        second = seconds_of(at)
        if self.following is not None and second - self.begun <= _PAGING_SECONDS:
            return self
        return _Place(self.done, second - _LAG_SECONDS, None, second)

    def after(self, following: str | None) -> "_Place":
        """The place behind a page, which names the one that follows it."""
        if following is None:
            return _Place(self.end)
        if following == self.following or _NEXT.fullmatch(following) is None:
            raise ListBrokenError("does not say where its next page is")
        return replace(self, following=following)


@dataclass(frozen=True, slots=True)
class NcmecList:
    """Windows of time, each from where the last one ended, each page of them."""

    fetching: Fetching
    url: str  # without a slash at the end
    time_of_day: Callable[[], datetime] = now

    def pages(self, checkpoint: str | None) -> Iterator[RemotePage]:
        """Every page from a checkpoint to the end.

        Raises:
            ListBrokenError: a page could not be had, or was not one.
        """
        place = _Place.read(checkpoint).resumed(self.time_of_day())
        while place.end > place.done:
            page, place = self._page(place)
            yield page

    def _page(self, place: _Place) -> tuple[RemotePage, _Place]:
        if place.following is not None:
            return self.fetching.page(self.url + place.following, None, _Reader(place).read)
        window = {"from": time_text(place.done), "to": time_text(place.end)}
        return self.fetching.page(f"{self.url}/v2/entries", window, _Reader(place).read)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the page of a place."""

    place: _Place

    def read(self, body: bytes) -> tuple[RemotePage, _Place]:
        """The page, and the place behind it.

        Raises:
            ListBrokenError: it is none.
        """
        try:
            root = read_tree(body)
        except XmlRefusedError as error:
            raise ListBrokenError("sends a page that is no XML, or has a document type") from error
        if root.tag != "queryResult" or root.find("images") is None:
            raise ListBrokenError("sends a page of another form")
        following = root.find("paging/next")
        place = self.place.after(None if following is None else (following.text or ""))
        entries, skipped = _entries(root)
        return RemotePage(entries, skipped, place.text(), place.following is None), place


class _SkippedError(Exception):
    """An entry is left out; its argument says why."""


def _entries(root: Element) -> tuple[list[RemoteEntry], Counter[Skipped]]:
    entries, skipped = [], Counter[Skipped]()
    for kind in ("images", "videos"):
        for element in root.iterfind(f"{kind}/*"):
            try:
                entries.append(_entry(element))
            except _SkippedError as error:
                skipped[error.args[0]] += 1
    return entries, skipped


def _entry(element: Element) -> RemoteEntry:
    """An entry; what it was classified as is not looked at."""
    if element.tag in _OTHERS:
        raise _SkippedError(Skipped.TYPE)
    if element.tag not in _IMAGES:
        raise _SkippedError(Skipped.WORD)
    member, entry = element.find("member"), element.findtext("id", "").strip()
    number = "" if member is None else member.get("id", "")
    if not (_NAME.fullmatch(number) and _NAME.fullmatch(entry)):
        raise _SkippedError(Skipped.FIELD)
    # Which member's it is stands first: a member's own ids say nothing of another's.
    name = json.dumps([number, entry])
    return RemoteEntry(name, None if element.tag == "deletedImage" else _pdq(element))


def _pdq(image: Element) -> Hash:
    text = image.findtext("fingerprints/pdq")
    if text is None:
        raise _SkippedError(Skipped.TYPE)
    try:
        return Hash.from_hex(Algorithm.PDQ, text.strip())
    except InvalidHashError as error:
        raise _SkippedError(Skipped.HASH) from error

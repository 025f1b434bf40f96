"""StopNCII's list as a server of that dialect hands it on, read with every doubt."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.compat.fetching import Fetching, ListBrokenError
from api.compat.mappings import SIGNAL_TYPES
from api.services.list_imports import RemoteEntry, RemotePage, Skipped
from hashsvc import Algorithm, Hash
from hashsvc.errors import InvalidHashError

CREDENTIALS = ("subscription_key", "fetch_function_key")
_BEGINNING = 10  # what the field's clients send first
_PAGE_SIZE = 800
_LATEST = 2**53  # no time and no position lies beyond
_LISTED = frozenset({"Received", "Active"})
_GONE = frozenset({"Withdrawn", "Deleted"})


def headers(subscription_key: str, fetch_function_key: str) -> dict[str, str]:
    """What every request carries."""
    return {"Ocp-Apim-Subscription-Key": subscription_key, "x-functions-key": fetch_function_key}


@dataclass(frozen=True, slots=True)
class _Read:
    """A page, and what leads to the next one in this run."""

    page: RemotePage
    reached: int
    token: str | None


@dataclass(frozen=True, slots=True)
class StopNciiList:
    """Pages from a time on; within a run by token, in the next run by the time reached."""

    fetching: Fetching
    url: str  # without a slash at the end

    def pages(self, checkpoint: str | None) -> Iterator[RemotePage]:
        """Every page from a checkpoint to the end.

        Raises:
            ListBrokenError: a page could not be had, or was not one.
        """
        start = reached = int(checkpoint or _BEGINNING)
        token: str | None = None
        while True:
            parameters: dict[str, str | int] = {"startTimestamp": start, "pageSize": _PAGE_SIZE}
            if token is not None:
                parameters["nextPageToken"] = token
            before = _Place(reached, token)
            read = self.fetching.page(f"{self.url}/FetchHashes", parameters, before.read)
            yield read.page
            if read.page.last:
                return
            reached, token = read.reached, read.token


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a run is."""

    reached: int
    token: str | None

    def read(self, body: bytes) -> _Read:
        """The page that begins here.

        Raises:
            ListBrokenError: it is none.
        """
        fields = _object(body)
        records = fields.get("hashRecords")
        if not isinstance(records, list) or fields.get("count", len(records)) != len(records):
            raise ListBrokenError("sends a page that is cut or has another form")
        reached = fields.get("nextSetTimestamp")
        if type(reached) is not int or reached > _LATEST:
            raise ListBrokenError("does not say where its page ends")
        if reached < self.reached:
            raise ListBrokenError("goes back to a time that lies behind us")
        token = self._token(fields)
        entries, skipped = _entries(records)
        return _Read(RemotePage(entries, skipped, str(reached), token is None), reached, token)

    def _token(self, fields: dict[str, Any]) -> str | None:
        more, token = fields.get("hasMoreRecords"), fields.get("nextPageToken")
        if more is False:
            return None
        if more is not True or not isinstance(token, str) or token in ("", self.token):
            raise ListBrokenError("does not say where its next page is")
        return token


class _SkippedError(Exception):
    """A record is left out; its argument says why."""


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ListBrokenError("sends a page that is no JSON") from error
    if not isinstance(fields, dict):
        raise ListBrokenError("sends a page that is cut or has another form")
    return fields


def _entries(records: list[Any]) -> tuple[list[RemoteEntry], Counter[Skipped]]:
    entries, skipped = [], Counter[Skipped]()
    for record in records:
        try:
            entries.append(_entry(record))
        except _SkippedError as error:
            skipped[error.args[0]] += 1
    return entries, skipped


def _entry(record: object) -> RemoteEntry:
    """A record; its cases and who spoke of it are not looked at."""
    if not isinstance(record, dict):
        raise _SkippedError(Skipped.FIELD)
    kind, value, status = (record.get(n) for n in ("signalType", "hashValue", "hashStatus"))
    if not (isinstance(kind, str) and isinstance(value, str) and isinstance(status, str)):
        raise _SkippedError(Skipped.FIELD)
    if kind not in SIGNAL_TYPES:
        raise _SkippedError(Skipped.TYPE)
    if status not in _LISTED | _GONE:
        raise _SkippedError(Skipped.WORD)
    try:
        pdq = Hash.from_hex(Algorithm.PDQ, value)
    except InvalidHashError as error:
        raise _SkippedError(Skipped.HASH) from error
    return RemoteEntry(f"pdq/{pdq.hex()}", pdq if status in _LISTED else None)

"""One row a file: what it was, what became of it, its best match, and what people concluded."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cache
from typing import Any

from hashsvc.scan.journal import Journal
from hashsvc.scan.review import Conclusion, Review

UNDER_18 = "under_18"
# Of several entries that a photo matches, the strongest and nearest one; the whole photo's first.
_SELECT = """
SELECT file.id AS file_id, exhibit, path, parent_id, state, address, file.size, modified_ns,
    changed_ns, accessed_ns, created_ns, outcome, file.reason, md5, sha1, file.sha256, width,
    height, tier, pdq_distance, dhash_distance, region, listed_region, orientation, entry,
    coalesce(entries, 0) AS entries
FROM file JOIN source ON source.id = file.source_id
LEFT JOIN photo ON photo.sha256 = file.sha256
LEFT JOIN (
    SELECT *, count(*) OVER (PARTITION BY sha256) AS entries,
        row_number() OVER (PARTITION BY sha256 ORDER BY CASE tier WHEN 'strong' THEN 1
            WHEN 'likely' THEN 2 ELSE 3 END, pdq_distance, coalesce(dhash_distance, 256),
            region <> 'full', entry) AS place
    FROM match) AS best ON best.sha256 = file.sha256 AND place = 1
"""
_ORDER = "ORDER BY file.id"


class Chosen(StrEnum):
    """Which files have a row."""

    EVERY = ""
    MATCHES = "WHERE entry IS NOT NULL "
    EXCEPTIONS = "WHERE outcome IN ('failed', 'excluded') "


@dataclass(frozen=True, slots=True)
class Row:
    """A file of the report; distances are in bits, times since 1970."""

    file_id: int
    exhibit: str
    path: str  # below its source or container; what is not UTF-8 in it is replaced
    path_hex: str | None  # its bytes, where that is so
    container: str | None  # the files that hold it, the outermost first
    state: str | None  # allocated, deleted
    address: int
    size: int
    modified_ns: int | None
    changed_ns: int | None
    accessed_ns: int | None
    created_ns: int | None
    outcome: str
    reason: str | None
    md5: str | None
    sha1: str | None
    sha256: str | None
    width: int | None
    height: int | None
    tier: str | None
    pdq_distance: int | None
    dhash_distance: int | None
    region: str | None
    listed_region: str | None
    orientation: str | None
    entry: str | None
    entries: int  # how many of the pack it matches
    finding: str | None = None
    found_by: str | None = None
    found_at: str | None = None
    second_by: str | None = None  # found the same after
    second_at: str | None = None
    confirmed: bool = False  # a person says that it is the photo
    withheld: str | None = None  # why details are not shown

    def to_json(self) -> dict[str, Any]:
        """As it is written."""
        return {name: getattr(self, name) for name in COLUMNS}

    def concluded(self, conclusion: Conclusion) -> "Row":
        """With what people say of it."""
        return replace(
            self,
            finding=conclusion.finding.value,
            found_by=conclusion.by,
            found_at=conclusion.at,
            second_by=conclusion.second_by,
            second_at=conclusion.second_at,
            confirmed=conclusion.confirmed,
        )

    def without_details(self) -> "Row":
        """Which file it is by its digests, and nothing of what it shows or is called."""
        nothing: dict[str, Any] = dict.fromkeys(_DETAILS)
        return replace(
            self,
            **nothing,
            path="",
            entries=0,
            confirmed=False,
            withheld=UNDER_18,
        )


COLUMNS = tuple(one.name for one in fields(Row))
_SHOWN_OF_ANY = (
    *("file_id", "exhibit", "path", "address", "size", "outcome", "reason"),
    *("md5", "sha1", "sha256", "entries", "confirmed", "withheld"),
)
_DETAILS = tuple(name for name in COLUMNS if name not in _SHOWN_OF_ANY)


def bare_rows(journal: Journal) -> Iterator[str]:
    """Every file as the journal has it, before anybody looked: a JSON list a line."""
    for found in journal.rows(_SELECT + _ORDER):
        found["path"] = bytes(found["path"]).hex()
        yield json.dumps(list(found.values())) + "\n"


def rows_of(
    journal: Journal, review: Review | None = None, chosen: Chosen = Chosen.EVERY
) -> Iterator[Row]:
    """Files in the order in which they were found.

    Args:
        journal: of a scan.
        review: what people concluded; photos of minors are without details then.
        chosen: which of them.
    """

    @cache
    def container(file_id: int) -> str | None:
        return _container(journal, file_id)

    for found in journal.rows(_SELECT + chosen + _ORDER):
        raw = bytes(found.pop("path"))
        path = raw.decode("utf-8", "replace")
        path_hex = None if path.encode() == raw else raw.hex()
        inside = container(found.pop("parent_id"))
        row = Row(path=path, path_hex=path_hex, container=inside, **found)
        yield _reviewed(row, review) if review else row


def _reviewed(row: Row, review: Review) -> Row:
    if row.sha256 in review.minors:
        return row.without_details()
    conclusion = review.conclusions.get(row.sha256 or "")
    return row.concluded(conclusion) if conclusion and row.tier else row


def _container(journal: Journal, file_id: int) -> str | None:
    """The path of a file that holds others, behind those that hold it."""
    chain: list[str] = []
    while file_id:
        statement = f"SELECT parent_id, path FROM file WHERE id = {file_id:d}"  # noqa: S608
        (found,) = journal.rows(statement)
        chain.append(bytes(found["path"]).decode("utf-8", "replace"))
        file_id = found["parent_id"]
    return " > ".join(reversed(chain)) or None

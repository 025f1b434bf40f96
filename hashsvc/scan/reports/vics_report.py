"""JSON in the shape of VICS 2.0, as public readers of it expect; nobody has tried every tool."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from hashsvc import __version__
from hashsvc.scan.reports.exports import Export
from hashsvc.scan.reports.rows import Row

_MODEL = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/CUSTOM/$metadata#Cases"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Readers give categories 1 and 2 to child abuse; what is exported here shows adults.
_CATEGORY = 0
_FALSE, _TRUE = "false", "true"  # readers expect words


def lines(export: Export) -> Iterator[str]:
    """One case, a photo a line."""
    head = json.dumps({"@odata.context": _MODEL})[:-1]
    case = json.dumps(_case(export))[:-1]
    yield f'{head}, "value": [{case}, "Media": [\n'
    photos = export.photos()
    for number, copies in enumerate(photos, start=1):
        end = "" if number == len(photos) else ","
        yield json.dumps(_media(export, number, copies)) + end + "\n"
    yield "]}]}\n"


def _case(export: Export) -> dict[str, Any]:
    order = export.facts["order"]
    who: Mapping[str, str] = order["custody"]["investigator"]
    return {
        "CaseID": str(export.id_of("case")),
        "CaseNumber": order["reference"],
        "ContactName": who["name"] or order["investigator"],
        "ContactPhone": "",
        "ContactEmail": who["contact"],
        "ContactTitle": who["rank"],
        "ContactOrganization": who["agency"],
        "SourceApplicationName": "hashsvc",
        "SourceApplicationVersion": __version__,
    }


def _media(export: Export, number: int, copies: list[Row]) -> dict[str, Any]:
    first = copies[0]
    return {
        "MediaID": number,
        "Category": _CATEGORY,
        "MD5": (first.md5 or "").upper(),
        "SHA1": (first.sha1 or "").upper(),
        "MediaSize": first.size,
        "IsPrecategorized": _FALSE,
        "Tags": _tags(export, first),
        "Comments": _comment(first),
        "DateUpdated": export.facts["finished_at"],
        "AlternativeHashes": [{"HashName": "SHA256", "HashValue": (first.sha256 or "").upper()}],
        "MediaFiles": [_file(copy) for copy in copies],
    }


def _tags(export: Export, row: Row) -> str:
    facts = {
        "pack": export.pack,
        "tier": row.tier,
        "pdq": row.pdq_distance,
        "dhash": row.dhash_distance,
        "orientation": row.orientation,
    }
    told = [f"{name}={value}" for name, value in facts.items() if value is not None]
    return ";".join(("NCII", *told))


def _comment(row: Row) -> str:
    if row.second_by:
        return f"{row.finding}: {row.found_by}, {row.second_by}"
    return "A lead: nobody has looked, or only one person has."


def _file(row: Row) -> dict[str, Any]:
    path = PurePosixPath(row.path)
    found = {
        "MD5": (row.md5 or "").upper(),
        "FileName": path.name,
        "FilePath": _with_backslashes(row.path),
        "Created": _time(row.created_ns),
        "Written": _time(row.modified_ns),
        "Accessed": _time(row.accessed_ns),
        "Unallocated": _FALSE,
        "Deleted": _TRUE if row.state == "deleted" else _FALSE,
        "SourceID": row.exhibit,
    }
    if row.container:
        outer = PurePosixPath(row.container.rpartition(" > ")[2])
        found["ParentFileName"] = outer.name
        found["ParentFilePath"] = _with_backslashes(row.container)
    return {name: value for name, value in found.items() if value is not None}


def _with_backslashes(path: str) -> str:
    return path.replace("/", "\\")


def _time(ns: int | None) -> str | None:
    if ns is None:
        return None
    at = _EPOCH + timedelta(microseconds=ns // 1_000)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1_000:03d}Z"

"""Which files leave in exports: those that two people looked at, and what else was asked for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from hashsvc.policies import Tier
from hashsvc.scan.reports.rows import Row
from hashsvc.scan.review import Finding

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:hashsvc:scan")


class Include(StrEnum):
    """What goes into exports beside photos with two findings."""

    REVIEWED = "reviewed"  # nothing
    STRONG = "strong"  # strong matches that nobody has looked at


@dataclass(frozen=True, slots=True)
class Export:
    """What a format for other tools is written from."""

    facts: dict[str, Any]  # of the scan, as the manifest has them
    rows: tuple[Row, ...]  # every copy of an exported photo, by file id

    def photos(self) -> Collection[list[Row]]:
        """The copies of each photo; one MD5 is one photo to the tools that read this."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.md5 or "", []).append(row)
        return found.values()

    @property
    def pack(self) -> str:
        """Bank and version."""
        pack = self.facts["order"]["pack"]
        return f"{pack['bank']}@{pack['version']}"

    def id_of(self, *words: object) -> UUID:
        """The same for the same thing of the same scan."""
        scan = f"{self.facts['created_at']} {self.facts['body_sha256']}"
        return uuid5(_NAMESPACE, " ".join((scan, *map(str, words))))


def exported(rows: Iterable[Row], include: Include) -> tuple[Row, ...]:
    """Those of the rows that may leave; a photo of a minor never does."""
    return tuple(row for row in rows if not row.withheld and _leaves(row, include))


def _leaves(row: Row, include: Include) -> bool:
    if row.finding == Finding.SAME_PHOTO and row.second_by:
        return True
    return include is Include.STRONG and row.tier == Tier.STRONG and not _doubted(row)


def _doubted(row: Row) -> bool:
    return row.finding in {Finding.NOT_SAME, Finding.CANNOT_TELL}

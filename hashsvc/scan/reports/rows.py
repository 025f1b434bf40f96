"""One row a file: what it was, what became of it, and its best match."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from hashsvc.scan.journal import Journal

# Of several entries that a photo matches, the strongest and nearest one.
_STATEMENT = """
SELECT exhibit, path, address, file.size, modified_ns, outcome, file.reason, md5, sha1,
    file.sha256, width, height, tier, pdq_distance, dhash_distance, region, listed_region,
    orientation, entry, coalesce(entries, 0) AS entries
FROM file JOIN source ON source.id = file.source_id
LEFT JOIN photo ON photo.sha256 = file.sha256
LEFT JOIN (
    SELECT *, count(*) OVER (PARTITION BY sha256) AS entries,
        row_number() OVER (PARTITION BY sha256 ORDER BY CASE tier WHEN 'strong' THEN 1
            WHEN 'likely' THEN 2 ELSE 3 END, pdq_distance, entry) AS place
    FROM match) AS best ON best.sha256 = file.sha256 AND place = 1
ORDER BY file.id
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A file of the report; distances are in bits."""

    exhibit: str
    path: str  # what is not UTF-8 in it is replaced
    path_hex: str | None  # its bytes, where that is so
    address: int
    size: int
    modified_ns: int | None
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

    def to_json(self) -> dict[str, Any]:
        """As it is written."""
        return asdict(self)


COLUMNS = tuple(one.name for one in fields(Row))


def rows_of(journal: Journal) -> Iterator[Row]:
    """Every file, in the order in which it was found."""
    for found in journal.rows(_STATEMENT):
        raw = bytes(found.pop("path"))
        path = raw.decode("utf-8", "replace")
        path_hex = None if path.encode() == raw else raw.hex()
        yield Row(path=path, path_hex=path_hex, **found)

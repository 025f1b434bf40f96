"""Lists of digests that The Sleuth Kit and Autopsy look files up in."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hashsvc.scan.reports.exports import Export

# The Sleuth Kit's own form of a set, version 1.
_TABLES = """
CREATE TABLE db_properties (name TEXT NOT NULL, value TEXT);
INSERT INTO db_properties VALUES ('Schema Version', '1');
CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE,
    sha1 BINARY(20), sha2_256 BINARY(32));
CREATE TABLE file_names (name TEXT NOT NULL, hash_id INTEGER NOT NULL,
    PRIMARY KEY(name, hash_id));
CREATE TABLE comments (comment TEXT NOT NULL, hash_id INTEGER NOT NULL,
    PRIMARY KEY(comment, hash_id));
CREATE INDEX md5_index ON hashes(md5);
"""


def md5_lines(export: Export) -> Iterator[str]:
    """As `md5sum` prints them, with the number of the file for a name: names tell too much."""
    for copies in export.photos():
        yield f"{copies[0].md5}  {copies[0].file_id}\n"


def write_kdb(path: Path, export: Export) -> None:
    """Fill an empty file with a set that `hfind` and Autopsy read."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_TABLES)
        for number, copies in enumerate(export.photos(), start=1):
            first = copies[0]
            digests = [bytes.fromhex(one or "") for one in (first.md5, first.sha1, first.sha256)]
            connection.execute("INSERT INTO hashes VALUES (?, ?, ?, ?)", (number, *digests))
            connection.executemany(
                "INSERT INTO file_names VALUES (?, ?)",
                [(str(copy.file_id), number) for copy in copies],
            )
            comment = f"NCII {export.pack} {first.tier} {first.finding or 'not reviewed'}"
            connection.execute("INSERT INTO comments VALUES (?, ?)", (comment, number))

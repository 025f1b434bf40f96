"""The journal's tables. It holds names of files and distances, no hashes."""

PRAGMAS = (
    "PRAGMA locking_mode=EXCLUSIVE",  # the lock that says "in use"; the kernel frees it
    "PRAGMA page_size=8192",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # anything less loses acknowledged rows at a power cut
)
TABLES = """
CREATE TABLE IF NOT EXISTS scan(
    id INTEGER PRIMARY KEY, format INTEGER, options TEXT, created_at TEXT, finished_at TEXT);
CREATE TABLE IF NOT EXISTS segment(
    id INTEGER PRIMARY KEY, started_at TEXT, ended_at TEXT, ended TEXT, host TEXT, version TEXT,
    isolation TEXT);
CREATE TABLE IF NOT EXISTS source(
    id INTEGER PRIMARY KEY, exhibit TEXT, locator TEXT, read_only INTEGER, kind TEXT,
    fingerprint TEXT,
    enumerated INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS file(
    id INTEGER PRIMARY KEY, source_id INTEGER NOT NULL, parent_id INTEGER NOT NULL,
    path BLOB NOT NULL, address INTEGER NOT NULL, size INTEGER, modified_ns INTEGER,
    changed_ns INTEGER, accessed_ns INTEGER, created_ns INTEGER, state TEXT,
    outcome TEXT, reason TEXT, md5 TEXT, sha1 TEXT, sha256 TEXT,
    UNIQUE(source_id, parent_id, path, address));
CREATE INDEX IF NOT EXISTS file_pending ON file(source_id, id) WHERE outcome IS NULL;
CREATE INDEX IF NOT EXISTS file_outcome ON file(outcome);
CREATE INDEX IF NOT EXISTS file_sha256 ON file(sha256);
CREATE TABLE IF NOT EXISTS photo(
    sha256 TEXT PRIMARY KEY, width INTEGER, height INTEGER, reason TEXT);
CREATE TABLE IF NOT EXISTS match(
    sha256 TEXT, entry TEXT, tier TEXT, pdq_distance INTEGER, dhash_distance INTEGER,
    region TEXT, listed_region TEXT, orientation TEXT, under_18 INTEGER,
    PRIMARY KEY(sha256, entry));
"""

"""What can go wrong in the store and the index.

Naming: an error is named by what is wrong; its message is one sentence for an operator and holds
no hash, number, PIN or key.
"""

from enum import StrEnum
from pathlib import Path


class IndexerError(Exception):
    """Base of every error that indexer raises on purpose."""


class StoreUnavailableError(IndexerError):
    """The database did not answer, or did not take what was written."""


class SchemaTooNewError(IndexerError):
    """The database was written by a newer version of hashsvc."""

    def __init__(self) -> None:
        super().__init__(
            "This database was written by a newer version of hashsvc. Start that version, or "
            "restore a backup made by this one; nothing was changed."
        )


class SchemaNotReadyError(IndexerError):
    """The database lacks tables of this version."""

    def __init__(self) -> None:
        super().__init__("The database is not at this version's schema: run `migrate` first.")


class KeyFileError(IndexerError):
    """A key file is missing, readable by others, or damaged."""


class SealBrokenError(IndexerError):
    """A sealed signature or key does not open: wrong key file, or tampered rows."""

    def __init__(self) -> None:
        super().__init__(
            "A stored signature does not open with this key file: it is the wrong key file, or "
            "the database was tampered with."
        )


class CaseExistsError(IndexerError):
    """A case with this number exists already."""


class LogForkedError(IndexerError):
    """Two writers appended to the change log at once; the second one's work was undone."""


class LogBrokenError(IndexerError):
    """The change log has a gap, or a row that does not fit its digest."""

    def __init__(self) -> None:
        super().__init__(
            "The change log has a gap or an altered row. Matching stopped: restore the database "
            "from a backup."
        )


class HistoryChangedError(IndexerError):
    """The store is not the one that this index followed until now."""

    def __init__(self) -> None:
        super().__init__("The database was exchanged while the service ran: restart the service.")


class SnapshotRefusedError(IndexerError):
    """A snapshot is damaged, foreign or of a newer version; the list is read from the store."""

    def __init__(self, why: str) -> None:
        """Say why.

        Args:
            why: the end of a sentence, never of the snapshot's own bytes.
        """
        super().__init__(f"A snapshot of the index was refused: {why}.")
        self.why = why


class UnsafeFolderError(IndexerError):
    """A folder that must be this user's alone is not."""


class SecondServerError(IndexerError):
    """Another server holds this SQLite database."""

    def __init__(self) -> None:
        super().__init__(
            "Another server runs on this SQLite database, which takes one: stop it, or use "
            "PostgreSQL (HASHSVC_DATABASE_URL) for several."
        )


class TombstonesUnavailableError(IndexerError):
    """The tombstones outside the database could not be read or written."""

    def __init__(self) -> None:
        super().__init__(
            "The file of tombstones (HASHSVC_TOMBSTONES) cannot be read or written: look at its "
            "disk. Until then withdrawals are done, but not acknowledged."
        )


class TombstonesForeignError(IndexerError):
    """The tombstones are another database's, or know more than this one."""

    def __init__(self) -> None:
        super().__init__(
            "The file of tombstones knows of changes that the database lacks: an older backup took "
            "its place. Restore it with `hashsvc-server restore`, which replays them."
        )


class TombstonesBrokenError(IndexerError):
    """A line of the tombstones is missing or was altered."""

    def __init__(self) -> None:
        super().__init__(
            "A line of the tombstones is missing or was altered: use another copy of the file."
        )


class StoreOlderError(IndexerError):
    """The database is older than what this machine has seen."""

    def __init__(self, path: Path) -> None:
        """Say which file tells.

        Args:
            path: of the high water.
        """
        super().__init__(
            f"The database is older than {path} says, or another one. Restore the backup with "
            "`hashsvc-server restore`, so that nothing withdrawn comes back."
        )


class BackupFailedError(IndexerError):
    """A backup could not be taken or put back."""

    def __init__(self, why: str) -> None:
        """Say why.

        Args:
            why: the end of a sentence.
        """
        super().__init__(f"The backup could not be read or written: {why}.")


class BackupOlderError(IndexerError):
    """A backup lacks changes that nobody remembers."""

    def __init__(self) -> None:
        super().__init__(
            "The backup is older than the high water of this machine, and no file of tombstones "
            "reaches as far: withdrawn cases would come back. Name the file with --tombstones."
        )


class StoreDisagreesError(IndexerError):
    """The change log, the listed signatures and the index do not say the same."""


class AuditUnfitError(IndexerError):
    """An audit row takes numbers, ids and words of closed sets, and nothing else."""

    def __init__(self, name: str) -> None:
        """Say where.

        Args:
            name: of the value, never the value.
        """
        super().__init__(f"An audit row cannot hold what was given as {name!r}.")


class Fault(StrEnum):
    """What is wrong with a stream."""

    DIGEST = "digest"  # a row was altered
    LINK = "link"  # a row does not follow from the one before it
    GAP = "gap"  # a row is missing
    TRUNCATED = "truncated"  # the last rows are missing
    FORK = "fork"  # a checkpoint says otherwise
    SIGNATURE = "signature"  # nobody known signed the checkpoint


class StreamFaultyError(IndexerError):
    """A stream is not what was written, or not what a checkpoint says."""

    def __init__(self, stream: str, seq: int, fault: Fault) -> None:
        """Say where.

        Args:
            stream: its word.
            seq: the first number at which it is wrong.
            fault: how.
        """
        super().__init__(f"The stream {stream} is wrong from row {seq} on: {fault.value}.")
        self.stream, self.seq, self.fault = stream, seq, fault


class CheckpointSinkError(IndexerError):
    """A folder of checkpoints cannot be read or written."""

    def __init__(self) -> None:
        super().__init__(
            "A folder of checkpoints (HASHSVC_CHECKPOINTS) cannot be read or written: look at its "
            "disk. Until then nobody outside can tell whether audit rows are cut off."
        )


class CheckpointForeignError(IndexerError):
    """Checkpoints that this service's keys did not sign, or of another name."""

    def __init__(self) -> None:
        super().__init__(
            "There are checkpoints that `checkpoint.keys` did not sign, or of another service: "
            "put that file and HASHSVC_INSTANCE back as they were, or name other folders."
        )


class CheckpointForkedError(IndexerError):
    """The database does not hold what was signed before."""

    def __init__(self, stream: str) -> None:
        """Say which stream.

        Args:
            stream: its word.
        """
        super().__init__(
            f"The stream {stream} lacks rows that a checkpoint was signed for, or they were "
            "altered; nothing more is signed. Compare with `hashsvc-server audit verify`. If an "
            "older backup was put back on purpose, restore it with `hashsvc-server restore`."
        )

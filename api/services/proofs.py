"""Proofs about the audit streams, for those who hold a checkpoint."""

from dataclasses import dataclass

from api.services.checkpoints import CheckpointService
from api.services.errors import NoSuchRowError
from hashsvc.transparency import Checkpoint, GrowthProof, RowProof
from hashsvc.transparency.merkle import consistency_ranges, inclusion_ranges, roots_of
from indexer.auditing import digests
from indexer.records import Stream
from indexer.store.stream_rows import digests_after


@dataclass(frozen=True, slots=True)
class ProofService:
    """Reads digests of rows, not what rows say; each proof leads to a checkpoint made now."""

    checkpoints: CheckpointService

    def of_row(self, stream: Stream, seq: int) -> RowProof:
        """That a row is in a stream.

        Raises:
            NoSuchRowError: the stream has no row of this number.
            ProofWrongError: the rows are not those that were signed.
            IndexerError: see `CheckpointService.make`.
        """
        note = self.checkpoints.make(stream)
        size = Checkpoint.read(note.text).root.size
        if not 1 <= seq <= size:
            raise NoSuchRowError
        store = self.checkpoints.store
        with store.snapshot() as tx:
            ((_, digest),) = digests_after(tx.connection, stream, seq - 1, limit=1)
        hashes = roots_of(inclusion_ranges(seq - 1, size), digests(store, stream, upto=size))
        proof = RowProof(digest, seq - 1, tuple(hashes), note)
        proof.require()
        return proof

    def of_growth(self, stream: Stream, since: int) -> GrowthProof:
        """That a stream begins with all that an older checkpoint was about.

        Args:
            stream: which one.
            since: the size of the older checkpoint.

        Raises:
            NoSuchRowError: the stream was never that long.
            IndexerError: see `CheckpointService.make`.
        """
        note = self.checkpoints.make(stream)
        size = Checkpoint.read(note.text).root.size
        if not 0 <= since <= size:
            raise NoSuchRowError
        rows = digests(self.checkpoints.store, stream, upto=size)
        return GrowthProof(since, tuple(roots_of(consistency_ranges(since, size), rows)), note)

"""Checkpoints of the audit streams: made, kept outside, and never at odds with older ones."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from api.security.checkpoint_keys import CheckpointKeys
from hashsvc.times import now
from hashsvc.transparency import EMPTY, Checkpoint, Note, TransparencyError, Tree, Verifier
from indexer.auditing import BEGINNING, Place, checked_digests, end_of, root_at
from indexer.errors import CheckpointForeignError, CheckpointForkedError, CheckpointSinkError
from indexer.records import Head, Stream
from indexer.store import Store
from indexer.store.chains import Chain
from indexer.store.checkpoint_sinks import CheckpointSink
from indexer.store.checkpoints import Kept


@dataclass(frozen=True, slots=True)
class CheckpointService:
    """Makes checkpoints from new rows alone, and refuses to sign what older ones speak against."""

    store: Store
    keys: CheckpointKeys
    instance: str  # the name of this service
    sinks: Sequence[CheckpointSink]

    def origin(self, stream: Stream) -> str:
        """The name of a stream's log."""
        return f"hashsvc.{self.instance}/{stream}"

    def make(self, stream: Stream) -> Note:
        """The checkpoint of a stream's end, in the database and in every sink.

        Raises:
            StreamFaultyError: a row since the last checkpoint is not what was written.
            CheckpointForkedError: an older checkpoint says otherwise; nothing was signed.
            CheckpointForeignError: older checkpoints are not this service's.
            CheckpointSinkError: a sink could not be written; the others were.
            StoreUnavailableError: the database does not answer.
        """
        self.require_known(stream)
        newest, head = self.newest(stream), end_of(self.store, stream)
        if newest is None or not newest.is_of(head):
            newest = self._signed(stream, newest, head)
        self._hand_out(stream, newest)
        return newest.note

    def newest(self, stream: Stream) -> "Newest | None":
        """The one that the database keeps; None before the first.

        Raises:
            CheckpointForeignError: no key of ours signed it.
        """
        with self.store.snapshot() as tx:
            kept = tx.checkpoints.newest(stream)
        if kept is None:
            return None
        try:
            note = Note.read(kept.note)
            note.require_signed(self.verifiers(stream))
            found = Newest(kept, note, Checkpoint.read(note.text))
        except TransparencyError as error:
            raise CheckpointForeignError from error
        if found.checkpoint.root != kept.tree.root:
            raise CheckpointForeignError
        return found

    def require_known(self, stream: Stream) -> None:
        """Refuse a stream that lacks what was signed before.

        A sink that is away says nothing; who writes to it next tells of that.

        Raises:
            CheckpointForkedError: rows are missing, were altered, or a backup was put back.
            CheckpointForeignError: the checkpoints are not this service's.
            StoreUnavailableError: the database does not answer.
        """
        newest = self.newest(stream)
        known = [newest.checkpoint] if newest else []
        for sink in self.sinks:
            with suppress(CheckpointSinkError), sink.held(stream) as file:
                found = file.newest(self.verifiers(stream))
                known += [found] if found else []
        with self.store.snapshot() as tx:
            head = Chain(tx.connection, stream).head()
        holds = newest.checkpoint.root if newest else EMPTY
        for old in known:
            if _told_of(head)[0] not in old.extensions or old.root.size > head.seq:
                raise CheckpointForkedError(stream)
            # A sink is behind where a server ended before it had written there.
            if old.root != holds and old.root != root_at(self.store, stream, old.root.size):
                raise CheckpointForkedError(stream)

    def begin_again(self) -> None:
        """Go on from what the database holds, whatever was signed before: it was restored.

        Raises:
            StreamFaultyError: a row is not what was written.
            CheckpointSinkError: a sink could not be written.
            StoreUnavailableError: the database does not answer.
        """
        for stream in Stream:
            with self.store.transaction() as tx:
                tx.checkpoints.forget(stream)
            newest = self._signed(stream, None, end_of(self.store, stream))
            for sink in self.sinks:
                with sink.held(stream) as file:
                    file.append(newest.note)

    def verifiers(self, stream: Stream) -> list[Verifier]:
        """The public keys of a stream's checkpoints, the newest first."""
        return self.keys.verifiers(self.origin(stream))

    def _signed(self, stream: Stream, newest: "Newest | None", head: Head) -> "Newest":
        """A new one from the rows since the newest; somebody else's, if he was faster."""
        tree, place = (newest.kept.tree, newest.place) if newest else (Tree(), BEGINNING)
        for page in checked_digests(self.store, stream, head, after=place):
            tree = tree.grown(page)
        told = (*_told_of(head), *self._sources(stream))
        checkpoint = Checkpoint(self.origin(stream), tree.root, told)
        note = Note(checkpoint.text())
        for signer in self.keys.signers(checkpoint.origin):
            note = note.signed_by(signer, at=now())
        kept = Kept(tree, bytes(note))
        with self.store.transaction() as tx:
            done = tx.checkpoints.keep(stream, kept, after=newest.kept if newest else None)
        other = None if done else self.newest(stream)
        return other or Newest(kept, note, checkpoint)

    def _sources(self, stream: Stream) -> list[str]:
        """How many signatures each bank has: a secret addition in bulk shows to those outside."""
        if stream is not Stream.CHANGE:
            return []
        with self.store.snapshot() as tx:
            return [f"source {bank.name} {bank.live}" for bank in tx.banks.overview()]

    def _hand_out(self, stream: Stream, newest: "Newest") -> None:
        failed: CheckpointSinkError | None = None
        for sink in self.sinks:
            try:
                with sink.held(stream) as file:
                    last = file.newest(self.verifiers(stream))
                    if last is None or last.root.size < newest.kept.tree.size:
                        file.append(newest.note)
            except CheckpointSinkError as error:  # the other sinks are written all the same
                failed = error
        if failed is not None:
            raise failed


@dataclass(frozen=True, slots=True)
class Newest:
    """A checkpoint of ours, found whole."""

    kept: Kept
    note: Note
    checkpoint: Checkpoint

    @property
    def place(self) -> Place:
        """Where the stream ended."""
        return Place(self.kept.tree.size, head_of(self.checkpoint))

    def is_of(self, head: Head) -> bool:
        """Whether the stream still ends there."""
        told = tuple(self.checkpoint.extensions[:2]) == _told_of(head)
        return told and self.kept.tree.size == head.seq


def head_of(checkpoint: Checkpoint) -> bytes | None:
    """The digest of the last row, as a checkpoint has it; None: it does not say."""
    told = checkpoint.told("head")
    try:
        return bytes.fromhex(told) if told else None
    except ValueError:
        return None


def _told_of(head: Head) -> tuple[str, str]:
    """What a checkpoint says of a stream's end beside its root."""
    return f"epoch {head.epoch.hex()}", f"head {head.digest.hex()}"

"""Whether the audit streams are what was written, and what their rows say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from api.services.checkpoints import CheckpointService, head_of
from hashsvc.transparency import Checkpoint, Tree
from indexer.auditing import Place, checked_digests, end_of
from indexer.errors import CheckpointForeignError, Fault, StreamFaultyError
from indexer.records import Change, Head, Stream
from indexer.store.chains import Chain

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found to be whole."""

    stream: Stream
    rows: int
    checkpoints: int  # that say the same


def _unwatched(_rows: int) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True)
class AuditService:
    """Reads the streams from the first row on, or from a later one."""

    checkpoints: CheckpointService

    def end(self, stream: Stream) -> Head:
        """Where a stream ends.

        Raises:
            StreamFaultyError: it does not say so, or rows go on behind that end.
            StoreUnavailableError: the database does not answer.
        """
        return end_of(self.checkpoints.store, stream)

    def verify(
        self,
        stream: Stream,
        *,
        outside: Sequence[Checkpoint] = (),
        first: int = 1,
        watch: Callable[[int], None] = _unwatched,
    ) -> Verified:
        """Check every row, and that the stream is the one that was signed.

        Args:
            stream: which one.
            outside: what others hold of it; their signatures were checked.
            first: rows before it are not looked at, and only the last row of a checkpoint is
                compared, not its root.
            watch: is told how many rows were checked since the last time.

        Raises:
            StreamFaultyError: the first number at which something is wrong, and what.
            CheckpointSinkError: a sink cannot be read.
            StoreUnavailableError: the database does not answer.
        """
        store, head = self.checkpoints.store, self.end(stream)
        known = [*self._known(stream, head), *outside]
        compared: _Compared = _Roots(stream, known)
        if first > 1:
            compared = _Heads(stream, known, first - 1)
        place = Place(first - 1)
        for page in checked_digests(store, stream, head, after=place):
            compared.take(page)
            watch(len(page))
        compared.finish(head.seq)
        return Verified(stream, max(0, head.seq - place.seq), len(known))

    def rows(self, stream: Stream, *, after: int) -> list[Change]:
        """At most a thousand rows with greater numbers, in order.

        Raises:
            LogBrokenError: a row is of no kind that there is.
            StoreUnavailableError: the database does not answer.
        """
        with self.checkpoints.store.snapshot() as tx:
            return Chain(tx.connection, stream).after(after, limit=_PAGE)

    def _known(self, stream: Stream, head: Head) -> list[Checkpoint]:
        """What this service itself signed since the last restore."""
        service = self.checkpoints
        try:
            newest = service.newest(stream)
        except CheckpointForeignError as error:
            raise StreamFaultyError(stream, head.seq, Fault.SIGNATURE) from error
        found = [newest.checkpoint] if newest else []
        for sink in service.sinks:
            found += sink.read(stream, service.verifiers(stream))
        epoch = head.epoch.hex()
        return [checkpoint for checkpoint in found if checkpoint.told("epoch") == epoch]


class _Compared(Protocol):
    """Takes the digests of rows in their order and raises where a checkpoint says otherwise."""

    def take(self, page: list[bytes]) -> None: ...

    def finish(self, end: int) -> None: ...


@dataclass(slots=True)
class _Roots:
    """Compares the root at the size of each checkpoint."""

    stream: Stream
    known: Sequence[Checkpoint]
    tree: Tree = field(default_factory=Tree)
    agreed: int = 0  # the size of the last checkpoint that said the same
    due: list[Checkpoint] = field(init=False)

    def __post_init__(self) -> None:
        self.due = sorted(self.known, key=lambda one: one.root.size, reverse=True)

    def take(self, page: list[bytes]) -> None:
        while self.due and self.due[-1].root.size <= self.tree.size + len(page):
            checkpoint = self.due.pop()
            rows = checkpoint.root.size - self.tree.size
            self.tree, page = self.tree.grown(page[:rows]), page[rows:]
            if self.tree.root != checkpoint.root:
                raise StreamFaultyError(self.stream, self.agreed + 1, Fault.FORK)
            self.agreed = self.tree.size
        self.tree = self.tree.grown(page)

    def finish(self, end: int) -> None:
        self.take([])
        if self.due:
            raise StreamFaultyError(self.stream, end + 1, Fault.TRUNCATED)


@dataclass(slots=True)
class _Heads:
    """Compares the last row of each checkpoint, which is bound to all before it."""

    stream: Stream
    known: Sequence[Checkpoint]
    seq: int

    def take(self, page: list[bytes]) -> None:
        for checkpoint in self.known:
            place, head = checkpoint.root.size - self.seq, head_of(checkpoint)
            if 1 <= place <= len(page) and head not in {None, page[place - 1]}:
                raise StreamFaultyError(self.stream, checkpoint.root.size, Fault.FORK)
        self.seq += len(page)

    def finish(self, end: int) -> None:
        if any(checkpoint.root.size > end for checkpoint in self.known):
            raise StreamFaultyError(self.stream, end + 1, Fault.TRUNCATED)

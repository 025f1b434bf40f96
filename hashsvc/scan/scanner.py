"""Files to outcomes: read and digest here, decode in children, match, write down."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from hashsvc.digests import Digests
from hashsvc.scan.examining import Examined, Examiner
from hashsvc.scan.exhibits import Exhibit
from hashsvc.scan.journal import Journal
from hashsvc.scan.kinds import Kind
from hashsvc.scan.reading import ReadPhoto, read_photo
from hashsvc.scan.records import FileProblemError, FoundFile, Outcome, Reason, Totals
from hashsvc.scan.sources import NestingSource

_COMMIT_FILES = 200
_COMMIT_SECONDS = 1.0
_IN_FLIGHT = 3  # photos for each worker: enough that none waits


@dataclass(slots=True)
class _Pending:
    """A photo in a worker, and the files that hold it, the first one first."""

    sha256: str
    files: list[tuple[int, Digests]] = field(default_factory=list)


class Scanner:
    """One run over the files that have no outcome yet."""

    def __init__(
        self,
        journal: Journal,
        examiner: Examiner,
        *,
        workers: int,
        max_bytes: int,
        advanced: Callable[[Totals], None],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """Nothing is read yet.

        Args:
            journal: of this scan.
            examiner: looks at photos.
            workers: photos that it looks at at once.
            max_bytes: of a photo.
            advanced: told about once a second how far the scan is.
            stopping: whether to end early; what is in flight is finished.
        """
        self._journal, self._examiner, self._max_bytes = journal, examiner, max_bytes
        self._advanced, self._stopping = advanced, stopping
        self._workers = workers
        self._running: dict[Future[Examined], _Pending] = {}
        self._by_digest: dict[str, _Pending] = {}
        self._uncommitted, self._committed_at = 0, time.monotonic()

    def run(self, exhibits: Sequence[Exhibit]) -> Totals:
        """List every file of every source, then work on those without an outcome.

        Raises:
            IntegrityError: a source is not the one that the scan began with.
        """
        for number, exhibit in enumerate(exhibits, start=1):
            if not self._journal.source(number, exhibit):
                self._journal.enumerate(number, exhibit.source.files())
        self._advanced(self._journal.totals())
        with ThreadPoolExecutor(self._workers) as pool:
            for number, exhibit in enumerate(exhibits, start=1):
                for file_id, file in self._journal.pending(number):
                    if self._stopping():
                        break
                    self._take(pool, number, exhibit.source, file_id, file)
            while self._running:
                self._harvest()
        self._commit()
        return self._journal.totals()

    def _take(
        self,
        pool: ThreadPoolExecutor,
        number: int,
        source: NestingSource,
        file_id: int,
        file: FoundFile,
    ) -> None:
        try:
            read = read_photo(source, file, max_bytes=self._max_bytes)
        except FileProblemError as problem:
            self._done(file_id, problem.reason.outcome, problem.reason)
            return
        match read:
            case ReadPhoto():
                self._take_photo(pool, file_id, read)
            case Kind.CONTAINER:
                self._take_container(number, source, file_id, file)
            case Kind.VIDEO:
                self._done(file_id, Outcome.EXCLUDED, Reason.VIDEO)
            case _:
                self._done(file_id, Outcome.NOT_MEDIA)

    def _take_container(
        self, number: int, source: NestingSource, file_id: int, file: FoundFile
    ) -> None:
        """Its members, in the commit that says that they are listed."""
        try:
            self._journal.add_files(number, source.members(file), parent_id=file_id)
        except FileProblemError as problem:
            self._done(file_id, problem.reason.outcome, problem.reason)
        else:
            self._done(file_id, Outcome.NOT_MEDIA, Reason.CONTAINER)

    def _take_photo(self, pool: ThreadPoolExecutor, file_id: int, read: ReadPhoto) -> None:
        sha256 = read.digests.sha256
        if sha256 in self._by_digest:
            self._by_digest[sha256].files.append((file_id, read.digests))
            return
        known, reason = self._journal.photo(sha256)
        if known:
            self._done_copy(file_id, reason, read.digests)
            return
        while len(self._running) >= _IN_FLIGHT * self._workers:
            self._harvest()
        pending = self._by_digest[sha256] = _Pending(sha256, [(file_id, read.digests)])
        self._running[pool.submit(self._examiner.examine, read.body)] = pending

    def _harvest(self) -> None:
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            pending = self._running.pop(future)
            del self._by_digest[pending.sha256]
            self._write(pending, future.result())

    def _write(self, pending: _Pending, examined: Examined) -> None:
        """A photo and all files that hold it, in one commit."""
        reason = examined.reason
        self._journal.add_photo(
            pending.sha256, size=examined.size, reason=reason, matches=examined.matches
        )
        (first, digests), *copies = pending.files
        self._journal.done(first, Outcome.FAILED if reason else Outcome.HASHED, reason, digests)
        for file_id, digests in copies:
            self._done_copy(file_id, reason, digests)
        self._count()

    def _done_copy(self, file_id: int, reason: Reason | None, digests: Digests) -> None:
        outcome = Outcome.FAILED if reason else Outcome.DUPLICATE
        self._done(file_id, outcome, reason, digests)

    def _done(
        self,
        file_id: int,
        outcome: Outcome,
        reason: Reason | None = None,
        digests: Digests | None = None,
    ) -> None:
        self._journal.done(file_id, outcome, reason, digests)
        self._count()

    def _count(self) -> None:
        self._uncommitted += 1
        waited = time.monotonic() - self._committed_at
        if self._uncommitted >= _COMMIT_FILES or waited >= _COMMIT_SECONDS:
            self._commit()
            if waited >= _COMMIT_SECONDS:
                self._advanced(self._journal.totals())

    def _commit(self) -> None:
        self._journal.commit()
        self._uncommitted, self._committed_at = 0, time.monotonic()

"""Files to outcomes: read here, digest in threads, decode in children, match, write down."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from hashsvc.digests import Digests, digests_of_bytes
from hashsvc.scan.examining import Examined, Examiner
from hashsvc.scan.exhibits import Exhibit
from hashsvc.scan.journal import Journal
from hashsvc.scan.reading import Digesting, ReadPhoto, read_file
from hashsvc.scan.recording import Digested, Recorder, Watched
from hashsvc.scan.records import FileProblemError, FoundFile, Totals
from hashsvc.scan.sources import NestingSource

_IN_FLIGHT = 3  # photos for each worker: enough that none waits


class _Read(NamedTuple):
    """A photo whose digests are on their way."""

    file_id: int
    body: bytes
    digests: Future[Digests]


class Scanner:
    """One run over the files that have no outcome yet."""

    def __init__(
        self,
        journal: Journal,
        examiner: Examiner,
        *,
        workers: int,
        max_bytes: int,
        digesting: Digesting,
        watched: Watched,
    ) -> None:
        """Nothing is read yet.

        Args:
            journal: of this scan, with its files listed.
            examiner: looks at photos.
            workers: photos that it looks at at once.
            max_bytes: of a photo.
            digesting: which files get digests.
            watched: by whom.
        """
        self._journal, self._examiner, self._max_bytes = journal, examiner, max_bytes
        self._digesting = digesting
        self._stopping, self._workers = watched.stopping, workers
        self._recorder = Recorder(journal, watched.advanced)
        # Digests have threads of their own: behind photos they would hold up the reading.
        self._digesters = ThreadPoolExecutor(workers)
        self._examiners = ThreadPoolExecutor(workers)
        self._read: deque[_Read] = deque()
        self._running: dict[Future[Examined], list[Digested]] = {}
        self._by_digest: dict[str, list[Digested]] = {}

    def run(self, exhibits: Sequence[Exhibit]) -> Totals:
        """Work on every file without an outcome, source after source."""
        with self._digesters, self._examiners:
            for number, exhibit in enumerate(exhibits, start=1):
                for file_id, file in self._journal.pending(number):
                    if self._stopping():
                        break
                    self._take(number, exhibit.source, file_id, file)
                self._finish()
        self._recorder.commit()
        return self._journal.totals()

    def _take(self, number: int, source: NestingSource, file_id: int, file: FoundFile) -> None:
        try:
            read = read_file(source, file, max_bytes=self._max_bytes, digesting=self._digesting)
        except FileProblemError as problem:
            self._recorder.problem(file_id, problem.reason)
            return
        if isinstance(read, ReadPhoto):
            self._take_photo(file_id, read.body)
        else:
            self._recorder.not_decoded(number, source, file_id, file, read)

    def _take_photo(self, file_id: int, body: bytes) -> None:
        digests = self._digesters.submit(digests_of_bytes, body)
        self._read.append(_Read(file_id, body, digests))
        if len(self._read) > self._workers:
            self._take_digested()

    def _take_digested(self) -> None:
        """In the order of reading, so that of several copies the first one counts as hashed."""
        file_id, body, coming = self._read.popleft()
        digests = coming.result()
        if (copies := self._by_digest.get(digests.sha256)) is not None:
            copies.append((file_id, digests))
            return
        if self._recorder.copied(file_id, digests):
            return
        while len(self._running) >= _IN_FLIGHT * self._workers:
            self._harvest()
        files = self._by_digest[digests.sha256] = [(file_id, digests)]
        self._running[self._examiners.submit(self._examiner.examine, body)] = files

    def _harvest(self) -> None:
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            files = self._running.pop(future)
            del self._by_digest[files[0][1].sha256]
            self._recorder.photo(future.result(), files)

    def _finish(self) -> None:
        """Whatever is in flight."""
        while self._read:
            self._take_digested()
        while self._running:
            self._harvest()

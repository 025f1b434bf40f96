"""Spread a scan over machines with Dask distributed: the extra `cluster`.

Workers see the evidence and no pack; the journal is written here alone. A shard that is lost is
looked at again, one that comes twice changes nothing.
"""

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from itertools import islice
from typing import NamedTuple, TypeAlias
from uuid import uuid4

from dask.config import set as configured
from distributed import Client, Future, KilledWorker, as_completed, get_worker

from hashsvc.packs import Pack
from hashsvc.scan.answers import Asked, HashedPhoto
from hashsvc.scan.errors import ClusterError, SelfTestError
from hashsvc.scan.examining import judged
from hashsvc.scan.exhibits import Exhibit
from hashsvc.scan.isolation import Isolation
from hashsvc.scan.journal import Journal
from hashsvc.scan.reading import Digesting, Other
from hashsvc.scan.recording import Digested, Recorder, Watched
from hashsvc.scan.records import FoundFile, Reason, Totals
from hashsvc.scan.sandbox import Limits
from hashsvc.scan.self_test import SelfTest
from hashsvc.scan.shards import FILES, Looked, Seen, Shard, look

_IN_FLIGHT = 4  # shards for each worker
_CONNECTING_SECONDS = 30
_Coming: TypeAlias = dict[str, Shard]  # by the key of what is on its way


class _Answer(NamedTuple):
    """What a worker says of a shard."""

    address: str  # the worker's
    host: str
    looked: Looked


def look_and_sign(shard: Shard) -> _Answer:
    """Look at a shard; done by a worker."""
    return _Answer(get_worker().address, platform.node(), look(shard))


class ClusterScanner:
    """One run over the files that have no outcome yet, on a cluster."""

    def __init__(
        self,
        journal: Journal,
        pack: Pack,
        *,
        scheduler: str,
        asked: Asked,
        limits: Limits,
        digesting: Digesting,
        watched: Watched,
        tested: Callable[[str, SelfTest], None],
        shard_files: int = FILES,
    ) -> None:
        """Nothing is read yet.

        Args:
            journal: of this scan, with its files listed.
            pack: what is looked for; it stays here.
            scheduler: address of Dask's, `tls://host:port` or `tcp://host:port`.
            asked: of each photo.
            limits: of what one photo may cost.
            digesting: which files get digests.
            watched: by whom.
            tested: told once of each worker how its self-test went.
            shard_files: so many files at most are handed out at once.
        """
        self._journal, self._pack, self._scheduler = journal, pack, scheduler
        self._asked, self._limits, self._shard_files = asked, limits, shard_files
        self._digesting, self._stopping = digesting, watched.stopping
        self._warned, self._told, self._run = watched.warned, tested, uuid4().hex
        self._workers: dict[str, bool] = {}  # by address: whether its self-test passed
        self._recorder = Recorder(journal, watched.advanced)
        self._exhibits: Sequence[Exhibit] = ()
        self._unsure: dict[str, list[Digested]] = {}  # by SHA-256: to be looked at exactly

    def run(self, exhibits: Sequence[Exhibit]) -> Totals:
        """Work on every file without an outcome.

        Raises:
            ClusterError: there is no scheduler, or it went away.
            EvidenceRefusedError: a worker does not see the evidence.
            SelfTestError: no worker gives the known answers.
        """
        self._exhibits = exhibits
        try:
            with (
                configured({"distributed.comm.timeouts.connect": _CONNECTING_SECONDS}),
                Client(self._scheduler, set_as_default=False) as client,
            ):
                while self._pass(client) and not self._stopping():
                    continue  # containers have members now
        except (OSError, CancelledError) as error:
            raise ClusterError("The scheduler cannot be reached.") from error
        self._recorder.commit()
        return self._journal.totals()

    def _pass(self, client: Client) -> int:
        """How many shards were looked at."""
        self._unsure.clear()
        coming: _Coming = {}
        done = as_completed(loop=client.loop)
        shards = self._shards()
        handed_out = self._hand_out(client, shards, coming, done)
        for future in done:
            shard = coming.pop(future.key)
            for again in self._take(client, shard, future):
                self._submit(client, again, coming, done)
            handed_out += self._hand_out(client, shards, coming, done)
        return handed_out

    def _hand_out(
        self, client: Client, shards: Iterator[Shard], coming: _Coming, done: as_completed
    ) -> int:
        """Keep every worker busy; how many shards that took."""
        room = _IN_FLIGHT * max(1, len(client.nthreads())) - len(coming)
        given = list(islice(shards, max(0, room))) if not self._stopping() else []
        for shard in given:
            self._submit(client, shard, coming, done)
        return len(given)

    def _submit(self, client: Client, shard: Shard, coming: _Coming, done: as_completed) -> None:
        future = client.submit(look_and_sign, shard, pure=False, retries=0)
        coming[future.key] = shard
        done.add(future)

    def _shards(self) -> Iterator[Shard]:
        for number, exhibit in enumerate(self._exhibits, start=1):
            source = exhibit.source
            # A folder's says on which device it lies: another one on each machine.
            fingerprint = "" if source.kind == "folder" else source.fingerprint()
            files = self._journal.pending(number)
            while share := tuple(islice(files, self._shard_files)):
                yield Shard(
                    number,
                    exhibit.locator,
                    fingerprint,
                    share,
                    self._asked,
                    self._limits,
                    self._digesting,
                    self._run,
                )

    def _take(self, client: Client, shard: Shard, future: Future) -> list[Shard]:
        """Write down what a worker saw; what has to be looked at again."""
        try:
            answer: _Answer = future.result()
        except KilledWorker:  # several workers died of it
            if len(shard.files) > 1:
                return list(shard.halves())
            self._recorder.problem(shard.files[0][0], Reason.CRASHED)
            return []
        self._note(answer)
        if not answer.looked.tested.passed:
            self._dismiss(client, answer)
            return [shard]
        return self._write(shard, answer.looked)

    def _note(self, answer: _Answer) -> None:
        """Write down how a worker's self-test went, once."""
        tested = answer.looked.tested
        if answer.address in self._workers:
            return
        self._workers[answer.address] = tested.passed
        name = f"{answer.host}, {answer.address}"
        self._told(name, tested)
        if not tested.passed:
            failed = ", ".join(tested.failed)
            self._warned(f"The self-test of worker {name} failed ({failed}): it gets no work.")

    def _dismiss(self, client: Client, answer: _Answer) -> None:
        """Let a worker leave the cluster."""
        if not any(self._workers.get(address, True) for address in client.nthreads()):
            raise SelfTestError("The self-test failed on every worker: this cluster cannot scan.")
        client.retire_workers([answer.address], close_workers=True)

    def _write(self, shard: Shard, looked: Looked) -> list[Shard]:
        if looked.isolation is Isolation.LIMITS:
            self._journal.isolated(looked.isolation)
        files = dict(shard.files)
        again = [
            (one.file_id, files[one.file_id])
            for one in looked.seen
            if not self._took(shard, one, files)
        ]
        return [replace(shard, files=tuple(again), asked=Asked.FULL)] if again else []

    def _took(self, shard: Shard, seen: Seen, files: Mapping[int, FoundFile]) -> bool:
        """Whether the file needs no other look."""
        file_id, found, digests = seen.file_id, seen.found, seen.digests
        if isinstance(found, Other):
            source = self._exhibits[shard.exhibit - 1].source
            self._recorder.not_decoded(shard.exhibit, source, file_id, files[file_id], found)
        elif digests is not None:
            return self._took_photo((file_id, digests), found)
        elif isinstance(found, Reason):
            self._recorder.problem(file_id, found)
        return True

    def _took_photo(self, file: Digested, found: HashedPhoto | Reason | None) -> bool:
        """Whether the photo needs no exact look; copies wait for that of the first."""
        file_id, digests = file
        waiting = self._unsure.get(digests.sha256)
        exact = found is not None and not (isinstance(found, HashedPhoto) and found.estimated)
        if waiting is not None and not exact:
            waiting.append(file)
            return True
        if waiting is None and self._recorder.copied(file_id, digests):
            return True
        examined = None if found is None else judged(self._pack, found)
        if examined is None:
            self._unsure[digests.sha256] = [file]
            return False
        files = self._unsure.pop(digests.sha256, [])
        self._recorder.photo(examined, files if file in files else [*files, file])
        return True

"""A share of a source's files, looked at by whichever machine has time; it knows no pack."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hashsvc.digests import Digests, digests_of_bytes
from hashsvc.scan.answers import Asked, HashedPhoto
from hashsvc.scan.errors import EvidenceRefusedError
from hashsvc.scan.isolation import Isolation
from hashsvc.scan.reading import Digesting, Other, ReadPhoto, read_file
from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sandbox import Limits, Sandbox
from hashsvc.scan.self_test import SelfTest, run_self_test
from hashsvc.scan.sources import NestingSource, open_source

FILES = 2_000  # enough that handing out a shard costs nothing, few enough to be done again
ListedFile = tuple[int, FoundFile]  # with its number in the journal


@dataclass(frozen=True, slots=True)
class Shard:
    """What a worker needs to look at some files."""

    exhibit: int  # number of the source in the journal
    locator: str  # of the source, under one path on every machine
    fingerprint: str  # empty: each file is compared by itself
    files: tuple[ListedFile, ...]
    asked: Asked
    limits: Limits
    digesting: Digesting = Digesting.PHOTOS
    run: str = ""  # of a scan; a worker tests itself anew for each

    def halves(self) -> "tuple[Shard, Shard]":
        """Two shards of half the files."""
        middle = len(self.files) // 2
        first, second = self.files[:middle], self.files[middle:]
        return replace(self, files=first), replace(self, files=second)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a worker found in one file."""

    file_id: int
    found: HashedPhoto | Reason | Other | None  # None: the same photo as an earlier file's
    digests: Digests | None = None  # of photos that could be read


@dataclass(frozen=True, slots=True)
class Looked:
    """What a worker found in a shard."""

    isolation: Isolation  # of the child that decoded
    tested: SelfTest  # before the worker's first shard of a run
    seen: list[Seen]  # nothing, where the test failed


def look(shard: Shard) -> Looked:
    """Read, digest and hash every file of a shard; done twice it does no harm.

    A worker whose self-test fails looks at nothing.

    Raises:
        EvidenceRefusedError: the source is not here, or is another one here.
        SandboxError: photos cannot be decoded here.
    """
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        source = NestingSource(open_source(Path(shard.locator)), scratch)
        stack.callback(source.close)
        if shard.fingerprint and source.fingerprint() != shard.fingerprint:
            raise EvidenceRefusedError("A worker sees another source under this path.")
        sandbox = stack.enter_context(Sandbox(shard.limits))
        isolation, tested = sandbox.isolation(), _tested(shard.limits, shard.run)
        seen = _seen(shard, source, sandbox) if tested.passed else ()
        return Looked(isolation, tested, list(seen))


@lru_cache(maxsize=1)
def _tested(limits: Limits, _run: str) -> SelfTest:
    """Whether this worker gives the known answers; the pack is compared elsewhere."""
    with Sandbox(limits) as sandbox:
        return run_self_test(sandbox, lambda pack: pack)


def _seen(shard: Shard, source: NestingSource, sandbox: Sandbox) -> Iterator[Seen]:
    known: set[str] = set()
    for file_id, file in shard.files:
        try:
            read = read_file(
                source, file, max_bytes=shard.limits.max_bytes, digesting=shard.digesting
            )
        except FileProblemError as problem:
            yield Seen(file_id, problem.reason)
            continue
        if not isinstance(read, ReadPhoto):
            yield Seen(file_id, read)
            continue
        digests = digests_of_bytes(read.body)
        if digests.sha256 in known:
            yield Seen(file_id, None, digests)
        else:
            known.add(digests.sha256)
            yield Seen(file_id, sandbox.hash(read.body, shard.asked), digests)

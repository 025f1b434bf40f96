"""One run of a scan: its journal, its children and its end."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hashsvc.packs import Pack
from hashsvc.scan.answers import Asked
from hashsvc.scan.custody import Custody
from hashsvc.scan.custody_run import Run
from hashsvc.scan.errors import ClusterError, JournalRefusedError
from hashsvc.scan.examining import Examiner
from hashsvc.scan.exhibits import Exhibit
from hashsvc.scan.journal import NAME, Journal, open_journal
from hashsvc.scan.reading import Digesting
from hashsvc.scan.recording import Watched
from hashsvc.scan.records import Totals
from hashsvc.scan.sandbox import CHILD, Limits, Sandbox
from hashsvc.scan.scanner import Scanner
from hashsvc.scan.self_test import run_self_test

if TYPE_CHECKING:
    from hashsvc.scan.cluster import ClusterScanner

_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Order:
    """What is scanned, for whom and how; resuming takes the same order again."""

    reference: str
    investigator: str
    warrant: str = ""
    asked: Asked = Asked.ALL  # of each photo
    digesting: Digesting = Digesting.PHOTOS
    limits: Limits = field(default_factory=Limits)
    custody: Custody = field(default_factory=Custody)  # whatever else is known

    def to_json(self, exhibits: Sequence[Exhibit], pack: Pack) -> dict[str, Any]:
        """As the journal keeps it."""
        return asdict(self) | {
            "asked": self.asked.name.lower(),  # reports show it
            "exhibits": [[one.name, one.locator] for one in exhibits],
            "pack": pack.manifest.to_json() | {"sha256": pack.sha256},
        }


def quickly_searched(pack: Pack) -> Pack:
    """The pack with compiled search where the extra `scan` is installed; it finds the same."""
    try:
        from hashsvc.scan.kernel import compiled_search  # noqa: PLC0415  # the extra `scan`
    except ImportError:
        return pack
    return replace(pack, matcher=pack.matcher.searched_by(compiled_search))


def prepare_output(folder: Path) -> None:
    """Make the output folder, for this user alone; one with other things in it is refused.

    Raises:
        JournalRefusedError: it holds something else, or cannot be written.
    """
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        used = any(folder.iterdir()) and not (folder / NAME).exists()
        if not used and os.access(folder, os.W_OK):
            return
    except OSError as error:
        raise JournalRefusedError("The output folder cannot be made or read.") from error
    raise JournalRefusedError("The output folder holds something else, or cannot be written.")


def run_scan(
    order: Order,
    exhibits: Sequence[Exhibit],
    pack: Pack,
    output: Path,
    *,
    workers: int,
    watched: Watched,
    scheduler: str = "",
    child: Sequence[str] = CHILD,
) -> Totals:
    """Begin a scan, or go on with it.

    Args:
        order: what is scanned, for whom and how.
        exhibits: the sources.
        pack: what is looked for.
        output: folder of the journal.
        workers: photos that are decoded at once.
        watched: by whom.
        scheduler: address of a cluster's; empty: on this machine.
        child: the program that decodes; tests give others.

    Raises:
        ScanError: it cannot be begun or resumed.
    """
    prepare_output(output)
    with open_journal(output) as journal, ExitStack() as stack:
        children = (Sandbox(order.limits, command=child) for _ in range(workers))
        sandboxes = [stack.enter_context(one) for one in children]
        test = partial(run_self_test, sandboxes[0], quickly_searched)
        run = Run(output, journal, order.investigator, test)
        run.begin(order.to_json(exhibits, pack))
        journal.isolated(sandboxes[0].isolation())
        _list(journal, exhibits)
        quick = quickly_searched(pack)
        scanner = _scanner(run, quick, order, watched, sandboxes, scheduler)
        run.end(totals := scanner.run(exhibits))
        return totals


def _scanner(
    run: Run,
    pack: Pack,
    order: Order,
    watched: Watched,
    sandboxes: Sequence[Sandbox],
    scheduler: str,
) -> "Scanner | ClusterScanner":
    if scheduler:
        return _on_cluster(run, pack, order, watched, scheduler)
    return Scanner(
        run.journal,
        Examiner(pack, sandboxes, asked=order.asked),
        workers=len(sandboxes),
        max_bytes=order.limits.max_bytes,
        digesting=order.digesting,
        watched=watched,
    )


def _on_cluster(
    run: Run, pack: Pack, order: Order, watched: Watched, scheduler: str
) -> "ClusterScanner":
    try:
        from hashsvc.scan.cluster import ClusterScanner  # noqa: PLC0415  # the extra `cluster`
    except ImportError as error:
        raise ClusterError(
            "A cluster needs more libraries: pip install 'hashsvc[cluster]'."
        ) from error
    return ClusterScanner(
        run.journal,
        pack,
        scheduler=scheduler,
        asked=order.asked,
        limits=order.limits,
        digesting=order.digesting,
        watched=watched,
        tested=run.worker_tested,
    )


def _list(journal: Journal, exhibits: Sequence[Exhibit]) -> None:
    """Every file of every source, once.

    Raises:
        IntegrityError: a source is not the one that the scan began with.
    """
    for number, exhibit in enumerate(exhibits, start=1):
        if not journal.source(number, exhibit):
            journal.enumerate(number, exhibit.source.files())

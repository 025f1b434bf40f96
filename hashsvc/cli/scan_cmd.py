"""`hashsvc scan`."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Event
from typing import Annotated, TypedDict

import typer

from hashsvc.cli.output import FAILED, MESSAGES
from hashsvc.cli.pack_cmd import opened
from hashsvc.cli.scan_progress import ScanProgress
from hashsvc.packs import Pack
from hashsvc.scan.answers import Asked
from hashsvc.scan.custody import Custody, read_custody
from hashsvc.scan.errors import (
    CustodyError,
    EvidenceRefusedError,
    IntegrityError,
    JournalRefusedError,
    MinorStopError,
    ReportKeyError,
    ReviewError,
    ScanError,
    SelfTestError,
)
from hashsvc.scan.exhibits import Exhibit, open_exhibit
from hashsvc.scan.reading import Digesting
from hashsvc.scan.recording import Watched
from hashsvc.scan.records import Outcome, Totals
from hashsvc.scan.review import ESCALATION
from hashsvc.scan.running import Order, run_scan

MATCHES, SOME_FAILED, INTERRUPTED, MINORS = 10, 11, 7, 8
_SCHEDULER = re.compile(r"(tls|tcp)://[^/\s]+:\d{1,5}")
_CODES: dict[type[ScanError], int] = {
    CustodyError: 2,
    ReportKeyError: 2,
    ReviewError: 2,
    EvidenceRefusedError: 4,
    SelfTestError: 5,
    JournalRefusedError: 6,
    MinorStopError: MINORS,
    IntegrityError: 9,
}


class Regions(StrEnum):
    """What of a photo is asked about."""

    ALL = "all"
    FULL = "full"

    def asked(self, *, exact: bool) -> Asked:
        """What a child makes of each photo."""
        if self is Regions.ALL:
            return Asked.ALL
        return Asked.FULL if exact else Asked.ESTIMATE


Sources = Annotated[
    list[str], typer.Argument(metavar="[EXHIBIT=]SOURCE...", help="Folders, archives, disk images.")
]
PackFile = Annotated[Path, typer.Option(help="What is looked for.")]
PackKeyFile = Annotated[Path, typer.Option(help="Your key file, made by `pack new-key`.")]
TrustFile = Annotated[Path, typer.Option(help="Whose packs are believed.")]
Reference = Annotated[str, typer.Option(help="Number of the police or court file.")]
Investigator = Annotated[str, typer.Option(help="Who scans.")]
CustodyFile = Annotated[
    Path | None,
    typer.Option(help="TOML: authority, exhibits and who held them; the options above win."),
]
Output = Annotated[
    Path, typer.Option(help="A new folder, or that of a scan to go on with; not the evidence.")
]
Warrant = Annotated[str, typer.Option(help="What allows the scan: warrant, order, consent.")]
RegionsAsked = Annotated[
    Regions, typer.Option(help="`full` asks about whole photos only: a faster first pass.")
]
DigestsOf = Annotated[
    Digesting,
    typer.Option(
        "--digest",
        help="`all`: MD5, SHA-1 and SHA-256 of every file, so every file is read to its end.",
    ),
]
Workers = Annotated[
    int, typer.Option(help="Photos decoded at once; 0: one a core.", min=0, max=256)
]
Exact = Annotated[
    bool, typer.Option("--exact", help="With `full`: no estimates; the same result, slower.")
]


def _own_scheduler(address: str) -> str:
    if address and not _SCHEDULER.fullmatch(address):
        raise typer.BadParameter("A scheduler is tls://host:port, or tcp://host:port.")
    return address


Scheduler = Annotated[
    str,
    typer.Option(
        help="Of a Dask cluster that scans, as tls://host:8786; else this machine.",
        callback=_own_scheduler,
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit code 11 when a file failed.")]


def scan(
    sources: Sources,
    pack: PackFile,
    pack_key: PackKeyFile,
    trust: TrustFile,
    output: Output,
    reference: Reference = "",
    warrant: Warrant = "",
    investigator: Investigator = "",
    custody: CustodyFile = None,
    regions: RegionsAsked = Regions.ALL,
    digest: DigestsOf = Digesting.PHOTOS,
    workers: Workers = 0,
    scheduler: Scheduler = "",
    *,
    exact: Exact = False,
    strict: Strict = False,
) -> None:
    """Scan evidence with a pack. Sources are only read; nothing is sent, but to a cluster of yours.

    Killed or stopped, the same command goes on where it was. A match is a lead, not an
    identity: a person has to look. The journal holds file names: keep the output folder on an
    encrypted disk.

    Exit codes: 0 finished without matches, 10 with matches, 11 some files failed (--strict),
    1 cluster out of reach, 2 something is not said, 3 pack refused, 4 evidence refused,
    5 self-test failed, 6 output folder refused, 7 interrupted, 8 somebody shown may be
    under 18, 9 integrity.

    Example: hashsvc scan A1=/mnt/phone --pack reported.pack --pack-key lab.key
    --trust signers.txt --reference OB-17 --warrant "CM 12/2026" --investigator "PC Example"
    --output scan-A1
    """
    with refusing():
        said = _said(custody, reference, warrant, investigator)
        order = Order(**said, asked=regions.asked(exact=exact), digesting=digest)
        run = partial(run_scan, workers=workers or os.cpu_count() or 1, scheduler=scheduler)
        totals = _scanned(run, order, sources, lambda: opened(pack, pack_key, trust), output)
    _say(totals)
    raise typer.Exit(_code(totals, strict=strict))


def _scanned(
    run: Callable[..., Totals],
    order: Order,
    sources: list[str],
    pack: Callable[[], Pack],
    output: Path,
) -> Totals:
    with ExitStack() as stack, _stopping() as stopping, ScanProgress() as progress:
        exhibits = _exhibits(sources, output, stack)
        order.custody.check_exhibits(one.name for one in exhibits)
        return run(
            order,
            exhibits,
            pack(),
            output,
            watched=Watched(progress.advanced, stopping, _warn),
        )


def _warn(sentence: str) -> None:
    MESSAGES.print(sentence, style="red", markup=False)


class _Said(TypedDict):
    reference: str
    warrant: str
    investigator: str
    custody: Custody


def _said(file: Path | None, reference: str, warrant: str, investigator: str) -> _Said:
    """What was typed, and what the custody file says where nothing was.

    Raises:
        CustodyError: neither says something that has to be said.
    """
    custody = read_custody(file) if file else Custody()
    said = _Said(
        reference=reference or str(custody.reference),
        warrant=warrant or str(custody.authority),
        investigator=investigator or str(custody.investigator),
        custody=custody,
    )
    for name in ("reference", "warrant", "investigator"):
        if not str(said[name]).strip():
            raise CustodyError(f"Say --{name}, or give a custody file that does.")
    return said


def _exhibits(sources: list[str], output: Path, stack: ExitStack) -> list[Exhibit]:
    exhibits = []
    for number, words in enumerate(sources, start=1):
        exhibit = open_exhibit(words, number=number, output=output)
        stack.callback(exhibit.source.close)
        exhibits.append(exhibit)
        if not exhibit.read_only:
            MESSAGES.print(
                f"Exhibit {exhibit.name} is not mounted read-only: the report says so.",
                markup=False,
            )
    return exhibits


def _say(totals: Totals) -> None:
    for outcome in Outcome:
        typer.echo(f"{outcome.value:<10} {totals.outcomes.get(outcome, 0):>10}")
    typer.echo(f"{'files':<10} {totals.enumerated:>10}")
    typer.echo(f"{'matched':<10} {totals.matched:>10}")
    if totals.minors:
        MESSAGES.print(ESCALATION, style="red", markup=False)
    if totals.pending:
        MESSAGES.print(f"Interrupted with {totals.pending} files to go: run the command again.")


def _code(totals: Totals, *, strict: bool) -> int:
    if totals.pending:
        return INTERRUPTED
    if totals.minors:
        return MINORS
    if strict and totals.outcomes.get(Outcome.FAILED, 0):
        return SOME_FAILED
    return MATCHES if totals.matched else 0


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what stops a scan into one sentence and its exit code."""
    try:
        yield
    except ScanError as error:
        MESSAGES.print(str(error), style="red", markup=False)
        raise typer.Exit(_CODES.get(type(error), FAILED)) from error


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl+C or SIGTERM came; what is in flight is finished, a second one ends at once."""
    asked = Event()

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        asked.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

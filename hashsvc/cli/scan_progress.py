"""How far a scan is: a bar where a person watches, else a line every half minute."""

import time
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hashsvc.cli.output import MESSAGES
from hashsvc.scan.records import Outcome, Totals

_LINE_SECONDS = 30.0


class ScanProgress:
    """Files done, rate, time left, matches and failures; never a file's name."""

    def __init__(self) -> None:
        """Nothing is shown before the files are listed."""
        columns = (
            TextColumn("Scanning"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[found]}"),
        )
        self._bar = Progress(
            *columns, console=MESSAGES, transient=True, disable=not MESSAGES.is_terminal
        )
        self._task = self._bar.add_task("scan", total=None, rate="", found="")
        self._begun = self._said = time.monotonic()
        self._done_before: int | None = None

    def advanced(self, totals: Totals) -> None:
        """Show how far it is."""
        done, now = totals.enumerated - totals.pending, time.monotonic()
        if self._done_before is None:
            self._done_before = done  # a resumed scan's rate is that of this run
        rate = (done - self._done_before) / max(now - self._begun, 0.001)
        failed = totals.outcomes.get(Outcome.FAILED, 0)
        found = f"{totals.matched} matched, {failed} failed"
        self._bar.update(
            self._task,
            completed=done,
            total=totals.enumerated,
            rate=f"{rate:.0f} files/s",
            found=found,
        )
        if self._bar.disable and now - self._said >= _LINE_SECONDS:
            self._said = now
            left = f"{totals.pending / rate:.0f} s left" if rate else "time left not known"
            MESSAGES.print(f"{done} of {totals.enumerated}, {rate:.0f} files/s, {left}, {found}")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

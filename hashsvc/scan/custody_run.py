"""What one run of a scan writes down of itself: self-tests, the machine, its begin and its end."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hashsvc import __version__
from hashsvc.scan.custody_log import Action, CustodyLog
from hashsvc.scan.errors import SelfTestError
from hashsvc.scan.journal import Journal
from hashsvc.scan.records import Totals
from hashsvc.scan.reports.handover import write_handover
from hashsvc.scan.self_test import SelfTest
from hashsvc.scan.workstation import workstation
from hashsvc.times import now


@dataclass(frozen=True, slots=True)
class Run:
    """In the journal and in the custody log."""

    output: Path
    journal: Journal
    by: str  # the investigator
    test: Callable[[], SelfTest]  # of what the run scans with

    def begin(self, options: Mapping[str, Any]) -> None:
        """Before anything of the evidence is looked at.

        Raises:
            JournalRefusedError: the folder belongs to another scan.
            SelfTestError: an answer is wrong.
        """
        self._test_itself()
        at = now()
        self.journal.begin(options, at=at.isoformat(), host=platform.node(), version=__version__)
        self._log(Action.BEGIN, workstation=workstation())

    def worker_tested(self, worker: str, tested: SelfTest) -> None:
        """Before a worker of a cluster looks at anything."""
        self._log(Action.SELF_TEST, worker=worker, **tested.to_json())

    def end(self, totals: Totals) -> None:
        """What was found between two good self-tests is taken for good.

        Raises:
            SelfTestError: an answer is wrong; the scan is then not finished.
        """
        self._test_itself()
        if totals.minors:
            self._stop_for_minors()
        ended = "interrupted" if totals.pending else "finished"
        self.journal.end(ended, at=now().isoformat())
        self._log(Action.END, ended=ended)

    def _test_itself(self) -> None:
        tested = self.test()
        self._log(Action.SELF_TEST, **tested.to_json())
        if not tested.passed:
            raise SelfTestError(
                f"The self-test failed ({', '.join(tested.failed)}): this machine cannot scan."
            )

    def _stop_for_minors(self) -> None:
        """No report shows such a photo; who takes over is told which files they are."""
        minors = self.journal.minors()
        self._log(Action.STOP_MINOR, sha256=sorted(minors))
        write_handover(self.output, self.journal, minors, by="the pack, in a scan", at=now())

    def _log(self, action: Action, **details: object) -> None:
        CustodyLog(self.output).add(action, by=self.by, at=now(), **details)

"""A survivor opens a case, a platform asks about copies, the survivor withdraws."""

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from examples.demo.photos import COPIES, REPORTED, UNRELATED, copy_of, photo_path
from examples.demo.service import RunningService, running_service
from hashsvc.client import MatchAnswer, PlatformClient, SurvivorClient
from hashsvc.hashing import enrolment_signatures
from hashsvc.photos import decode
from hashsvc.pixels import Pixels
from hashsvc.policies import Verdict

_PIN = "402913"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing the platform asks about."""

    photo: str
    copy: str
    expected: Verdict

    def pixels(self) -> Pixels:
        """What the platform has in its hands."""
        known = self.copy in COPIES
        return copy_of(self.photo, self.copy) if known else decode(photo_path(self.photo))

    @property
    def ref(self) -> str:
        """The platform's own id: the same whenever it asks about the same copy."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.photo} {self.copy}".lower())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What it was told."""

    question: Question
    answer: MatchAnswer

    @property
    def as_expected(self) -> bool:
        """Whether the answer is the right one."""
        return self.answer.verdict is self.question.expected


def main() -> int:
    """Run it all; 0 where every answer was as expected."""
    console = Console()
    with (
        tempfile.TemporaryDirectory(prefix="hashsvc-demo-") as folder,
        running_service(Path(folder, "data")) as service,
    ):
        outcomes = list(_journey(service, console))
    console.print(_table(outcomes))
    right = sum(outcome.as_expected for outcome in outcomes)
    console.print(f"demo: {right} of {len(outcomes)} as expected")
    return 0 if right == len(outcomes) else 1


def _journey(service: RunningService, console: Console) -> Iterator[Outcome]:
    with SurvivorClient(service.url) as survivor, PlatformClient(service.url, service.key) as asks:
        signatures = [
            signature
            for name in REPORTED
            for signature in enrolment_signatures(decode(photo_path(name)))
        ]
        access = survivor.open_case(signatures, _PIN)
        console.print(
            f"A survivor hashed {len(REPORTED)} photos on her device and opened a case: "
            f"{len(signatures)} signatures were sent, no photo was."
        )
        yield from _asked(asks, _while_listed())
        survivor.withdraw(access)
        yield from _asked(asks, _after_withdrawal())


def _while_listed() -> Iterator[Question]:
    for name in REPORTED:
        for copy in COPIES:
            yield Question(name, copy, Verdict.REVIEW)
    for name in UNRELATED:
        yield Question(name, "an unrelated photo", Verdict.NONE)


def _after_withdrawal() -> Iterator[Question]:
    for name in REPORTED:
        yield Question(name, "after the withdrawal", Verdict.NONE)


def _asked(platform: PlatformClient, questions: Iterator[Question]) -> Iterator[Outcome]:
    for question in questions:
        yield Outcome(question, platform.match_photo(question.pixels(), ref=question.ref))


def _table(outcomes: list[Outcome]) -> Table:
    table = Table(title="What the platform asked, and what it was told")
    for heading in ("photo", "what was asked about", "verdict", "tier", "expected", ""):
        table.add_column(heading)
    for outcome in outcomes:
        question, answer = outcome.question, outcome.answer
        table.add_row(
            Path(question.photo).stem,
            question.copy,
            answer.verdict.value,
            answer.tier.value if answer.tier else "",
            question.expected.value,
            "[green]ok[/]" if outcome.as_expected else "[red]UNEXPECTED[/]",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())

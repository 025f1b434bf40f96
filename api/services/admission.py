"""Who may open a case at once, and who does a small sum first."""

from dataclasses import dataclass, field
from datetime import datetime

from api.metrics import Metrics
from api.security.sources import SourceLimits
from api.security.work import Challenges, WorkNeededError
from api.services.errors import IdempotencyKeyMissingError


@dataclass(frozen=True, slots=True)
class Presented:
    """What comes with a wish to open a case, beside the wish."""

    # The address that it comes from: counted as a digest, kept nowhere.
    source: str | None = field(repr=False)
    idempotency_key: str | None = field(default=None, repr=False)
    work: str | None = field(default=None, repr=False)  # the solution of a challenge


@dataclass(frozen=True, slots=True)
class Admission:
    """Lets everybody in: within the limit of their network at once, beyond it after some work.

    Phones of one carrier share addresses, so nobody is turned away for what others did.
    """

    sources: SourceLimits
    challenges: Challenges
    metrics: Metrics

    def admit(self, presented: Presented, *, at: datetime) -> None:
        """Return where a case may be opened now.

        Raises:
            WorkNeededError: after the work that it names.
            IdempotencyKeyMissingError: work is needed, and there is no key to bind it to.
        """
        key, work = presented.idempotency_key, presented.work
        if key is not None and work is not None:
            solved = self.challenges.solved(work, key, at=at)
            self.metrics.case_work.labels("solved" if solved else "wrong").inc()
            if solved:
                return
        wait_seconds = self.sources.take(presented.source, at=at)
        if not wait_seconds:
            return
        if key is None:
            raise IdempotencyKeyMissingError
        self.metrics.case_work.labels("asked").inc()
        challenge = self.challenges.new(key, at=at)
        raise WorkNeededError(challenge, self.challenges.bits, wait_seconds)

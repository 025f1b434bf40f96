"""Sends what moderators decided, once it can no longer be undone."""

from dataclasses import dataclass

from api.services.held_decisions import HeldDecisionService
from hashsvc.times import now


@dataclass(frozen=True, slots=True)
class DecisionSending:
    """Looks at what waits; several processes may do so at the same time."""

    held: HeldDecisionService

    def look(self) -> int:
        """Send what is due; how many decisions that were."""
        return self.held.send_due(at=now())

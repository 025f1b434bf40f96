"""Asks platforms to look back when something was listed."""

from dataclasses import dataclass

from api.services.sweeps import SweepService
from hashsvc.times import now


@dataclass(frozen=True, slots=True)
class SweepAsking:
    """Looks at the list and at who is due; several processes may do so at the same time."""

    sweeps: SweepService

    def look(self) -> int:
        """Ask every platform that is due; how many that were."""
        return self.sweeps.ask_all(at=now())

"""Looks for floods every few seconds."""

from dataclasses import dataclass

from api.services.floods import FloodService
from hashsvc.times import now


@dataclass(frozen=True, slots=True)
class FloodWatching:
    """Several processes may look at the same time."""

    floods: FloodService

    def look(self) -> int:
        """Hold what is flooded; how many signatures that were."""
        return self.floods.look(at=now())

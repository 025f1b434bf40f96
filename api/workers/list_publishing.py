"""Publishes what was listed and what was removed to the streams that recipients read."""

from dataclasses import dataclass

from api.services.lists import ListService
from hashsvc.times import now


@dataclass(frozen=True, slots=True)
class ListPublishing:
    """Looks for what has to be published; several processes take turns at a stream's lock."""

    lists: ListService

    def look(self) -> None:
        """Publish; nothing at all where no list is handed on."""
        if self.lists.enabled:
            self.lists.publish(at=now())

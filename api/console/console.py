"""What the console's routes call, as one annotated type."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.dependencies import Services
from api.services.console_sessions import ConsoleSessionService
from api.services.held_decisions import HeldDecisionService


@dataclass(frozen=True, slots=True)
class Console:
    """Everything that the console's routes call."""

    services: Services
    sessions: ConsoleSessionService
    held: HeldDecisionService

    @classmethod
    def of(cls, services: Services) -> "Console":
        """Beside the services that platforms' own programs call."""
        store, platforms = services.decisions.store, services.platforms
        return cls(
            services=services,
            sessions=ConsoleSessionService(store, platforms.pepper, platforms),
            held=HeldDecisionService(store, services.decisions),
        )


def _console(request: Request) -> Console:
    console: Console = request.app.state.console
    return console


ConsoleDep = Annotated[Console, Depends(_console)]

"""Who sits at the console, as annotated types: everything asks for one of them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.console.console import ConsoleDep
from api.console.cookies import Cookie, given
from api.console.forms import FormDep
from api.security.api_keys import Caller
from api.security.errors import ScopeMissingError
from api.security.scopes import Scope
from hashsvc.times import now


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody who is signed in."""

    caller: Caller
    proof: str  # what forms made for this session carry

    @property
    def may_decide(self) -> bool:
        """Whether the key tells decisions, too."""
        return Scope.DECISIONS_WRITE in self.caller.scopes

    @property
    def may_judge_appeals(self) -> bool:
        """Whether the key tells how an uploader's appeal was judged."""
        return Scope.APPEALS_WRITE in self.caller.scopes


def _reading(request: Request, console: ConsoleDep) -> Moderator:
    token = given(request, Cookie.SESSION)
    caller = console.sessions.caller(token, at=now())
    return Moderator(caller, console.sessions.proof(token))


Reading = Annotated[Moderator, Depends(_reading)]


def _sending(request: Request, console: ConsoleDep, moderator: Reading, form: FormDep) -> Moderator:
    """Whoever sent a form that was made for this very session."""
    console.sessions.require_proof(given(request, Cookie.SESSION), form.one("proof"))
    return moderator


Sending = Annotated[Moderator, Depends(_sending)]


def _deciding(moderator: Sending) -> Moderator:
    if not moderator.may_decide:
        raise ScopeMissingError
    return moderator


Deciding = Annotated[Moderator, Depends(_deciding)]


def _judging(moderator: Sending) -> Moderator:
    if not moderator.may_judge_appeals:
        raise ScopeMissingError
    return moderator


Judging = Annotated[Moderator, Depends(_judging)]

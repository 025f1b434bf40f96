"""A list as our own plug-in for pytx and HMA reads it: by id, so that a removal needs no hash."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.compat.callers import paced
from api.dependencies import DecidingCaller, ListCaller, ServicesDep
from api.schemas.signatures import Hex
from api.security.api_keys import Caller
from api.services.cursors import MAX_CHARACTERS, Cursors
from api.services.errors import CursorExpiredError, ReasonUnfitError
from api.services.lifecycle import EFFECTS
from api.services.lists import Handed, ListService, Wanted
from hashsvc import Algorithm, Hash
from hashsvc.closed_sets import Decision, Reason
from hashsvc.times import now
from indexer.list_records import ListLine, StreamHead
from indexer.platform_records import NewDecision
from indexer.store.list_streams import seconds_of

router = APIRouter(prefix="/compat/threatexchange/v1", tags=["compat"])
_CURSOR_LIFE = timedelta(days=400)
BankName = Annotated[str, Query(min_length=1, max_length=64, description="The bank's name.")]
Cursor = Annotated[
    str | None, Query(min_length=1, max_length=MAX_CHARACTERS, description="Where to go on.")
]


class Removal(BaseModel):
    """Something that is on the list no more; who does not know the id does nothing."""

    id: str
    op: Literal["remove"] = "remove"


class Addition(BaseModel):
    """Something that is on the list, in place of what had this id before."""

    id: str
    op: Literal["add"] = "add"
    algorithm: Literal["pdq"] = "pdq"
    hash: str
    region: Literal["full"] = "full"
    list_state: str


class ListOut(BaseModel):
    """A page of a list, in order."""

    items: list[Addition | Removal]
    next_cursor: str
    has_more: bool
    as_of: int = Field(description="When the last of it was published, seconds since 1970.")


class CursorIn(BaseModel):
    """A place up to which everything is done."""

    cursor: str = Field(min_length=1, max_length=MAX_CHARACTERS)


@router.get("/list")
def read_list(
    caller: ListCaller,
    services: ServicesDep,
    bank: BankName = "reported",
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=5_000, description="At most so many items.")] = 1_000,
) -> ListOut:
    """What was added and removed after a cursor; without one, the whole list."""
    places = _Places(services.lists, Cursors(services.platforms.pepper, "list"), caller)
    after = places.position(cursor) if cursor else 0
    with paced(services, caller):
        handed = services.lists.read(caller, Wanted(after, limit, "plugin", bank), at=now())
    lines = handed.page.lines
    return ListOut(
        items=[_item(handed, line) for line in lines],
        next_cursor=places.cursor(handed.head, handed.page.last_pos),
        has_more=handed.page.more,
        as_of=lines[-1].published_at if lines else handed.head.published_at,
    )


@router.post("/ack", status_code=204)
def acknowledge(
    done: CursorIn, caller: ListCaller, services: ServicesDep, bank: BankName = "reported"
) -> None:
    """Say that everything up to a cursor is on disk: what was removed is gone there."""
    places = _Places(services.lists, Cursors(services.platforms.pepper, "list"), caller)
    after = places.position(done.cursor)
    services.lists.acknowledge(caller, bank, after, at=now())


class DecisionIn(BaseModel):
    """What was decided about a hash of the list."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    hash: Hex
    decision: Decision
    reason: Reason
    automated: bool = Field(default=False, description="No person looked; then it is no vote.")


@router.post("/decision", status_code=204)
def decide(told: DecisionIn, caller: DecidingCaller, services: ServicesDep) -> None:
    """Say what was decided about a hash; nothing tells whether it is on the list."""
    services.lists.require_on()
    if (told.decision, told.reason) not in EFFECTS:
        raise ReasonUnfitError
    at = now()
    new = NewDecision(told.decision, told.reason, automated=told.automated, decided_at=at)
    services.list_feedback.tell(caller, Hash.from_hex(Algorithm.PDQ, told.hash), new, at=at)


@dataclass(frozen=True, slots=True)
class _Places:
    """Positions as cursors that know which history they belong to."""

    lists: ListService
    cursors: Cursors
    caller: Caller

    def cursor(self, head: StreamHead, pos: int) -> str:
        """A cursor that stands after a position."""
        place = [head.epoch.hex(), pos, seconds_of(now())]
        return self.cursors.make(self.caller.platform.platform_id, place)

    def position(self, cursor: str) -> int:
        """The position after which a cursor stands.

        Raises:
            CursorInvalidError: it was not given to this platform.
            CursorExpiredError: it is too old, or of a list that a restore has replaced.
        """
        epoch, pos, made_at = self.cursors.open(self.caller.platform.platform_id, cursor)
        if epoch != self.lists.epoch().hex() or made_at < seconds_of(now() - _CURSOR_LIFE):
            raise CursorExpiredError
        return int(pos)


def _item(handed: Handed, line: ListLine) -> Addition | Removal:
    name = handed.names.name(line.signature_id)
    if line.pdq is None or not line.live:
        return Removal(id=name)
    return Addition(id=name, hash=line.pdq.hex(), list_state=line.state)

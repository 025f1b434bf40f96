"""A list as StopNCII's clients read it, and what they send back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.compat.callers import FetchCaller, paced
from api.compat.mappings import TIME_ZERO, standing_of
from api.compat.refusals import CompatRoute
from api.dependencies import Services, ServicesDep
from api.document import REFUSALS
from api.security.api_keys import Caller
from api.services.cursors import Cursors
from api.services.errors import CursorInvalidError
from api.services.lists import Handed, Wanted
from hashsvc import Hash, RegionKind, Signature
from hashsvc.signatures import MAX_QUALITY
from hashsvc.times import now
from indexer.list_records import ListLine
from indexer.store.list_streams import seconds_of

router = APIRouter(
    prefix="/compat/stopncii/v1", tags=["compat"], route_class=CompatRoute, responses=REFUSALS
)
_MOST_RECORDS = 2_000
_TOKEN_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Run:
    """One fetch from its first page to its last."""

    start: int  # as the client sent it, the same on every page
    after: int  # position, exclusive: where this page begins
    head: int | None = None  # where the stream ended at the first page; None: this is it

    @property
    def known(self) -> int:
        """Up to where the client knew the list before this run."""
        return max(self.start - TIME_ZERO - 1, 0)

    @classmethod
    def begun(cls, start: int) -> "_Run":
        """At the first page."""
        return cls(start, cls(start, 0).known)

    @classmethod
    def continued(cls, tokens: Cursors, caller: Caller, token: str, start: int) -> "_Run":
        """At a later page.

        Raises:
            CursorInvalidError: the token is of another key or run, or too old.
        """
        key_id, begun, after, head, expires = tokens.open(caller.platform.platform_id, token)
        if (key_id, begun) != (caller.key_id, start) or seconds_of(now()) > expires:
            raise CursorInvalidError
        return cls(start, after, head)

    def token(self, tokens: Cursors, caller: Caller, handed: Handed) -> str:
        """What leads to the page after this one."""
        head = handed.head.pos if self.head is None else self.head
        expires = seconds_of(now() + _TOKEN_LIFE)
        place = [caller.key_id, self.start, handed.page.last_pos, head, expires]
        return tokens.make(caller.platform.platform_id, place)

    def told(self, line: ListLine) -> bool:
        """Whether the client was told of this signature before this page."""
        if line.added_pos <= self.known:
            return True
        return self.head is not None and line.added_pos <= self.after and line.pos > self.head


@router.get("/FetchHashes")
def fetch_hashes(
    caller: FetchCaller,
    services: ServicesDep,
    start: Annotated[int, Query(alias="startTimestamp", ge=0, description="Inclusive.")] = 0,
    size: Annotated[int, Query(alias="pageSize", description="Records on a page.")] = 800,
    token: Annotated[str | None, Query(alias="nextPageToken", max_length=512)] = None,
) -> dict[str, Any]:
    """A page of the list in StopNCII's words, for recipients that were granted it."""
    tokens = Cursors(services.platforms.pepper, "stopncii")
    run = _Run.continued(tokens, caller, token, start) if token else _Run.begun(start)
    wanted = Wanted(
        after=run.after,
        limit=min(max(size, 1), _MOST_RECORDS),
        dialect="stopncii",
        done=run.known if run.head is None and run.known else None,
    )
    with paced(services, caller):
        handed = services.lists.read(caller, wanted, at=now())
    page = handed.page
    records = _records(page.lines, run, services)
    return {
        "count": len(records),
        "hashRecords": records,
        # It never falls: a client that sees it fall gives up.
        "nextSetTimestamp": TIME_ZERO + page.last_pos + 1 if page.last_pos > run.after else start,
        "hasMoreRecords": page.more,
        "nextPageToken": run.token(tokens, caller, handed) if page.more else None,
    }


def _records(lines: Sequence[ListLine], run: _Run, services: Services) -> list[dict[str, Any]]:
    records: dict[str, dict[str, Any]] = {}
    for line in lines:
        if line.pdq is None or not (line.live or _may_be_noticed(line, line.pdq, run, services)):
            continue
        value = line.pdq.hex()
        records.pop(value, None)  # equal hashes are one record, at the latest change
        records[value] = _record(line, value, source=services.lists.source_name)
    return list(records.values())


def _may_be_noticed(line: ListLine, pdq: Hash, run: _Run, services: Services) -> bool:
    """Whether a removal is told: only to who has the hash, and only if it is off the list."""
    if not run.told(line):
        return False
    query = Signature(region=RegionKind.FULL, pdq=pdq, dhash=None, quality=MAX_QUALITY)
    equal = services.matching.index.find(query, threshold=0)
    return not services.lists.any_live([hit.signature_id for hit in equal])


def _record(line: ListLine, value: str, *, source: str) -> dict[str, Any]:
    standing = standing_of(line)
    return {
        "lastModtimestamp": TIME_ZERO + line.pos,
        "signalType": "ImagePDQ",
        "hashValue": value,
        "hashStatus": standing.status,
        "caseNumbers": {},  # never any: they would tell who belongs together
        "CSPFeedbacks": [
            {"source": source, "feedbackValue": word, "tags": [tag]}
            for word, tag in standing.feedback
        ],
    }

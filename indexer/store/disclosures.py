"""Disclosures: what somebody lawfully asked for, who asked here, and who agreed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from indexer.store.column_types import MAC_BYTES, METADATA, RowId


class DisclosureKind(StrEnum):
    """What may be disclosed; never a hash."""

    CASE = "case_exists_by_number"
    ROWS = "audit_rows"
    COUNTS = "bank_counts"


class DisclosureState(StrEnum):
    """How far a disclosure is."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WRITTEN = "written"


_disclosure = Table(
    "disclosure",
    METADATA,
    Column("id", RowId, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reference", Text, nullable=False),  # of the order or request
    Column("number_mac", LargeBinary(MAC_BYTES)),
    Column("first_row", BigInteger),
    Column("last_row", BigInteger),
    Column("asked_by", Text, nullable=False),
    Column("answered_by", Text),
    Column("asked_day", Integer, nullable=False),
    Column("written_day", Integer),
)
_columns = _disclosure.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be disclosed."""

    kind: DisclosureKind
    reference: str = field(repr=False)
    number_mac: bytes | None = field(default=None, repr=False)
    first_row: int | None = None
    last_row: int | None = None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One of them."""

    id: int
    state: DisclosureState
    wanted: Wanted
    asked_by: str
    answered_by: str | None
    asked_day: int
    written_day: int | None


@dataclass(frozen=True, slots=True)
class Disclosures:
    """Within one transaction."""

    connection: Connection

    def ask(self, wanted: Wanted, *, by: str, day: int) -> int:
        """Note what is wanted; its number."""
        made = self.connection.execute(
            insert(_disclosure)
            .values(
                kind=wanted.kind,
                state=DisclosureState.ASKED,
                reference=wanted.reference,
                number_mac=wanted.number_mac,
                first_row=wanted.first_row,
                last_row=wanted.last_row,
                asked_by=by,
                asked_day=day,
            )
            .returning(_columns.id)
        )
        return int(made.scalar_one())

    def named(self, id_: int) -> Disclosure | None:
        """One of them."""
        found = self.connection.execute(select(_disclosure).where(_columns.id == id_))
        row = found.one_or_none()
        return None if row is None else _disclosure_of(row)

    def all(self) -> Sequence[Disclosure]:
        """All of them, the oldest first."""
        rows = self.connection.execute(select(_disclosure).order_by(_columns.id))
        return [_disclosure_of(row) for row in rows]

    def answer(self, id_: int, state: DisclosureState, *, by: str) -> bool:
        """Approve or refuse; False where somebody did already."""
        waiting = _columns.id == id_, _columns.state == DisclosureState.ASKED
        done = self.connection.execute(
            update(_disclosure).where(*waiting).values(state=state, answered_by=by)
        )
        return done.rowcount == 1

    def write(self, id_: int, *, day: int) -> None:
        """Note that it was written to a file."""
        values = {"state": DisclosureState.WRITTEN, "written_day": day}
        self.connection.execute(update(_disclosure).where(_columns.id == id_).values(values))


def _disclosure_of(row: Row[tuple[object, ...]]) -> Disclosure:
    wanted = Wanted(
        DisclosureKind(row.kind), row.reference, row.number_mac, row.first_row, row.last_row
    )
    return Disclosure(
        id=row.id,
        state=DisclosureState(row.state),
        wanted=wanted,
        asked_by=row.asked_by,
        answered_by=row.answered_by,
        asked_day=row.asked_day,
        written_day=row.written_day,
    )

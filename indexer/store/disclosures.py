"""Disclosures: what somebody lawfully asked for, who asked here, and who agreed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    """What may be disclosed; hashes only in a pack, which one recipient alone can open."""

    CASE = "case_exists_by_number"
    ROWS = "audit_rows"
    COUNTS = "bank_counts"
    PACK = "pack"


class DisclosureState(StrEnum):
    """How far a disclosure is."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WRITTEN = "written"  # to a file, once or more often


_AGREED = DisclosureState.APPROVED, DisclosureState.WRITTEN

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
    Column("answered_day", Integer),
    Column("ended_by", Text),  # who refused it after it was approved
    Column("bank", Text),
    Column("recipient", Text),
    Column("recipient_name", Text),
    Column("pack_days", Integer),
    Column("under_18", Boolean),
)
_columns = _disclosure.c


@dataclass(frozen=True, slots=True)
class WantedPack:
    """A pack that is to be built, as often as its approval holds."""

    bank: str  # its name
    recipient: str  # whose key opens the pack
    name: str | None  # what an alarm calls the recipient; None: by the key
    days: int  # how long each may be used, 1 or more
    under_18: bool  # whether everything in the bank may show somebody under 18


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be disclosed."""

    kind: DisclosureKind
    reference: str = field(repr=False)
    number_mac: bytes | None = field(default=None, repr=False)
    first_row: int | None = None
    last_row: int | None = None
    pack: WantedPack | None = None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One of them."""

    id: int
    state: DisclosureState
    wanted: Wanted
    asked_by: str
    answered_by: str | None
    ended_by: str | None
    asked_day: int
    answered_day: int | None
    written_day: int | None  # the last one

    @property
    def is_agreed(self) -> bool:
        """Whether a second person approved it, and nobody refused it."""
        return self.state in _AGREED


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
                **_pack_values(wanted.pack),
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

    def approve(self, id_: int, *, by: str, day: int) -> bool:
        """Agree; False where somebody answered already."""
        return self._move(
            id_,
            (DisclosureState.ASKED,),
            {"state": DisclosureState.APPROVED, "answered_by": by, "answered_day": day},
        )

    def refuse(self, id_: int, *, by: str, day: int) -> bool:
        """Refuse it, or end what was agreed to; False where somebody did already."""
        refused = {"state": DisclosureState.REFUSED}
        answered = refused | {"answered_by": by, "answered_day": day}
        if self._move(id_, (DisclosureState.ASKED,), answered):
            return True
        return self._move(id_, _AGREED, refused | {"ended_by": by})

    def write(self, id_: int, *, day: int) -> bool:
        """Note that it was written to a file; False where it is not agreed to."""
        return self._move(id_, _AGREED, {"state": DisclosureState.WRITTEN, "written_day": day})

    def _move(
        self, id_: int, before: Sequence[DisclosureState], values: Mapping[str, object]
    ) -> bool:
        """Change one that is in one of these states; False where it is not."""
        fits = _columns.id == id_, _columns.state.in_(before)
        done = self.connection.execute(update(_disclosure).where(*fits).values(values))
        return done.rowcount == 1


def _pack_values(pack: WantedPack | None) -> dict[str, object]:
    if pack is None:
        return {}
    return {
        "bank": pack.bank,
        "recipient": pack.recipient,
        "recipient_name": pack.name,
        "pack_days": pack.days,
        "under_18": pack.under_18,
    }


def _pack_of(row: Row[tuple[object, ...]]) -> WantedPack | None:
    if DisclosureKind(row.kind) is not DisclosureKind.PACK:
        return None
    return WantedPack(row.bank, row.recipient, row.recipient_name, row.pack_days, row.under_18)


def _disclosure_of(row: Row[tuple[object, ...]]) -> Disclosure:
    wanted = Wanted(
        kind=DisclosureKind(row.kind),
        reference=row.reference,
        number_mac=row.number_mac,
        first_row=row.first_row,
        last_row=row.last_row,
        pack=_pack_of(row),
    )
    return Disclosure(
        id=row.id,
        state=DisclosureState(row.state),
        wanted=wanted,
        asked_by=row.asked_by,
        answered_by=row.answered_by,
        ended_by=row.ended_by,
        asked_day=row.asked_day,
        answered_day=row.answered_day,
        written_day=row.written_day,
    )

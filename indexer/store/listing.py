"""Listed signatures: sealed when listed, opened for the index, erased when withdrawn."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update

from hashsvc import Listed, SignatureId
from hashsvc.closed_sets import ListedState
from indexer.errors import SealBrokenError
from indexer.records import LIVE_STATES, BankKind, CaseId, ChangeKind, Enrolment, Hold, Standing
from indexer.store import tables
from indexer.store.alarm_tables import honey
from indexer.store.chains import Chain, Entry
from indexer.store.days import day_of
from indexer.store.rotating import sealing_ring
from indexer.store.sealing import DataKey, KeyRing, make_data_key, unwrap, wrap

REPORTED_BANK = "reported"  # where cases' signatures are listed
BENIGN_BANK = "benign"
_ID_BITS = 63
_ROWS_AT_ONCE = 5_000


def random_id() -> int:
    """A positive 63-bit number that tells nothing about case or order."""
    return secrets.randbits(_ID_BITS - 1) + 1


@dataclass(frozen=True, slots=True)
class Listing:
    """Listed signatures within one transaction."""

    connection: Connection
    changes: Chain
    ring: KeyRing

    def new_data_key(self) -> DataKey:
        """Make and keep, wrapped, the key under which one case's signatures are sealed."""
        key = make_data_key(random_id())
        ring = sealing_ring(self.connection, self.ring)
        self.connection.execute(
            insert(tables.data_key).values(
                id=key.data_key_id, kek_id=ring.current_id, wrapped=wrap(key, ring)
            )
        )
        return key

    def data_key(self, data_key_id: int) -> DataKey:
        """Unwrap a kept data key.

        Raises:
            SealBrokenError: the key ring does not open it.
        """
        keys = tables.data_key
        row = self.connection.execute(select(keys).where(keys.c.id == data_key_id)).one()
        return unwrap(row.wrapped, data_key_id=row.id, kek_id=row.kek_id, ring=self.ring)

    def add(
        self,
        enrolments: Sequence[Enrolment],
        *,
        bank: str,
        case_id: CaseId | None,
        key: DataKey,
        day: int,
    ) -> list[SignatureId]:
        """List signatures in a bank, in an order that tells nothing about photos.

        Args:
            enrolments: what is listed; held ones are kept without being matched.
            bank: its name.
            case_id: whose they are, if a case's.
            key: seals them.
            day: today.

        Returns:
            Their ids, as the enrolments stand.
        """
        if not enrolments:
            return []
        bank_id = self._bank_id(bank)
        sealed = [_sealed(enrolment, key) for enrolment in enrolments]
        ids = [one.id for one in sealed]
        sealed.sort(key=lambda one: one.id)  # ids are random: this shuffles
        shared = {
            "bank_id": bank_id,
            "case_id": case_id,
            "data_key_id": key.data_key_id,
            "listed_day": day,
        }
        self.connection.execute(
            insert(tables.listed_signature), [one.columns() | shared for one in sealed]
        )
        live = [one for one in sealed if one.state in LIVE_STATES]
        self.changes.append([_addition(one.id, one.body) for one in live], day=day)
        return ids

    def of_case(self, case_id: CaseId) -> list[Listed]:
        """Every signature that a case holds, held ones included, opened."""
        return list(
            self._opened(
                _select_opened().where(
                    _listed.case_id == case_id, _listed.state != ListedState.DELISTED
                )
            )
        )

    def erase(self, case_id: CaseId, *, day: int) -> list[SignatureId]:
        """Delist every signature of a case and erase its bodies; the ids stay as tombstones."""
        return self._erase(_listed.case_id == case_id, day=day)

    def erase_these(self, ids: Sequence[SignatureId], *, day: int) -> list[SignatureId]:
        """Delist signatures and erase their bodies; returns those that were not delisted yet."""
        return self._erase(_listed.id.in_(ids), day=day)

    def _erase(self, wanted: ColumnElement[bool], *, day: int) -> list[SignatureId]:
        ids = [
            SignatureId(id_)
            for id_ in self.connection.scalars(
                select(_listed.id)
                .where(wanted, _listed.state != ListedState.DELISTED)
                .order_by(_listed.id)  # everybody locks in this order: no deadlock
                .with_for_update()
            )
        ]
        self.connection.execute(
            update(tables.listed_signature)
            .where(wanted)
            .values(state=ListedState.DELISTED, body=None, data_key_id=None)
        )
        self.changes.append([_removal(id_, why="erased") for id_ in ids], day=day)
        return ids

    def of_bank(self, name: str) -> Iterator[Listed]:
        """Every signature that a bank holds, held ones included, opened."""
        banks = tables.bank.c
        return self._opened(
            _select_opened()
            .join(tables.bank, banks.id == _listed.bank_id)
            .where(banks.name == name, _listed.state != ListedState.DELISTED)
        )

    def erase_bank(self, name: str, *, at: datetime, limit: int) -> list[SignatureId]:
        """Delist so many signatures of a bank and erase their bodies; the ids stay."""
        wanted = _listed.bank_id == self._bank_id(name)
        some = select(_listed.id).where(wanted, _listed.state != ListedState.DELISTED).limit(limit)
        return self._erase(_listed.id.in_(list(self.connection.scalars(some))), day=day_of(at))

    def standings(self, ids: Sequence[SignatureId]) -> Mapping[SignatureId, Standing]:
        """State and hold of listed signatures, locked until the transaction ends.

        Honey has none: whatever is decided about it changes nothing.
        """
        rows = self.connection.execute(
            select(_listed.id, _listed.state, _listed.hold)
            .where(_listed.id.in_(ids), _listed.id.not_in(select(honey.c.signature_id)))
            .order_by(_listed.id)  # everybody locks in this order: no deadlock
            .with_for_update()
        )
        return {
            SignatureId(row.id): Standing(
                ListedState(row.state), None if row.hold is None else Hold(row.hold)
            )
            for row in rows
        }

    def move(self, moves: Mapping[SignatureId, Standing], *, at: datetime) -> list[SignatureId]:
        """Bring signatures that `standings` locked to other states, and the index with them.

        What was delisted stays so: its body is gone. Another hold for what is suspended already
        alters no index, and is logged all the same: a restored backup must suspend it for that.

        Returns:
            Those that begin or cease to be matched.
        """
        rows = self.connection.execute(
            select(_listed.id, _listed.state, _listed.hold, _listed.body)
            .where(_listed.id.in_(moves), _listed.body.is_not(None))
            .order_by(_listed.id)
        ).all()
        changes: list[Entry] = []
        for standing in set(moves.values()):
            ids = [row.id for row in rows if moves[SignatureId(row.id)] == standing]
            self.connection.execute(
                update(tables.listed_signature)
                .where(_listed.id.in_(ids))
                .values(state=standing.state, hold=standing.hold)
            )
        turned: list[SignatureId] = []
        for row in rows:
            id_ = SignatureId(row.id)
            changes += _alteration(row, after=moves[id_])
            if (row.state in LIVE_STATES) != (moves[id_].state in LIVE_STATES):
                turned.append(id_)
        if changes:
            self.changes.append(changes, day=day_of(at))
        return turned

    def live(self, kind: BankKind) -> Iterator[Listed]:
        """Every live signature of the banks of a kind, opened, in the order of its random id."""
        return self._all_opened(_select_live(tables.bank.c.kind == kind))

    def live_in(self, bank: str) -> Iterator[Listed]:
        """Every live signature of one bank, likewise; none where no bank has this name."""
        return self._all_opened(_select_live(tables.bank.c.name == bank))

    def live_ids(self) -> Iterator[int]:
        """The id of every live signature, of benign ones too, unopened."""
        wanted = select(_listed.id).where(_listed.state.in_(LIVE_STATES))
        yield from self.connection.execution_options(yield_per=_ROWS_AT_ONCE).scalars(wanted)

    def live_among(self, ids: Sequence[SignatureId], kind: BankKind) -> list[Listed]:
        """Those of the ids that are live now in banks of a kind, opened."""
        of_kind = _select_live(tables.bank.c.kind == kind)
        return list(self._opened(of_kind.where(_listed.id.in_(ids))))

    def _all_opened(self, statement: Select[tuple[object, ...]]) -> Iterator[Listed]:
        last = 0
        in_order = statement.order_by(_listed.id).limit(_ROWS_AT_ONCE)
        while page := list(self._opened(in_order.where(_listed.id > last))):
            yield from page
            last = page[-1].signature_id

    def _opened(self, statement: Select[tuple[object, ...]]) -> Iterator[Listed]:
        keys: dict[int, DataKey] = {}
        for row in self.connection.execute(statement).all():
            if row.data_key_id not in keys:
                keys[row.data_key_id] = unwrap(
                    row.wrapped, data_key_id=row.data_key_id, kek_id=row.kek_id, ring=self.ring
                )
            yield _listed_of(row, keys[row.data_key_id])

    def _bank_id(self, name: str) -> int:
        banks = tables.bank.c
        found = self.connection.execute(select(banks.id).where(banks.name == name))
        return int(found.scalar_one())


_listed = tables.listed_signature.c


def _select_live(of_bank: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return (
        _select_opened()
        .join(tables.bank, tables.bank.c.id == _listed.bank_id)
        .where(of_bank, _listed.state.in_(LIVE_STATES))
    )


def _select_opened() -> Select[tuple[object, ...]]:
    """What it takes to open signatures."""
    keys = tables.data_key
    return select(
        _listed.id,
        _listed.body,
        _listed.strong_only,
        _listed.data_key_id,
        keys.c.wrapped,
        keys.c.kek_id,
    ).join(keys, keys.c.id == _listed.data_key_id)


def _listed_of(row: Row[tuple[object, ...]], key: DataKey) -> Listed:
    signature_id = SignatureId(row.id)
    if row.body is None:
        raise SealBrokenError
    return Listed(signature_id, key.unseal(row.body, signature_id), row.strong_only)


@dataclass(frozen=True, slots=True)
class _Sealed:
    """The columns of a new row that differ from signature to signature."""

    id: SignatureId
    strong_only: bool
    state: ListedState
    hold: Hold | None
    body: bytes

    def columns(self) -> dict[str, object]:
        """By name."""
        return {
            "id": self.id,
            "strong_only": self.strong_only,
            "state": self.state,
            "hold": self.hold,
            "body": self.body,
        }


def _sealed(enrolment: Enrolment, key: DataKey) -> _Sealed:
    signature_id = SignatureId(random_id())
    body = key.seal(enrolment.signature, signature_id)
    if enrolment.held:
        return _Sealed(
            signature_id, enrolment.strong_only, ListedState.SUSPENDED, Hold.INTAKE, body
        )
    return _Sealed(signature_id, enrolment.strong_only, ListedState.PROBATION, None, body)


def _addition(id_: SignatureId, body: bytes) -> Entry:
    sealed_sha256 = hashlib.sha256(body).hexdigest()
    return Entry(ChangeKind.ADD, id_, _canonical({"sealed_sha256": sealed_sha256}))


def _removal(id_: SignatureId, **why: str) -> Entry:
    return Entry(ChangeKind.REMOVE, id_, _canonical(why))


def _alteration(row: Row[*tuple[Any, ...]], *, after: Standing) -> list[Entry]:
    """What the log says about a signature's new state: something, or nothing."""
    id_, was, is_ = SignatureId(row.id), row.state in LIVE_STATES, after.state in LIVE_STATES
    if is_:
        return [] if was else [_addition(id_, row.body)]
    if was or after.hold != row.hold:
        return [_removal(id_, why="suspended", hold=after.hold or Hold.INTAKE)]
    return []


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

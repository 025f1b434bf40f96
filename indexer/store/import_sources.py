"""Import sources: which lists are followed, how far, and what stands for their entries."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NewType

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from hashsvc import SignatureId
from indexer.store import import_tables, tables

SourceId = NewType("SourceId", int)
_ROWS_AT_ONCE = 5_000  # in one statement: SQLite takes 32,766 values
_sources = import_tables.import_source.c
_entries = import_tables.import_entry.c
_banks = tables.bank.c


@dataclass(frozen=True, slots=True)
class NewSource:
    """A list that is about to be followed."""

    name: str
    dialect: str
    url: str
    credentials_file: str  # its path; what it holds is never stored
    bank: str


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A list that is followed."""

    source_id: SourceId
    name: str
    dialect: str
    url: str
    credentials_file: str
    bank: str
    generation: int  # how often it was begun anew
    checkpoint: str | None  # in the dialect's words; None: from the beginning
    fetched_at: datetime | None
    completed_at: datetime | None
    entries: int


@dataclass(frozen=True, slots=True)
class ImportEntry:
    """An entry of somebody else's list, and the signature that stands for it."""

    remote_mac: bytes  # of what the other side calls it, 32 bytes
    hash_mac: bytes  # 32 bytes
    signature_id: SignatureId


@dataclass(frozen=True, slots=True)
class ImportSources:
    """Import sources within one transaction."""

    connection: Connection

    def every(self) -> list[ImportSource]:
        """All of them, by name."""
        rows = self.connection.execute(_select_sources().order_by(_sources.name))
        return [_source_of(row) for row in rows]

    def named(self, name: str) -> ImportSource | None:
        """The source of this name."""
        row = self.connection.execute(_select_sources().where(_sources.name == name)).one_or_none()
        return None if row is None else _source_of(row)

    def locked(self, name: str) -> ImportSource | None:
        """The source of this name, held until the transaction ends."""
        self.connection.execute(
            select(_sources.id).where(_sources.name == name).with_for_update()
        ).all()
        return self.named(name)

    def banks(self) -> set[str]:
        """The names of the banks that sources fill."""
        filled = select(_banks.name).join(
            import_tables.import_source, _sources.bank_id == _banks.id
        )
        return set(self.connection.scalars(filled))

    def add(self, new: NewSource) -> None:
        """Follow a list from its beginning; its bank is there, and no other source's."""
        self.connection.execute(
            insert(import_tables.import_source).values(
                name=new.name,
                dialect=new.dialect,
                url=new.url,
                credentials_file=new.credentials_file,
                generation=0,
                bank_id=select(_banks.id).where(_banks.name == new.bank).scalar_subquery(),
            )
        )

    def move(self, source_id: SourceId, checkpoint: str, *, at: datetime, complete: bool) -> None:
        """Keep how far a list was followed, and whether that is its end."""
        moved = {"checkpoint": checkpoint, "fetched_at": at}
        if complete:
            moved["completed_at"] = at
        self._update(source_id, **moved)

    def begin_anew(self, source_id: SourceId) -> None:
        """Forget how far a list was followed; what is there belongs to an older generation."""
        self._update(source_id, checkpoint=None, generation=_sources.generation + 1)

    def forget(self, source_id: SourceId) -> None:
        """Follow a list no more; it has no entries left."""
        self.connection.execute(delete(import_tables.import_source).where(_sources.id == source_id))

    def older(self, source: ImportSource, *, limit: int) -> list[bytes]:
        """Entries that were not named since the list was begun anew, by what names them."""
        some = select(_entries.remote_mac).where(
            _entries.source_id == source.source_id, _entries.generation < source.generation
        )
        return list(self.connection.scalars(some.limit(limit)))

    def mark(self, source: ImportSource, remote_macs: Collection[bytes]) -> None:
        """Keep that entries were named in the source's generation."""
        for some in _parts(remote_macs):
            self.connection.execute(
                update(import_tables.import_entry)
                .where(
                    _entries.source_id == source.source_id,
                    _entries.remote_mac.in_(some),
                    _entries.generation < source.generation,
                )
                .values(generation=source.generation)
            )

    def known(
        self, source_id: SourceId, remote_macs: Collection[bytes]
    ) -> dict[bytes, ImportEntry]:
        """Which of these entries are there, by what the other side calls them."""
        return {
            row.remote_mac: ImportEntry(row.remote_mac, row.hash_mac, SignatureId(row.signature_id))
            for some in _parts(remote_macs)
            for row in self.connection.execute(
                select(import_tables.import_entry).where(
                    _entries.source_id == source_id, _entries.remote_mac.in_(some)
                )
            )
        }

    def listed(self, source_id: SourceId, hash_macs: Collection[bytes]) -> dict[bytes, SignatureId]:
        """Which signatures stand for these hashes."""
        return {
            row.hash_mac: SignatureId(row.signature_id)
            for some in _parts(hash_macs)
            for row in self.connection.execute(
                select(_entries.hash_mac, _entries.signature_id).where(
                    _entries.source_id == source_id, _entries.hash_mac.in_(some)
                )
            )
        }

    def keep(self, source: ImportSource, entries: Sequence[ImportEntry]) -> None:
        """Keep entries that are not there."""
        if entries:
            self.connection.execute(
                insert(import_tables.import_entry),
                [
                    {
                        "source_id": source.source_id,
                        "generation": source.generation,
                        "remote_mac": entry.remote_mac,
                        "hash_mac": entry.hash_mac,
                        "signature_id": entry.signature_id,
                    }
                    for entry in entries
                ],
            )

    def drop(self, source_id: SourceId, remote_macs: Collection[bytes]) -> None:
        """Forget entries."""
        for some in _parts(remote_macs):
            self.connection.execute(
                delete(import_tables.import_entry).where(
                    _entries.source_id == source_id, _entries.remote_mac.in_(some)
                )
            )

    def without_entry(self, ids: Collection[SignatureId]) -> list[SignatureId]:
        """Those of the signatures that stand for no entry any more."""
        standing = {
            SignatureId(id_)
            for some in _parts(ids)
            for id_ in self.connection.scalars(
                select(_entries.signature_id).where(_entries.signature_id.in_(some))
            )
        }
        return sorted(set(ids) - standing)

    def _update(self, source_id: SourceId, **values: object) -> None:
        self.connection.execute(
            update(import_tables.import_source).where(_sources.id == source_id).values(**values)
        )


def _select_sources() -> Select[tuple[object, ...]]:
    entries = select(func.count()).where(_entries.source_id == _sources.id).scalar_subquery()
    return select(
        import_tables.import_source, _banks.name.label("bank"), entries.label("entries")
    ).join(tables.bank, _banks.id == _sources.bank_id)


def _source_of(row: Row[tuple[object, ...]]) -> ImportSource:
    return ImportSource(
        source_id=SourceId(row.id),
        name=row.name,
        dialect=row.dialect,
        url=row.url,
        credentials_file=row.credentials_file,
        bank=row.bank,
        generation=row.generation,
        checkpoint=row.checkpoint,
        fetched_at=row.fetched_at,
        completed_at=row.completed_at,
        entries=int(row.entries),
    )


def _parts(values: Collection[bytes] | Collection[SignatureId]) -> Iterator[list[object]]:
    rest = iter(values)
    while part := list(islice(rest, _ROWS_AT_ONCE)):
        yield part

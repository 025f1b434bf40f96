"""Lists of other networks that are followed: a page at a time, whole, into a bank of its own."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice

from api.security.peppers import Pepper, Purpose
from api.services.errors import (
    BankTakenError,
    BankUnfitError,
    NoSuchSourceError,
    SourceExistsError,
    SourceMovedError,
)
from api.services.intake import Intake
from hashsvc import Hash, RegionKind, Signature, SignatureId
from hashsvc.policies import Fitness, fitness
from hashsvc.times import now
from indexer.audit_records import OPERATOR, Act
from indexer.records import BankKind, Enrolment
from indexer.store import Store, Transaction
from indexer.store.days import day_of
from indexer.store.import_sources import ImportEntry, ImportSource, NewSource
from indexer.store.listing import REPORTED_BANK

_UNTOLD_QUALITY = 50  # other networks hand on no quality; their lists are looked at by people
_PAGES_A_RUN = 100_000
_AT_ONCE = 5_000  # taken out in one statement: SQLite takes 32,766 values
_BAD_SHARE = 0.01  # of the records; more of them: their form has changed


class Skipped(StrEnum):
    """Why a record was left out."""

    FIELD = "field"  # one is missing, or of another type
    HASH = "hash"  # not 64 hexadecimal digits
    WORD = "word"  # one that is not known
    TYPE = "type"  # no PDQ of a photo


_MALFORMED = (Skipped.FIELD, Skipped.HASH, Skipped.WORD)


@dataclass(frozen=True, slots=True)
class RemoteEntry:
    """An entry of another network's list, at its latest."""

    name: str = field(repr=False)  # what the other side calls it
    pdq: Hash | None  # None: it is off the list


@dataclass(frozen=True, slots=True)
class RemotePage:
    """A page of another network's list, in our words."""

    entries: Sequence[RemoteEntry]  # later ones overrule earlier ones of the same name
    skipped: Mapping[Skipped, int]
    checkpoint: str  # where the page after this one begins
    last: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the records of a run."""

    pages: int = 0
    records: int = 0
    listed: int = 0
    held: int = 0  # near something benign: kept, not matched until an operator has looked
    known: int = 0
    delisted: int = 0
    unfit: int = 0  # so little detail that they would match what they should not
    skipped: Mapping[Skipped, int] = field(default_factory=dict)

    @property
    def alarming(self) -> bool:
        """Whether so many records are malformed that their form may have changed."""
        return sum(self.skipped.get(why, 0) for why in _MALFORMED) > _BAD_SHARE * self.records


@dataclass(frozen=True, slots=True)
class ListImports:
    """Follows other networks' lists."""

    store: Store
    intake: Intake
    pepper: Pepper
    time_of_day: Callable[[], datetime] = now

    def add(self, new: NewSource) -> None:
        """Follow a list from now on; its bank is made, and is nobody else's.

        Raises:
            SourceExistsError: there is a source of this name.
            BankUnfitError: the bank is the cases' own, or of benign signatures.
            BankTakenError: the bank is another source's, or holds signatures.
        """
        with self.store.transaction() as tx:
            if tx.import_sources.named(new.name) is not None:
                raise SourceExistsError
            _require_free(tx, new.bank)
            tx.banks.make(new.bank, BankKind.REPORTED)
            tx.import_sources.add(new)
            self._record(tx, Act.IMPORT_ADD)

    def chosen(self, name: str | None) -> list[ImportSource]:
        """The source of this name; without one, all of them.

        Raises:
            NoSuchSourceError: there is none of this name.
        """
        with self.store.snapshot() as tx:
            if name is None:
                return tx.import_sources.every()
            return [_require(tx.import_sources.named(name))]

    def remove(self, name: str) -> int:
        """Follow a list no more, and delist and erase what it brought.

        A removal that is broken off is completed by the same again; a run would begin anew.

        Returns:
            How many signatures were taken out.

        Raises:
            NoSuchSourceError: there is none of this name.
        """
        self.begin_anew(name)
        erased = self._drop_older(name)
        with self.store.transaction() as tx:
            source_id = _require(tx.import_sources.locked(name)).source_id
            tx.import_sources.forget(source_id)
            self._record(tx, Act.IMPORT_REMOVE, source=source_id)
        return erased

    def begin_anew(self, name: str) -> None:
        """Let the next run fetch a list from its beginning; what it does not name is delisted.

        Raises:
            NoSuchSourceError: there is none of this name.
        """
        with self.store.transaction() as tx:
            source = _require(tx.import_sources.locked(name))
            tx.import_sources.begin_anew(source.source_id)

    def follow(self, source: ImportSource, pages: Iterable[RemotePage]) -> Iterator[Followed]:
        """Take pages in, each in one transaction with its checkpoint: none is half done.

        After 100,000 pages a run ends and the next one goes on: no server keeps it for ever.

        Yields:
            The sums after each page.

        Raises:
            SourceMovedError: another run went on with this source meanwhile.
            NoSuchSourceError: it was removed meanwhile.
        """
        sums, checkpoint = Followed(), source.checkpoint
        for page in islice(pages, _PAGES_A_RUN):
            taken = self._take(source, page, after=checkpoint)
            checkpoint = page.checkpoint
            sums = _sum(sums, taken)
            yield sums
            if page.last and (erased := self._drop_older(source.name)):
                sums = replace(sums, delisted=sums.delisted + erased)
                yield sums

    def _take(self, source: ImportSource, page: RemotePage, *, after: str | None) -> Followed:
        latest = {self._mac(source, entry.name): entry.pdq for entry in page.entries}
        fit = self._fit({pdq for pdq in latest.values() if pdq is not None})
        taken = Followed(
            pages=1,
            records=len(page.entries) + sum(page.skipped.values()),
            unfit=sum(pdq is not None and pdq not in fit for pdq in latest.values()),
            skipped=page.skipped,
        )
        with self.store.transaction() as tx:
            held = _require(tx.import_sources.locked(source.name))
            if (held.source_id, held.checkpoint) != (source.source_id, after):
                raise SourceMovedError
            taken = self._enter(tx, held, latest, fit, taken)
            about = {"listed": taken.listed, "delisted": taken.delisted}
            self._record(tx, Act.IMPORT_APPLY, source=held.source_id, **about)
            tx.import_sources.move(
                source.source_id, page.checkpoint, at=self.time_of_day(), complete=page.last
            )
        return taken

    def _enter(
        self,
        tx: Transaction,
        source: ImportSource,
        latest: Mapping[bytes, Hash | None],
        fit: Mapping[Hash, Enrolment],
        taken: Followed,
    ) -> Followed:
        """Bring the bank to what a page says."""
        wanted = {
            mac: (self._hash_mac(source, pdq), fit[pdq])
            for mac, pdq in latest.items()
            if pdq is not None and pdq in fit
        }
        known = tx.import_sources.known(source.source_id, latest)
        same = {mac for mac in known if mac in wanted and wanted[mac][0] == known[mac].hash_mac}
        fresh = {mac: one for mac, one in wanted.items() if mac not in same}
        ids, enrolments = self._list_new(tx, source, dict(fresh.values()))
        gone = known.keys() - same
        tx.import_sources.drop(source.source_id, gone)
        tx.import_sources.mark(source, same)
        tx.import_sources.keep(
            source,
            [ImportEntry(mac, hash_mac, ids[hash_mac]) for mac, (hash_mac, _) in fresh.items()],
        )
        held = sum(one.held for one in enrolments)
        return replace(
            taken,
            listed=len(enrolments) - held,
            held=held,
            known=len(wanted) - len(enrolments),
            delisted=self._erase_unnamed(tx, {known[mac].signature_id for mac in gone}),
        )

    def _list_new(
        self, tx: Transaction, source: ImportSource, wanted: Mapping[bytes, Enrolment]
    ) -> tuple[dict[bytes, SignatureId], list[Enrolment]]:
        """The signatures of these hashes, by digest; and which of them had to be listed."""
        ids = tx.import_sources.listed(source.source_id, wanted)
        new = {mac: one for mac, one in wanted.items() if mac not in ids}
        if new:
            listed = tx.banks.add(source.bank, list(new.values()), at=self.time_of_day())
            ids |= dict(zip(new, listed, strict=True))
        return ids, list(new.values())

    def _drop_older(self, name: str) -> int:
        """Delist and erase what was not named since a list was begun anew."""
        erased = 0
        while True:
            with self.store.transaction() as tx:
                source = _require(tx.import_sources.locked(name))
                macs = tx.import_sources.older(source, limit=_AT_ONCE)
                if not macs:
                    return erased
                known = tx.import_sources.known(source.source_id, macs)
                tx.import_sources.drop(source.source_id, macs)
                ids = {entry.signature_id for entry in known.values()}
                gone = self._erase_unnamed(tx, ids)
                self._record(tx, Act.IMPORT_APPLY, source=source.source_id, delisted=gone)
                erased += gone

    def _record(self, tx: Transaction, act: Act, **about: int) -> None:
        tx.audit.record(act, by=OPERATOR, at=self.time_of_day(), about=about)

    def _erase_unnamed(self, tx: Transaction, ids: Iterable[SignatureId]) -> int:
        """Delist what stands for no entry any more; matches that rest on it alone end."""
        erased = tx.import_sources.without_entry(set(ids))
        at = self.time_of_day()
        for start in range(0, len(erased), _AT_ONCE):
            tx.listing.erase_these(erased[start : start + _AT_ONCE], day=day_of(at))
        tx.matches.settle(erased, at=at)
        return len(erased)

    def _fit(self, hashes: Iterable[Hash]) -> Mapping[Hash, Enrolment]:
        """What may be listed, behind the gates that survivors' signatures pass too."""
        signatures = (
            Signature(region=RegionKind.FULL, pdq=pdq, dhash=None, quality=_UNTOLD_QUALITY)
            for pdq in hashes
        )
        fit = [one for one in signatures if fitness(one) is not Fitness.UNFIT]
        return {one.signature.pdq: one for one in self.intake.enrolments(fit)}

    def _mac(self, source: ImportSource, name: str) -> bytes:
        message = b"entry/%d/" % source.source_id + name.encode("utf-8", "surrogatepass")
        return self.pepper.mac(Purpose.IMPORT, message)

    def _hash_mac(self, source: ImportSource, pdq: Hash) -> bytes:
        return self.pepper.mac(Purpose.IMPORT, b"hash/%d/" % source.source_id + pdq.digest)


def _require(source: ImportSource | None) -> ImportSource:
    if source is None:
        raise NoSuchSourceError
    return source


def _require_free(tx: Transaction, name: str) -> None:
    banks = {bank.name: bank for bank in tx.banks.overview()}
    bank = banks.get(name)
    if name == REPORTED_BANK or (bank is not None and bank.kind is BankKind.BENIGN):
        raise BankUnfitError
    if name in tx.import_sources.banks() or (bank is not None and bank.live + bank.held):
        raise BankTakenError


def _sum(one: Followed, other: Followed) -> Followed:
    return Followed(
        pages=one.pages + other.pages,
        records=one.records + other.records,
        listed=one.listed + other.listed,
        held=one.held + other.held,
        known=one.known + other.known,
        delisted=one.delisted + other.delisted,
        unfit=one.unfit + other.unfit,
        skipped=Counter(one.skipped) + Counter(other.skipped),
    )

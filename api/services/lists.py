"""Lists that are handed on: who may have them, what they get, and what is published when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.security.api_keys import Caller
from api.security.wire_ids import WireIds
from api.services.errors import (
    ListNotGrantedError,
    ListsOffError,
    NoSuchBankError,
    NoSuchEntryError,
    OtherReferenceError,
    PlaceAheadError,
    SamePersonError,
)
from api.services.two_people import is_one_person, name_of, reference_of
from hashsvc import Hash, SignatureId
from indexer.audit_records import OPERATOR, Act
from indexer.list_records import Grant, ListAccess, ListPage, StreamHead, Wish
from indexer.records import BankKind, Platform
from indexer.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a list a recipient asks for."""

    after: int  # position, exclusive
    limit: int
    dialect: str  # for the audit row
    bank: str | None = None  # None: the one that it may have
    done: int | None = None  # position up to which it has done everything, where asking says so


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list a recipient asks for that goes by time: later than `start`."""

    start: int  # seconds since 1970, exclusive
    end: int  # inclusive, not in the future
    after: int  # position, exclusive, where an earlier page of the window ended; else 0
    limit: int
    dialect: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What a recipient is handed."""

    grant: Grant
    names: WireIds
    head: StreamHead
    page: ListPage


@dataclass(frozen=True, slots=True)
class ListService:
    """Hands lists on. Off by default: match answers never hand over a hash, this does."""

    store: Store
    enabled: bool
    publish_seconds: int  # additions wait for so long
    source_name: str = "hashsvc"  # who we are to other networks' clients

    def grant(
        self, platform: str, bank: str, *, operator: str, reference: str, at: datetime
    ) -> Grant:
        """Let a platform have a bank's list, once two operators want it for the same reference.

        Raises:
            NameUnfitError, ReferenceUnfitError: who wants it, or for what, is not said.
            NoSuchBankError: there is no such bank of what survivors reported.
            OtherReferenceError: it waits, or holds, for something else.
            SamePersonError: who asked cannot grant it too.
        """
        wish = Wish(name_of(operator), reference_of(reference))
        with self.store.transaction() as tx:
            bank_id = tx.lists.bank_id(bank)
            if bank_id is None:
                raise NoSuchBankError
            asked = tx.platforms.named(platform)
            _require_fitting(tx.lists.kept(asked, bank_id), wish)
            tx.audit.record(Act.LIST_GRANT, by=OPERATOR, at=at, about=_about(asked, bank_id))
            return tx.lists.grant(asked, bank_id, wish, at=at)

    def revoke(self, platform: str, bank: str, *, at: datetime) -> None:
        """End a grant at once.

        Raises:
            ListNotGrantedError: there is none.
        """
        with self.store.transaction() as tx:
            for grant in tx.lists.grants():
                if (grant.platform.name, grant.bank) == (platform, bank):
                    about = _about(grant.platform, grant.bank_id)
                    tx.audit.record(Act.LIST_REVOKE, by=OPERATOR, at=at, about=about)
                    return tx.lists.revoke(grant, at=at)
        raise ListNotGrantedError

    def grants(self) -> list[Grant]:
        """Every grant, by the platform's name."""
        with self.store.snapshot() as tx:
            return tx.lists.grants()

    def publish(self, *, at: datetime) -> None:
        """Publish what has to be, in every stream."""
        with self.store.snapshot() as tx:
            streams = tx.lists.streams
            waiting = [
                bank_id
                for bank_id in streams.banks()
                if streams.waiting(bank_id, at=at, every_seconds=self.publish_seconds)
            ]
        for bank_id in waiting:
            self._publish(bank_id, at=at)

    def read(self, caller: Caller, wanted: Wanted, *, at: datetime) -> Handed:
        """A page of a list, kept in the audit or not handed over.

        Raises:
            ListsOffError: this instance hands no lists on.
            ListNotGrantedError: the platform may not have this one.
            PlaceAheadError: the place lies beyond the list's end.
        """
        with self.store.transaction() as tx:
            grant = self._grant(tx, caller, wanted.bank)
            head = tx.lists.head(grant)
            if wanted.after > head.pos:
                raise PlaceAheadError
            page = tx.lists.page(grant, wanted.after, limit=wanted.limit)
            if wanted.done is not None:
                tx.lists.acknowledge(grant, wanted.done, at=at)
            access = ListAccess(grant, caller.key_id, wanted.dialect, wanted.after, page)
            _note(tx, caller, access, at=at)
            return Handed(grant, _names(tx, grant), head, page)

    def read_window(self, caller: Caller, window: Window, *, at: datetime) -> Handed:
        """A page of what was published in a window of time; nothing is published in it later.

        Raises:
            ListsOffError, ListNotGrantedError: as `read`.
        """
        with self.store.transaction() as tx:
            grant = self._grant(tx, caller, None)
            tx.lists.streams.close_second(grant.bank_id, window.end)
            begin = tx.lists.position_at(grant, window.start)
            after = max(begin, window.after)
            page = tx.lists.page(grant, after, limit=window.limit, until_second=window.end)
            tx.lists.acknowledge(grant, begin, at=at)
            access = ListAccess(grant, caller.key_id, window.dialect, after, page)
            _note(tx, caller, access, at=at)
            return Handed(grant, _names(tx, grant), tx.lists.head(grant), page)

    def require_on(self) -> None:
        """Refuse where no lists are handed on.

        Raises:
            ListsOffError: none are.
        """
        if not self.enabled:
            raise ListsOffError

    def mine(self, caller: Caller) -> list[Grant]:
        """What a platform may read.

        Raises:
            ListsOffError: nothing.
        """
        self.require_on()
        with self.store.snapshot() as tx:
            return tx.lists.grants_of(caller.platform.platform_id)

    def hash_of(self, caller: Caller, name: str) -> Hash | None:
        """The hash behind an entry's wire id, while it is listed; None where it is no more.

        Raises:
            ListsOffError, ListNotGrantedError: as `read`.
            NoSuchEntryError: it is no wire id of this recipient's.
        """
        with self.store.snapshot() as tx:
            grant = self._grant(tx, caller, None)
            signature_id = _names(tx, grant).read(name)
            if signature_id is None:
                raise NoSuchEntryError
            found = tx.listing.live_among([signature_id], BankKind.REPORTED)
            return found[0].signature.pdq if found else None

    def acknowledge(self, caller: Caller, bank: str | None, pos: int, *, at: datetime) -> None:
        """Keep that a recipient has done everything up to a position.

        Raises:
            ListsOffError, ListNotGrantedError, PlaceAheadError: as `read`.
        """
        with self.store.transaction() as tx:
            grant = self._grant(tx, caller, bank)
            if pos > tx.lists.head(grant).pos:
                raise PlaceAheadError
            tx.lists.acknowledge(grant, pos, at=at)
            about = _about(grant.platform, grant.bank_id) | {"place": pos}
            tx.audit.record(Act.LIST_ACKNOWLEDGE, by=caller.actor, at=at, about=about)

    def epoch(self) -> bytes:
        """8 bytes that are others after every restore."""
        with self.store.snapshot() as tx:
            return tx.changes.head().epoch

    def any_live(self, ids: Sequence[SignatureId]) -> bool:
        """Whether one of these reported signatures is matched now."""
        with self.store.snapshot() as tx:
            return bool(tx.listing.live_among(ids, BankKind.REPORTED))

    def _publish(self, bank_id: int, *, at: datetime) -> None:
        more = True
        while more:
            with self.store.transaction() as tx:
                more = tx.lists.streams.publish(bank_id, at=at, every_seconds=self.publish_seconds)

    def _grant(self, tx: Transaction, caller: Caller, bank: str | None) -> Grant:
        self.require_on()
        for grant in tx.lists.grants_of(caller.platform.platform_id):
            if bank in (None, grant.bank):
                return grant
        raise ListNotGrantedError


def _require_fitting(kept: Grant | None, wish: Wish) -> None:
    if kept is None or kept.revoked:
        return
    if kept.reference != wish.reference:
        raise OtherReferenceError
    if kept.granted_by is None and is_one_person(kept.asked_by, wish.by):
        raise SamePersonError


def _note(tx: Transaction, caller: Caller, access: ListAccess, *, at: datetime) -> None:
    """Say who was handed what, twice: a row to look it up, and one that nobody alters unseen."""
    tx.lists.note_access(access, at=at)
    about = _about(access.grant.platform, access.grant.bank_id) | {
        "after": access.after,
        "last": access.page.last_pos,
        "rows": len(access.page.lines),
    }
    tx.audit.record(Act.LIST_ANSWER, by=caller.actor, at=at, about=about)


def _about(platform: Platform, bank_id: int) -> dict[str, int]:
    return {"platform": platform.platform_id, "bank": bank_id}


def _names(tx: Transaction, grant: Grant) -> WireIds:
    return WireIds.of(tx.listing.data_key(grant.data_key_id))

"""Lawful disclosure: asked for with a reference, agreed to by a second person, kept in the audit.

Hashes cannot be disclosed here. Names are taken on trust: whoever may run the commands can sign
as anybody, so this holds honest people to a rule and leaves a trace of the others.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from api.security.case_secrets import CaseNumber, CaseSecrets
from api.services.errors import (
    DisclosureAnsweredError,
    DisclosureUnapprovedError,
    DisclosureUnfitError,
    NoSuchDisclosureError,
    SamePersonError,
)
from indexer.audit_records import OPERATOR, Act
from indexer.store import Store, Transaction
from indexer.store.days import date_of, day_of
from indexer.store.disclosures import Disclosure, DisclosureKind, DisclosureState, Wanted

_MOST_SIGNS = 128
_MOST_ROWS = 100_000
_ACTS = {
    DisclosureState.APPROVED: Act.DISCLOSURE_APPROVE,
    DisclosureState.REFUSED: Act.DISCLOSURE_REFUSE,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, as typed."""

    kind: DisclosureKind
    reference: str
    number: CaseNumber | None = None
    first_row: int | None = None
    last_row: int | None = None


@dataclass(frozen=True, slots=True)
class DisclosureService:
    """Two people, one reference, one file."""

    store: Store
    secrets: CaseSecrets

    def ask(self, asked: Asked, *, by: str, at: datetime) -> int:
        """Ask for a disclosure; its number.

        Raises:
            DisclosureUnfitError: something is missing, or does not belong to this kind.
        """
        wanted = self._wanted(asked)
        with self.store.transaction() as tx:
            id_ = tx.disclosures.ask(wanted, by=_name(by), day=day_of(at))
            _record(tx, Act.DISCLOSURE_ASK, id_, wanted.kind, at=at)
        return id_

    def answer(self, id_: int, state: DisclosureState, *, by: str, at: datetime) -> None:
        """Approve or refuse.

        Raises:
            NoSuchDisclosureError: there is none of this number.
            SamePersonError: who asked cannot approve; refusing is everybody's.
            DisclosureAnsweredError: it was approved or refused already.
        """
        with self.store.transaction() as tx:
            found = _named(tx, id_)
            if state is DisclosureState.APPROVED and is_one_person(found.asked_by, _name(by)):
                raise SamePersonError
            if not tx.disclosures.answer(id_, state, by=_name(by)):
                raise DisclosureAnsweredError
            _record(tx, _ACTS[state], id_, found.wanted.kind, at=at)

    def all(self) -> Sequence[Disclosure]:
        """All of them, the oldest first."""
        with self.store.snapshot() as tx:
            return tx.disclosures.all()

    def write(self, id_: int, number: CaseNumber | None, *, at: datetime) -> dict[str, Any]:
        """What is disclosed, as the file has it; each time is recorded.

        Args:
            id_: of an approved one.
            number: the case number once more, where it is about one: it is not kept.
            at: now.

        Raises:
            NoSuchDisclosureError: there is none of this number.
            DisclosureUnapprovedError: no second person approved it.
            DisclosureUnfitError: the case number is not the one that was approved.
        """
        with self.store.transaction() as tx:
            found = _named(tx, id_)
            if found.state not in {DisclosureState.APPROVED, DisclosureState.WRITTEN}:
                raise DisclosureUnapprovedError
            told = self._told(tx, found.wanted, number)
            tx.disclosures.write(id_, day=day_of(at))
            _record(tx, Act.DISCLOSURE_WRITE, id_, found.wanted.kind, at=at)
        return {
            "disclosure": id_,
            "kind": found.wanted.kind,
            "reference": found.wanted.reference,
            "asked_by": found.asked_by,
            "approved_by": found.answered_by,
            "written_on": at.date().isoformat(),
            "told": told,
        }

    def _wanted(self, asked: Asked) -> Wanted:
        reference = asked.reference.strip()
        rows = asked.first_row, asked.last_row
        fits = {
            DisclosureKind.CASE: asked.number is not None and rows == (None, None),
            DisclosureKind.ROWS: asked.number is None and _is_range(*rows),
            DisclosureKind.COUNTS: asked.number is None and rows == (None, None),
        }
        if not 0 < len(reference) <= _MOST_SIGNS or not reference.isprintable():
            raise DisclosureUnfitError
        if not fits[asked.kind]:
            raise DisclosureUnfitError
        mac = None if asked.number is None else self.secrets.number_mac(asked.number)
        return Wanted(asked.kind, reference, mac, *rows)

    def _told(self, tx: Transaction, wanted: Wanted, number: CaseNumber | None) -> object:
        match wanted.kind:
            case DisclosureKind.CASE:
                return self._case(tx, wanted, number)
            case DisclosureKind.ROWS:
                return _rows(tx, wanted)
            case DisclosureKind.COUNTS:
                banks = tx.banks.overview()
                return [{"bank": one.name, "live": one.live, "held": one.held} for one in banks]
            case _:
                assert_never(wanted.kind)

    def _case(
        self, tx: Transaction, wanted: Wanted, number: CaseNumber | None
    ) -> dict[str, object]:
        macs = [] if number is None else self.secrets.number_macs(number)
        if wanted.number_mac not in macs:
            raise DisclosureUnfitError
        case = tx.cases.find(*macs)
        return {"exists": case is not None, "status": case.status if case else None}


def is_one_person(one: str, other: str) -> bool:
    """Whether two names may be one person's: the same, a part of the other, or its initials."""
    first, second = _words(one), _words(other)
    shorter, longer = sorted((first, second), key=len)
    if set(shorter) <= set(longer) or "".join(first) == "".join(second):
        return True
    initials = [all(a[0] == b[0] for a, b in zip(first, second, strict=False))]
    return first[-1] == second[-1] and all(initials) and (len(first[0]) == 1 or len(second[0]) == 1)


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return words or [""]


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= _MOST_SIGNS or not name.isprintable() or _words(name) == [""]:
        raise DisclosureUnfitError
    return name


def _is_range(first: int | None, last: int | None) -> bool:
    return first is not None and last is not None and 1 <= first <= last < first + _MOST_ROWS


def _named(tx: Transaction, id_: int) -> Disclosure:
    found = tx.disclosures.named(id_)
    if found is None:
        raise NoSuchDisclosureError
    return found


def _rows(tx: Transaction, wanted: Wanted) -> list[dict[str, object]]:
    first, last = wanted.first_row or 1, wanted.last_row or 0
    rows = tx.access.after(first - 1, limit=last - first + 1)
    return [
        {
            "row": row.seq,
            "day": date_of(row.day).isoformat(),
            "body": row.body,
            "digest": row.digest.hex(),
        }
        for row in rows
        if row.seq <= last
    ]


def _record(tx: Transaction, act: Act, id_: int, kind: DisclosureKind, *, at: datetime) -> None:
    tx.audit.record(act, by=OPERATOR, at=at, about={"disclosure": id_, "kind": kind})

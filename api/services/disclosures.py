"""Lawful disclosure: asked for with a reference, agreed to by a second person, kept in the audit.

Hashes are disclosed in packs alone, which one recipient can open. Names are taken on trust:
whoever may run the commands can sign as anybody, so this holds honest people to a rule and leaves
a trace of the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.security.case_secrets import CaseNumber, CaseSecrets
from api.services.disclosure_kinds import Asked, told_of, wanted_of
from api.services.errors import (
    DisclosureAnsweredError,
    DisclosureUnapprovedError,
    NoSuchDisclosureError,
    SamePersonError,
)
from api.services.two_people import is_one_person, name_of
from indexer.audit_records import OPERATOR, Act
from indexer.store import Store, Transaction
from indexer.store.days import day_of
from indexer.store.disclosures import Disclosure, DisclosureKind


@dataclass(frozen=True, slots=True)
class DisclosureService:
    """Two people, one reference."""

    store: Store
    secrets: CaseSecrets

    def ask(self, asked: Asked, *, by: str, at: datetime) -> int:
        """Ask for a disclosure; its number.

        Raises:
            DisclosureUnfitError: something is missing, or does not belong to this kind.
            NameUnfitError, ReferenceUnfitError: who asks, or for what, is not said as it is kept.
            NoSuchBankError: what shall be packed is no bank of reported signatures.
            PackKeyError: the recipient of a pack is no public key.
        """
        with self.store.transaction() as tx:
            wanted = wanted_of(tx, asked, self.secrets)
            id_ = tx.disclosures.ask(wanted, by=name_of(by), day=day_of(at))
            _record(tx, Act.DISCLOSURE_ASK, id_, wanted.kind, at=at)
        return id_

    def approve(self, id_: int, *, by: str, at: datetime) -> None:
        """Agree to what somebody else asked for.

        Raises:
            NameUnfitError: who approves is not said.
            NoSuchDisclosureError: there is none of this number.
            SamePersonError: who asked cannot approve.
            DisclosureAnsweredError: it was approved or refused already.
        """
        with self.store.transaction() as tx:
            found = named(tx, id_)
            if is_one_person(found.asked_by, name_of(by)):
                raise SamePersonError
            if not tx.disclosures.approve(id_, by=name_of(by), day=day_of(at)):
                raise DisclosureAnsweredError
            _record(tx, Act.DISCLOSURE_APPROVE, id_, found.wanted.kind, at=at)

    def refuse(self, id_: int, *, by: str, at: datetime) -> None:
        """Refuse, or end what was approved: everybody's, at any time, and for good.

        Raises:
            NameUnfitError: who refuses is not said.
            NoSuchDisclosureError: there is none of this number.
            DisclosureAnsweredError: it was refused already.
        """
        with self.store.transaction() as tx:
            found = named(tx, id_)
            if not tx.disclosures.refuse(id_, by=name_of(by), day=day_of(at)):
                raise DisclosureAnsweredError
            _record(tx, Act.DISCLOSURE_REFUSE, id_, found.wanted.kind, at=at)

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
            DisclosureIsPackError: a pack is built, not written.
            DisclosureUnapprovedError: no second person approved it, or somebody refused it.
            DisclosureUnfitError: the case number is not the one that was approved.
        """
        with self.store.transaction() as tx:
            found = named(tx, id_)
            if not tx.disclosures.write(id_, day=day_of(at)):
                raise DisclosureUnapprovedError
            told = told_of(tx, found.wanted, self.secrets, number)
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


def named(tx: Transaction, id_: int) -> Disclosure:
    """One of them.

    Raises:
        NoSuchDisclosureError: there is none of this number.
    """
    found = tx.disclosures.named(id_)
    if found is None:
        raise NoSuchDisclosureError
    return found


def _record(tx: Transaction, act: Act, id_: int, kind: DisclosureKind, *, at: datetime) -> None:
    tx.audit.record(act, by=OPERATOR, at=at, about={"disclosure": id_, "kind": kind})

"""What each kind of disclosure needs to be asked for, and what it tells."""

from dataclasses import dataclass
from typing import assert_never

from api.security.case_secrets import CaseNumber, CaseSecrets
from api.services.errors import DisclosureIsPackError, DisclosureUnfitError, NoSuchBankError
from api.services.two_people import reference_of
from hashsvc.packs.keys import read_recipient
from indexer.records import Bank, BankKind
from indexer.store import Transaction
from indexer.store.days import date_of
from indexer.store.disclosures import DisclosureKind, Wanted, WantedPack

MOST_PACK_DAYS = 31  # a withdrawal reaches a pack no sooner than it ends
_MOST_ROWS = 100_000
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, as typed."""

    kind: DisclosureKind
    reference: str
    number: CaseNumber | None = None
    first_row: int | None = None
    last_row: int | None = None
    pack: WantedPack | None = None


def wanted_of(tx: Transaction, asked: Asked, secrets: CaseSecrets) -> Wanted:
    """What is kept of it.

    Raises:
        ReferenceUnfitError: the reference is missing or too long.
        DisclosureUnfitError: something is missing, or does not belong to this kind.
        NoSuchBankError: what shall be packed is no bank of reported signatures.
        PackKeyError: the recipient of a pack is no public key.
    """
    reference = reference_of(asked.reference)
    if not _fits(asked):
        raise DisclosureUnfitError
    if asked.pack is not None:
        read_recipient(asked.pack.recipient)
        reported_bank(tx, asked.pack.bank)
    mac = None if asked.number is None else secrets.number_mac(asked.number)
    return Wanted(asked.kind, reference, mac, asked.first_row, asked.last_row, asked.pack)


def told_of(
    tx: Transaction, wanted: Wanted, secrets: CaseSecrets, number: CaseNumber | None
) -> object:
    """What the file says.

    Raises:
        DisclosureUnfitError: the case number is not the one that was approved.
        DisclosureIsPackError: a pack is built, not told.
    """
    match wanted.kind:
        case DisclosureKind.CASE:
            return _case(tx, wanted, [] if number is None else secrets.number_macs(number))
        case DisclosureKind.ROWS:
            return _rows(tx, wanted)
        case DisclosureKind.COUNTS:
            banks = tx.banks.overview()
            return [{"bank": one.name, "live": one.live, "held": one.held} for one in banks]
        case DisclosureKind.PACK:
            raise DisclosureIsPackError
        case _:
            assert_never(wanted.kind)


def reported_bank(tx: Transaction, name: str) -> Bank:
    """The bank of this name, where it may be packed: one that holds what is reported.

    Raises:
        NoSuchBankError: there is none.
    """
    for bank in tx.banks.overview():
        if bank.name == name and bank.kind is BankKind.REPORTED:
            return bank
    raise NoSuchBankError


def _fits(asked: Asked) -> bool:
    """Whether it has what its kind needs, and nothing else."""
    number = None if asked.number is None else True
    rows = None if (asked.first_row, asked.last_row) == (None, None) else _is_range(asked)
    pack = None if asked.pack is None else _is_pack(asked.pack)
    needed = {
        DisclosureKind.CASE: (True, None, None),
        DisclosureKind.ROWS: (None, True, None),
        DisclosureKind.COUNTS: (None, None, None),
        DisclosureKind.PACK: (None, None, True),
    }
    return (number, rows, pack) == needed[asked.kind]


def _is_range(asked: Asked) -> bool:
    first, last = asked.first_row, asked.last_row
    return first is not None and last is not None and 1 <= first <= last < first + _MOST_ROWS


def _is_pack(pack: WantedPack) -> bool:
    name = pack.name
    named = name is None or (0 < len(name) <= _LONGEST_NAME and name.isprintable())
    return named and bool(pack.bank and pack.recipient) and 1 <= pack.days <= MOST_PACK_DAYS


def _case(tx: Transaction, wanted: Wanted, macs: list[bytes]) -> dict[str, object]:
    if wanted.number_mac not in macs:
        raise DisclosureUnfitError
    case = tx.cases.find(*macs)
    return {"exists": case is not None, "status": case.status if case else None}


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

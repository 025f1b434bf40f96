"""Whose evidence is scanned, under which authority, and through which hands it came: TOML."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from hashsvc.scan.errors import CustodyError

_Section = TypeVar("_Section")
MAX_FILE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Reference:
    """Numbers of the police or court file."""

    ob_number: str = ""
    inquiry_file: str = ""
    court_file: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.ob_number, self.inquiry_file, self.court_file)))


@dataclass(frozen=True, slots=True)
class Authority:
    """What allows the scan: a warrant, an order, the owner's consent."""

    kind: str = ""
    number: str = ""
    court: str = ""
    issued_on: str = ""
    issued_by: str = ""
    scope: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.number)))


@dataclass(frozen=True, slots=True)
class InvestigatorDetails:
    """Who scans."""

    name: str = ""
    rank: str = ""
    service_number: str = ""
    unit: str = ""
    agency: str = ""
    contact: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.rank, self.name)))


@dataclass(frozen=True, slots=True)
class WriteBlocker:
    """What kept the evidence from being written to."""

    make: str = ""
    model: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class SeizedExhibit:
    """One seized thing, and the copy of it that is scanned."""

    id: str
    description: str = ""
    make: str = ""
    model: str = ""
    serial: str = ""
    seized_at: str = ""
    seized_by: str = ""
    place: str = ""
    seal: str = ""
    acquired_at: str = ""
    acquired_by: str = ""
    tool: str = ""
    write_blocker: WriteBlocker = field(default_factory=WriteBlocker)
    md5: str = ""
    sha1: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """An exhibit changed hands."""

    exhibit: str
    from_: str = ""  # `from` in the file
    to: str = ""
    at: str = ""
    purpose: str = ""
    seal: str = ""


@dataclass(frozen=True, slots=True)
class ScanningHost:
    """What the investigator says of the machine; what it says of itself stands beside."""

    make: str = ""
    model: str = ""
    serial: str = ""
    clock_source: str = ""
    clock_offset_s: str = ""  # seconds by which its clock differed from the true time


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the output is kept."""

    until: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Custody:
    """What the custody file says; what is empty prints as a line to fill in."""

    reference: Reference = field(default_factory=Reference)
    authority: Authority = field(default_factory=Authority)
    investigator: InvestigatorDetails = field(default_factory=InvestigatorDetails)
    exhibits: tuple[SeizedExhibit, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    host: ScanningHost = field(default_factory=ScanningHost)
    retention: Retention = field(default_factory=Retention)

    def check_exhibits(self, names: Iterable[str]) -> None:
        """See that every source is one of the exhibits, where the file lists any.

        Raises:
            CustodyError: one is not.
        """
        known = {one.id for one in self.exhibits}
        if known and not known.issuperset(names):
            raise CustodyError("A source is named like no exhibit of the custody file: EXHIBIT=...")


def read_custody(path: Path) -> Custody:
    """Read a custody file.

    Raises:
        CustodyError: it is missing, no TOML, or has a key that is not known.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_FILE_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CustodyError("The custody file is missing or cannot be read.") from error
    try:
        return _section(Custody, tomllib.loads(body), "the file's top level")
    except (ValueError, RecursionError) as error:  # also of a number of 5,000 digits
        raise CustodyError("The custody file is no TOML.") from error


def _section(kind: type[_Section], table: object, name: str) -> _Section:
    """One table of the file, by its name there, as one of the values above."""
    known = {one.name.rstrip("_"): one for one in fields(kind)}  # type: ignore[arg-type]
    if not isinstance(table, Mapping) or not known.keys() >= table.keys():
        raise CustodyError(
            f"The custody file has something that is not known in {name}: known are"
            f" {', '.join(known)}."
        )
    needed = {key for key, one in known.items() if _needed(one)}
    if not needed <= table.keys():
        raise CustodyError(f"The custody file lacks {', '.join(sorted(needed))} in {name}.")
    hints = get_type_hints(kind)
    values = {known[key].name: _value(hints[known[key].name], table[key], key) for key in table}
    return kind(**values)


def _needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _value(kind: Any, value: object, key: str) -> object:  # noqa: ANN401  # a type hint has no type
    if kind is str:
        return _text(value)
    if not hasattr(kind, "__args__"):
        return _section(kind, value, key)
    if not isinstance(value, list):
        raise CustodyError("Exhibits and transfers are lists in the custody file.")
    return tuple(_section(kind.__args__[0], one, key) for one in value)


def _text(value: object) -> str:
    """A date or a number is text too: nothing is computed from it."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()
    raise CustodyError("A value of the custody file is no text, date or number.")

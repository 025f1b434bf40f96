"""Lists of hashes from other places: a line each, as JSON or as 64 bare digits."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hashsvc import Algorithm, Hash, RegionKind, Signature
from hashsvc.errors import InvalidHashError

# A list that tells no quality comes from somewhere that looked: as much as one may trust.
_UNTOLD_QUALITY = 50
_NAMES = frozenset({"pdq", "dhash", "quality", "region"})


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out: where, and why; never what it held."""

    number: int  # from 1
    why: str


def read_lines(lines: Iterable[bytes]) -> Iterator[Signature | BadLine]:
    """Read `{"pdq", "dhash"?, "quality"?, "region"?}` or 64 hexadecimal digits a line.

    Empty lines are passed over.
    """
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        try:
            yield _signature_of(text)
        except _BadError as error:
            yield BadLine(number, str(error))


class _BadError(Exception):
    """A line that is none; its message says why."""


def _signature_of(text: bytes) -> Signature:
    if not text.startswith(b"{"):
        return _signature(_hash(Algorithm.PDQ, text.decode("ascii", "replace")))
    try:
        fields = json.loads(text)
    except ValueError as error:
        raise _BadError("no JSON") from error
    if not fields.keys() <= _NAMES:
        raise _BadError("a field that is not known")
    dhash = fields.get("dhash")
    return _signature(
        _hash(Algorithm.PDQ, fields.get("pdq")),
        None if dhash is None else _hash(Algorithm.DHASH, dhash),
        _quality(fields.get("quality")),
        _region(fields.get("region")),
    )


def _signature(
    pdq: Hash,
    dhash: Hash | None = None,
    quality: int = _UNTOLD_QUALITY,
    region: RegionKind = RegionKind.FULL,
) -> Signature:
    return Signature(region=region, pdq=pdq, dhash=dhash, quality=quality)


def _hash(algorithm: Algorithm, digits: Any) -> Hash:  # noqa: ANN401  # JSON
    if not isinstance(digits, str):
        raise _BadError(f"no {algorithm}")
    try:
        return Hash.from_hex(algorithm, digits)
    except InvalidHashError as error:
        raise _BadError(f"a {algorithm} that is not 64 hexadecimal digits") from error


def _quality(quality: Any) -> int:  # noqa: ANN401  # JSON
    if quality is None:
        return _UNTOLD_QUALITY
    if isinstance(quality, bool) or not isinstance(quality, int) or not 0 <= quality <= 100:
        raise _BadError("a quality that is not 0 to 100")
    return quality


def _region(region: Any) -> RegionKind:  # noqa: ANN401  # JSON
    if region is None:
        return RegionKind.FULL
    try:
        return RegionKind(region)
    except ValueError as error:
        raise _BadError("a region that is not known") from error

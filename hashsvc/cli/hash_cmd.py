"""`hashsvc hash`."""

import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from hashsvc.cli.files import Decoded, Failed, decoded
from hashsvc.cli.output import FAILED, MESSAGES, shown
from hashsvc.errors import HashsvcError
from hashsvc.hashers.foreign import ForeignAlgorithm, foreign_hash
from hashsvc.hashing import enrolment_signatures, full_signature, query_signatures
from hashsvc.pixels import Pixels
from hashsvc.signatures import Signature


class HashAlgorithm(StrEnum):
    """What `--algorithm` offers: ours, and 64-bit hashes of the imagehash library."""

    PDQ = "pdq"
    PHASH = ForeignAlgorithm.PHASH.value
    IMAGEHASH_DHASH = ForeignAlgorithm.DHASH.value
    WHASH = ForeignAlgorithm.WHASH.value


class Regions(StrEnum):
    """What `--regions` offers."""

    FULL = "full"
    ENROL = "enrol"
    QUERY = "query"


_SIGNATURES: Mapping[Regions, Callable[[Pixels], Sequence[Signature]]] = {
    Regions.FULL: lambda pixels: (full_signature(pixels),),
    Regions.ENROL: enrolment_signatures,
    Regions.QUERY: query_signatures,
}


def hash_photos(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|DIR...", help="Photos, or folders.")],
    *,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    algorithm: Annotated[
        HashAlgorithm,
        typer.Option(help="`pdq` gives PDQ and dHash; the others are for comparison only."),
    ] = HashAlgorithm.PDQ,
    regions: Annotated[
        Regions,
        typer.Option(
            help="`full`: the whole photo; `enrol`: what a case would list; "
            "`query`: what a platform would ask."
        ),
    ] = Regions.FULL,
) -> None:
    """Hash photos on this device; nothing is sent anywhere.

    A file that cannot be hashed is named, the rest goes on, and the exit code is 1.

    Examples:
      hashsvc hash photo.jpg

      hashsvc hash --json photos/ > hashes.jsonl
    """
    failed = False
    for result in decoded(paths, doing="Hashing"):
        line = _line(result, algorithm, regions)
        failed |= "error" in line
        _print(line, as_json=json_)
    if failed:
        raise typer.Exit(FAILED)


def _line(result: Decoded | Failed, algorithm: HashAlgorithm, regions: Regions) -> dict[str, Any]:
    """What is said of one file, as `--json` prints it."""
    file = {"file": shown(result.path)}
    if isinstance(result, Failed):
        return file | {"error": result.why}
    try:
        return file | _hashed(result.pixels, algorithm, regions)
    except HashsvcError as error:
        return file | {"error": str(error)}


def _hashed(pixels: Pixels, algorithm: HashAlgorithm, regions: Regions) -> dict[str, Any]:
    if algorithm is not HashAlgorithm.PDQ:
        foreign = foreign_hash(ForeignAlgorithm(algorithm.value), pixels)
        return {"algorithm": foreign.algorithm.value, "hash": foreign.hex()}
    signatures = _SIGNATURES[regions](pixels)
    return {"quality": signatures[0].quality, "signatures": [one.to_json() for one in signatures]}


def _print(line: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(line))
    elif "error" in line:
        MESSAGES.print(f"{line['file']}: {line['error']}", style="red", markup=False)
    elif "hash" in line:
        typer.echo(f"{line['hash']}  {line['file']}")
    else:
        for one in line["signatures"]:
            typer.echo(
                f"{one['pdq']}  {one['region']:<6} quality {one['quality']:>3}  {line['file']}"
            )

"""`hashsvc compare`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hashsvc.cli.output import explained
from hashsvc.hashing import enrolment_signatures, query_signatures
from hashsvc.matching import Hit, LinearMatcher, Listed, SignatureId
from hashsvc.photos import decode
from hashsvc.policies import Policy, best

_EVERY_BIT = 256


def compare(
    one: Annotated[Path, typer.Argument(metavar="A", help="A photo, as if it were reported.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="A photo, as if it were uploaded.")],
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell whether photo B would be found if photo A were reported. Both stay on this device.

    Example: hashsvc compare original.jpg copy.jpg
    """
    with explained():
        hits = _hits(one, other)
    graded = best(Policy().graded(hits))
    hit = graded.hit if graded else min(hits, key=lambda hit: hit.pdq_distance)
    tier = graded.tier.value if graded else None
    if json_:
        distances = {"pdq_distance": hit.pdq_distance, "dhash_distance": hit.dhash_distance}
        typer.echo(json.dumps({"tier": tier} | distances))
    else:
        dhash = "no dHash" if hit.dhash_distance is None else f"dHash {hit.dhash_distance}"
        verdict = f"a match, tier {tier}" if tier else "no match"
        typer.echo(f"{verdict}: nearest at PDQ {hit.pdq_distance}, {dhash} bits of 256")


def _hits(one: Path, other: Path) -> list[Hit]:
    """Every pair of a signature that would be listed and one that would be asked about."""
    listed = [
        Listed(SignatureId(number), signature)
        for number, signature in enumerate(enrolment_signatures(decode(one)), start=1)
    ]
    matcher = LinearMatcher(listed)
    queries = query_signatures(decode(other))
    return [hit for query in queries for hit in matcher.find(query, threshold=_EVERY_BIT)]

"""A service with a long list of synthetic signatures."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from benchmarks.index.data import Kind, make_columns, signature_of
from examples.demo.service import RunningService, running_service
from hashsvc import Signature
from hashsvc.policies import Fitness, fitness

_SEED = 5


def fit_signatures(count: int, *, seed: int = _SEED) -> Iterator[Signature]:
    """About so many with random bits, those left out that a service would not take."""
    columns = make_columns(Kind.RANDOM, count, seed=seed)
    made = (signature_of(pdq, dhash) for pdq, dhash in zip(columns.pdq, columns.dhash, strict=True))
    return (signature for signature in made if fitness(signature) is Fitness.FIT)


@contextmanager
def filled_service(
    data: Path, listed: int, *options: str
) -> Iterator[tuple[RunningService, list[Signature]]]:
    """A service on an empty data folder that lists about so many, and some of them.

    Args:
        data: the folder.
        listed: signatures.
        options: further words of `hashsvc-server run`.
    """
    lines = data.with_name("list.jsonl")
    with lines.open("w", encoding="ascii") as file:
        file.writelines(_line(signature) for signature in fit_signatures(listed))
    command = [sys.executable, "-m", "api", "bank", "import", str(lines), "--bank", "benchmark"]
    subprocess.run([*command, "--data", str(data)], check=True)  # noqa: S603  # our own words
    with running_service(data, *options) as service:
        yield service, list(islice(fit_signatures(listed), 4_000))


def _line(signature: Signature) -> str:
    dhash = signature.dhash.hex() if signature.dhash else ""
    return f'{{"pdq":"{signature.pdq.hex()}","dhash":"{dhash}","quality":100}}\n'

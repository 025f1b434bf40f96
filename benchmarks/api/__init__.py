"""How fast the service answers platforms over HTTP: questions, batches, photos, decisions.

The service runs in a process of its own, the questions come from this one over connections that
stay open, each sending the next request when the last one was answered. Beside the time on the
clock stands the CPU time of the service: it tells what one whole core would do.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import results
from benchmarks.api.filling import filled_service, fit_signatures
from benchmarks.api.loading import Load, decisions, questions, run_load
from examples.demo.service import RunningService
from hashsvc import Signature
from hashsvc.client import PlatformClient, Upload

_TITLE = "The service over HTTP"
_SCOPES = ("matches:write", "matches:read", "decisions:write", "changes:read")
_BATCH = 64
_PHOTO_SIGNATURES = 31
_QUESTIONS_A_SECOND = 500  # 43 million uploads a day
_PACED, _DECISIONS_A_SECOND = 400, 40  # more than the moderators of a large site
_STRAYS, _STRAY_SEED = 4_000, 6
_UNLIMITED = {
    "HASHSVC_KEY_SIGNATURES_PER_SECOND": "1000000000",
    "HASHSVC_KEY_BURST": "1000000000",
    "HASHSVC_KEY_DAILY_BUDGET": "1000000000",
    "HASHSVC_KEY_REQUESTS_AT_ONCE": "1000",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--listed", type=int, default=1_000_000, help="signatures in the index")
    parser.add_argument("--workers", type=int, default=1, help="processes; several on PostgreSQL")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10, help="for each kind of request")
    parser.add_argument("--decisions", type=int, default=2_000)
    parser.add_argument(
        "--database-url", help="an empty database: postgresql+psycopg://...; without it SQLite"
    )
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Measure, and write it down."""
    os.environ.update(_UNLIMITED)
    if arguments.database_url:
        os.environ["HASHSVC_DATABASE_URL"] = arguments.database_url
    with (
        TemporaryDirectory() as folder,
        filled_service(
            Path(folder) / "data", arguments.listed, "--workers", str(arguments.workers)
        ) as (service, listed),
    ):
        rows = list(_measured(service, listed, arguments))
    measured_in = results.environment(("fastapi", "uvicorn", "faiss-cpu", "numba"))
    results.show(_TITLE, rows)
    store = "postgresql" if arguments.database_url else "sqlite"
    several = f"-{arguments.workers}-workers" if arguments.workers > 1 else ""
    name = arguments.out / f"api-{store}{several}"
    results.write_json_lines(name.with_suffix(".jsonl"), rows, measured_in)
    notes = (
        f"{arguments.listed:,} listed signatures, {arguments.workers} worker(s), {store},"
        f" {arguments.connections} connections, limits counted but never reached.\n`per core`:"
        " requests, and hashes, a second of the service's own CPU time; a signature is two hashes"
        " but where\nit says PDQ alone. Questions find nothing, as nearly all do, but in the row"
        " that says so."
    )
    results.write_markdown(name.with_suffix(".md"), _TITLE, rows, measured_in, notes)


def _measured(
    service: RunningService, listed: Sequence[Signature], arguments: argparse.Namespace
) -> Iterator[results.Row]:
    key = service.make_key("benchmark", *_SCOPES)
    strays = list(fit_signatures(_STRAYS, seed=_STRAY_SEED))
    bare = [replace(stray, dhash=None) for stray in strays]
    asked = {
        "one PDQ alone": (bare, 1, 1),
        "one signature": (strays, 1, 1),
        f"{_BATCH} uploads of one PDQ alone": (bare, _BATCH, 1),
        f"{_BATCH} uploads of one signature": (strays, _BATCH, 1),
        f"one upload of {_PHOTO_SIGNATURES} signatures": (strays, 1, _PHOTO_SIGNATURES),
        "one signature that is a hit": (listed[:_BATCH], 1, 1),
    }
    for name, (signatures, items, each) in asked.items():
        requests = questions(key, signatures, items=items, each=each)
        load = Load(service.url, requests, arguments.seconds)
        hashes = items * each * (1 if signatures is bare else 2)
        yield _row(name, load, service, arguments, hashes=hashes)
    requests = questions(key, strays, items=1, each=1)
    load = Load(service.url, requests, arguments.seconds, _QUESTIONS_A_SECOND)
    name = f"one signature, {_QUESTIONS_A_SECOND} a second in all"
    yield _row(name, load, service, arguments, hashes=2)
    matches = _matches(service, key, listed[: arguments.decisions])
    paced = decisions(key, matches[:_PACED])
    name = f"a decision, {_DECISIONS_A_SECOND} a second in all"
    yield _row(name, Load(service.url, paced, None, _DECISIONS_A_SECOND), service, arguments)
    told = decisions(key, matches[_PACED:])
    yield _row("a decision", Load(service.url, told, None), service, arguments)


def _matches(service: RunningService, key: str, listed: Sequence[Signature]) -> list[str]:
    """A match on each of these."""
    uploads = [Upload(f"decide-{number}", [each]) for number, each in enumerate(listed)]
    with PlatformClient(service.url, key, timeout_seconds=120) as platform:
        answers = platform.match(uploads)
    return [answer.match_id for answer in answers if answer.match_id is not None]


def _row(
    name: str,
    load: Load,
    service: RunningService,
    arguments: argparse.Namespace,
    *,
    hashes: int = 0,
) -> results.Row:
    measured = run_load(load, connections=arguments.connections, process_id=service.process_id)
    requests = len(measured.seconds)
    milliseconds = 1000 * np.asarray(measured.seconds)
    return {
        "request": name,
        "requests": requests,
        "a second": round(requests / measured.elapsed_seconds),
        "per core": round(requests / measured.service_cpu_seconds),
        "hashes per core": round(requests * hashes / measured.service_cpu_seconds),
        "p50": round(float(np.percentile(milliseconds, 50)), 2),
        "p99": round(float(np.percentile(milliseconds, 99)), 2),
        "unit": "ms",
    }

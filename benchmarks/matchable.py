"""How soon what one worker acknowledged is found by all, while platforms ask.

Four workers, each with a port of its own so that each can be asked, on one PostgreSQL database.
"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import httpx
import numpy as np

from benchmarks import results
from benchmarks.index.data import Kind, make_columns, signature_of
from examples.demo.service import RunningService, running_service
from hashsvc import Signature

_WORKERS = 4
_PIN = "402913"
_ASKED_AT_ONCE = 4  # signatures
_PAUSE_SECONDS = 0.02  # between two questions of one platform
_GIVEN_UP_SECONDS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument(
        "--database-url", required=True, help="an empty database: postgresql+psycopg://..."
    )
    parser.add_argument("--cases", type=int, default=100, help="cases opened one after the other")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Measure, and write it down."""
    os.environ["HASHSVC_DATABASE_URL"] = arguments.database_url
    os.environ["HASHSVC_CASE_OPENINGS_AN_HOUR"] = "1000000"  # all reports come from here
    with TemporaryDirectory() as folder, _services(Path(folder)) as services:
        with _asking(services) as answered:
            lags = [_lag(services, turn) for turn in range(arguments.cases)]
        asked = sum(answered)
    rows: list[results.Row] = [
        {
            "what": what,
            "p50": float(np.median(ms)),
            "p99": float(np.percentile(ms, 99)),
            "unit": "ms",
        }
        for what, ms in (
            ("acknowledged until found by the worker that took it", [one[0] for one in lags]),
            ("acknowledged until found by every worker", [one[1] for one in lags]),
            ("opening the case", [one[2] for one in lags]),
        )
    ]
    measured_in = results.environment(("psycopg", "uvicorn"))
    notes = (
        f"{_WORKERS} workers on one machine and one PostgreSQL; {arguments.cases} cases of one"
        f" signature, opened at each worker in\nturn. Meanwhile each worker was asked all the"
        f" time: {asked:,} answers. A question takes part in what is measured."
    )
    results.show(_TITLE, rows)
    results.write_json_lines(arguments.out / "matchable.jsonl", rows, measured_in)
    results.write_markdown(arguments.out / "matchable.md", _TITLE, rows, measured_in, notes)


_TITLE = "From a report to its first match"


@contextmanager
def _services(folder: Path) -> Iterator[list[RunningService]]:
    first = folder / "0" / "data"
    first.parent.mkdir()
    command = [sys.executable, "-m", "api", "migrate", "--data", str(first)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own words
    with ExitStack() as running:
        services = [running.enter_context(running_service(first))]
        for number in range(1, _WORKERS):
            data = folder / str(number) / "data"
            shutil.copytree(first, data)
            services.append(running.enter_context(running_service(data)))
        yield services


@contextmanager
def _asking(services: list[RunningService]) -> Iterator[list[int]]:
    """A platform at each worker; yields how many answers each got."""
    stop, answered = threading.Event(), [0] * len(services)

    def ask(place: int) -> None:
        strays = _signatures(_ASKED_AT_ONCE, seed=10_000 + place)
        with _client(services[place]) as client:
            while not stop.wait(_PAUSE_SECONDS):
                answered[place] += _ask(client, strays).status_code == httpx.codes.OK

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(services))]
    for thread in threads:
        thread.start()
    try:
        yield answered
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _lag(services: list[RunningService], turn: int) -> tuple[float, float, float]:
    """Milliseconds: until the worker that took it finds it, until all do, to open the case."""
    (listed,) = _signatures(1, seed=turn)
    with ExitStack() as opened:
        clients = [opened.enter_context(_client(service)) for service in services]
        body = {"pin": _PIN, "signatures": [listed.to_json()]}
        began = perf_counter()
        clients[turn % len(clients)].post("/v1/cases", json=body).raise_for_status()
        acknowledged = perf_counter()
        waiting, found = dict(enumerate(clients)), {}
        for place in itertools.cycle(range(len(clients))):
            if place in waiting and _finds(waiting[place], listed):
                found[place] = 1000 * (perf_counter() - acknowledged)
                del waiting[place]
            if not waiting or perf_counter() - acknowledged > _GIVEN_UP_SECONDS:
                break
            sleep(0.001)
    if waiting:
        raise RuntimeError("a worker did not find what was listed")
    return found[turn % len(clients)], max(found.values()), 1000 * (acknowledged - began)


def _finds(client: httpx.Client, listed: Signature) -> bool:
    answer = _ask(client, [listed])
    return answer.status_code == httpx.codes.OK and answer.json()["items"][0]["tier"] == "strong"


def _ask(client: httpx.Client, signatures: list[Signature]) -> httpx.Response:
    asked = {"ref": "upl-1", "signatures": [signature.to_json() for signature in signatures]}
    return client.post("/v1/matches", json={"items": [asked]})


def _client(service: RunningService) -> httpx.Client:
    headers = {"Authorization": f"Bearer {service.key}"}
    return httpx.Client(base_url=service.url, headers=headers, timeout=30)


def _signatures(count: int, *, seed: int) -> list[Signature]:
    """Made-up ones that are fit to be listed."""
    columns = make_columns(Kind.RANDOM, count, seed=seed + 1)
    return [signature_of(*pair) for pair in zip(columns.pdq, columns.dhash, strict=True)]

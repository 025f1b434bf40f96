"""What is answered, and how soon, when ten times as much comes in as can be answered.

Open loop: requests are sent when they are due, whether or not earlier ones were answered, each over
a connection of its own. A closed loop, which waits for answers, would slow down with the service
and hide the queue.
"""

import argparse
import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

import numpy as np
import psutil

from benchmarks import results
from benchmarks.api.loading import Load, questions, run_load
from benchmarks.index.data import Kind, make_columns, signature_of
from examples.demo.service import RunningService, running_service

_TITLE = "Ten times too much"
_ASKED = 512  # different signatures
_ITEMS, _EACH = 8, 64  # of a question: dear, so that whoever sends them is not what is slow
_CLOSED = 8  # connections that measure what can be answered
_GIVEN_UP_SECONDS = 60.0
_UNBOUNDED = 1_000_000
# Limits of single keys would answer 429 before the service is full.
_NO_KEY_LIMITS = {
    "HASHSVC_KEY_REQUESTS_AT_ONCE": "100000",
    "HASHSVC_KEY_SIGNATURES_PER_SECOND": "100000000",
    "HASHSVC_KEY_BURST": "100000000",
    "HASHSVC_KEY_DAILY_BUDGET": "1000000000",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request; status 0: nothing did, in time."""

    due: float  # seconds after the first one
    status: int
    seconds: float  # since it was sent; connecting is part of it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--seconds", type=float, default=10, help="how long each load lasts")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Measure with a bound and without, and write it down."""
    rows: list[results.Row] = []
    for name, places in (("bounded", 48), ("not bounded (control)", _UNBOUNDED)):
        with _service(places) as service:
            rows.extend(_measured(service, name, arguments.seconds))
    measured_in = results.environment(("uvicorn", "fastapi"))
    notes = (
        f"Questions of {_ITEMS * _EACH} signatures on SQLite, one process. `late` is the p50 of"
        " those due in the last\nquarter: where it keeps growing, so does the queue. The load comes"
        " from the same machine and takes its share."
    )
    results.show(_TITLE, rows)
    results.write_json_lines(arguments.out / "overload.jsonl", rows, measured_in)
    results.write_markdown(arguments.out / "overload.md", _TITLE, rows, measured_in, notes)


def offered(url: str, requests: Iterator[bytes], *, a_second: float, count: int) -> list[Answer]:
    """Send so many, each when it is due."""
    return asyncio.run(_offered(url, requests, a_second, count))


def _measured(service: RunningService, name: str, seconds: float) -> Iterator[results.Row]:
    columns = make_columns(Kind.RANDOM, _ASKED)
    asked = [signature_of(*pair) for pair in zip(columns.pdq, columns.dhash, strict=True)]
    requests = questions(service.key, asked, items=_ITEMS, each=_EACH)
    load = Load(service.url, requests, seconds=min(seconds, 5.0))
    measured = run_load(load, connections=_CLOSED, process_id=service.process_id)
    capacity = len(measured.seconds) / measured.elapsed_seconds
    for times in (0.5, 10.0):
        count = int(capacity * times * seconds)
        answers = offered(service.url, requests, a_second=capacity * times, count=count)
        yield _row(name, times, answers, _resident_bytes(service))


def _row(name: str, times: float, answers: Sequence[Answer], memory: int) -> results.Row:
    statuses = Counter(answer.status for answer in answers)
    good = [1000 * answer.seconds for answer in answers if answer.status == 200]
    last = 0.75 * max(answer.due for answer in answers)
    late = [1000 * one.seconds for one in answers if one.status == 200 and one.due >= last]
    return {
        "places": name,
        "load": f"{times:g}x",
        "sent": len(answers),
        "200": statuses[200],
        "503": statuses[503],
        "others": len(answers) - statuses[200] - statuses[503],
        "p50 ms": float(np.median(good)) if good else float("nan"),
        "p99 ms": float(np.percentile(good, 99)) if good else float("nan"),
        "late ms": float(np.median(late)) if late else float("nan"),
        "memory MB": memory // 2**20,
    }


async def _offered(
    url: str, requests: Iterator[bytes], a_second: float, count: int
) -> list[Answer]:
    began = perf_counter()
    tasks = []
    async with asyncio.TaskGroup() as group:
        for place in range(count):
            due = place / a_second
            await asyncio.sleep(max(0.0, began + due - perf_counter()))
            tasks.append(group.create_task(_asked(url, next(requests), due)))
    return [task.result() for task in tasks]


async def _asked(url: str, request: bytes, due: float) -> Answer:
    sent = perf_counter()
    try:
        async with asyncio.timeout(_GIVEN_UP_SECONDS):
            status = await _status(url, request)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        status = 0
    return Answer(due, status, perf_counter() - sent)


async def _status(url: str, request: bytes) -> int:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(request)
        line = await reader.readuntil(b"\r\n")
        return int(line.split()[1])
    finally:
        writer.close()


@contextmanager
def _service(places: int) -> Iterator[RunningService]:
    os.environ.update(_NO_KEY_LIMITS | {"HASHSVC_REQUESTS_AT_ONCE": str(places)})
    with TemporaryDirectory() as folder, running_service(Path(folder) / "data") as service:
        yield service


def _resident_bytes(service: RunningService) -> int:
    resident: int = psutil.Process(service.process_id).memory_info().rss
    return resident

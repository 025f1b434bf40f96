"""Requests over connections that stay open, as bytes made beforehand: the asking costs little."""

import asyncio
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

import psutil
import uvloop

from hashsvc import Signature

_OK = b"HTTP/1.1 2"


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent where, and for how long; without a time each request is sent once.

    With a pace the connections together send so many a second, as people do; without one each
    sends the next request as soon as the last one was answered.
    """

    url: str
    requests: Iterable[bytes]
    seconds: float | None
    a_second: float | None = None  # all connections together


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    seconds: Sequence[float]  # of each request
    elapsed_seconds: float
    service_cpu_seconds: float


def questions(key: str, asked: Sequence[Signature], *, items: int, each: int) -> Iterator[bytes]:
    """Endless requests of so many uploads with so many signatures each."""
    turning = itertools.cycle(asked)
    bodies = [
        {
            "items": [
                {"ref": f"upl-{n}", "signatures": [next(turning).to_json() for _ in range(each)]}
                for n in range(items)
            ]
        }
        for _ in range(max(1, len(asked) // (items * each)))
    ]
    return itertools.cycle([_request("/v1/matches", key, body) for body in bodies])


def decisions(key: str, match_ids: Sequence[str]) -> Iterator[bytes]:
    """A decision about each match, once."""
    body = {
        "decision": "removed",
        "reason": "intimate_no_consent",
        "decided_at": "2026-01-01T00:00:00Z",
    }
    for match_id in match_ids:
        yield _request(f"/v1/matches/{match_id}/decision", key, body, repeat_key=match_id)


def run_load(load: Load, *, connections: int, process_id: int) -> Measured:
    """Send over so many connections at once, each the next when the last was answered."""
    began, cpu = perf_counter(), _cpu_seconds(process_id)
    seconds = uvloop.run(_sent(load, connections))
    return Measured(seconds, perf_counter() - began, _cpu_seconds(process_id) - cpu)


async def _sent(load: Load, connections: int) -> list[float]:
    until = perf_counter() + load.seconds if load.seconds is not None else float("inf")
    remaining = iter(load.requests)
    between = 0.0 if load.a_second is None else connections / load.a_second
    told = await asyncio.gather(
        *(
            _connection(load.url, remaining, until, first=between * n / connections, pause=between)
            for n in range(connections)
        )
    )
    return [seconds for of_one in told for seconds in of_one]


async def _connection(
    url: str, remaining: Iterator[bytes], until: float, *, first: float, pause: float
) -> list[float]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    seconds = []
    await asyncio.sleep(first)
    for request in remaining:
        began = perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length(head))
        seconds.append(perf_counter() - began)
        if not head.startswith(_OK):
            raise RuntimeError(f"the service answered {head[:12].decode()}")
        if perf_counter() > until:
            break
        await asyncio.sleep(max(0.0, pause - seconds[-1]))
    writer.close()
    return seconds


def _length(head: bytes) -> int:
    (line,) = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(line.partition(b":")[2])


def _request(path: str, key: str, body: object, *, repeat_key: str | None = None) -> bytes:
    sent = json.dumps(body).encode()
    extra = f"Idempotency-Key: {repeat_key}\r\n" if repeat_key else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: service\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n{extra}\r\n"
    )
    return head.encode() + sent


def _cpu_seconds(process_id: int) -> float:
    """User and system time of a process and of those it started, all their threads."""
    parent = psutil.Process(process_id)
    times = [one.cpu_times() for one in (parent, *parent.children(recursive=True))]
    total: float = sum(one.user + one.system for one in times)
    return total

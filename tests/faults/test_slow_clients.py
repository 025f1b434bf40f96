"""Clients that are slow at anything hold a socket for seconds, and nobody else waits for them."""

from contextlib import ExitStack, closing
from time import monotonic, sleep

import httpx
import pytest

from tests.faults.bounded_server import (
    Patient,
    Quick,
    answer_on,
    connected,
    large,
    serving,
    small,
)

HEAD = b"POST /v1/matches HTTP/1.1\r\nHost: service\r\n"
CLOSE = b"Connection: close\r\n\r\n"
LONG = 20  # seconds; a bound for hanging, far above what anything here takes


def is_answered(address):
    return httpx.get("http://{}:{}/healthz".format(*address), timeout=LONG).status_code == 200


def closed_by_server(connection):
    """What was said before it closed."""
    began = monotonic()
    said = answer_on(connection)
    assert monotonic() - began < LONG
    return said


@pytest.mark.goal("G16")
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"P", id="a letter"),
        pytest.param(HEAD, id="half a head"),
        pytest.param(HEAD + CLOSE.replace(b"close", b"keep-alive") + b"x", id="a second half"),
    ],
)
def test_a_head_that_does_not_come_is_not_waited_for(sent, figure):
    with serving(small) as address:
        connection = connected(address, sent)

        assert is_answered(address)
        assert closed_by_server(connection)[:12] in {b"", b"HTTP/1.1 200", b"HTTP/1.1 400"}
        figure("slow head: closed after the time for heads, others answered meanwhile")


def test_a_head_that_never_ends_is_cut_off():
    with serving(small) as address:
        connection = connected(address, HEAD)
        for _ in range(4):
            connection.sendall(b"X-More: " + b"a" * 30_000 + b"\r\n")

        assert closed_by_server(connection) == b""
        assert is_answered(address)


def test_a_large_body_that_comes_with_its_head_is_taken():
    body = b"x" * 500_000
    head = HEAD + f"Content-Length: {len(body)}\r\n".encode() + CLOSE

    with serving(small, Patient, body_seconds=LONG) as patient, serving(small) as address:
        for where in (patient, address):
            assert answer_on(connected(where, head + body)).startswith(b"HTTP/1.1 200")


@pytest.mark.goal("G16")
def test_a_body_that_does_not_come_is_refused(figure):
    with serving(small) as address:
        connection = connected(address, HEAD + b"Content-Length: 100\r\n\r\nhalf")

        assert is_answered(address)
        said = closed_by_server(connection)

    assert said.startswith(b"HTTP/1.1 408")
    assert b"/problems/too-slow" in said
    figure("slow body: 408 after the time for bodies")


@pytest.mark.goal("G16")
def test_a_client_that_does_not_read_is_let_go(figure):
    with serving(large, places=1) as address:
        connection = connected(address, b"GET / HTTP/1.1\r\nHost: service\r\n\r\n")
        sleep(4 * Quick.read_seconds)

        said = answer_on(connection)

        assert 0 < len(said) < 64 * 2**20
        with closing(connected(address, b"GET / HTTP/1.1\r\nHost: service\r\n\r\n")) as another:
            assert another.recv(12) == b"HTTP/1.1 200"  # its place is free again
    figure("slow reader: cut off after the time for reading, its place given to the next")


@pytest.mark.control("G16")
def test_without_the_limits_slow_clients_are_waited_for(figure):
    kinds = (b"", HEAD, HEAD + b"Content-Length: 9\r\n\r\nhalf")
    with serving(small, Patient, body_seconds=3_600) as address, ExitStack() as stack:
        waiting = [stack.enter_context(closing(connected(address, sent))) for sent in kinds]
        sleep(4 * Quick.head_seconds)

        for connection in waiting:
            connection.settimeout(0.1)
            with pytest.raises(TimeoutError):
                connection.recv(1)
    figure("without limits: slow clients were still held after four times the time")


@pytest.mark.goal("G16")
def test_many_idle_sockets_keep_nobody_out(figure):
    count = Quick.connections_at_once
    with serving(small) as address, ExitStack() as stack:
        idle = [stack.enter_context(closing(connected(address))) for _ in range(2 * count)]
        sleep(2 * Quick.head_seconds)

        assert is_answered(address)
        assert all(connection.recv(1) == b"" for connection in idle)
    figure(f"{2 * count} idle sockets: all closed, the next client answered")

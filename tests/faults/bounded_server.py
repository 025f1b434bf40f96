"""A server in a thread: the real middleware and protocol around an application of the test's."""

import socket
import threading
from contextlib import contextmanager, suppress

import uvicorn

from api.cli.slow_clients import BoundedProtocol
from api.crowding import Places
from api.metrics import Metrics
from api.middleware import BodyLimits, RequestMiddleware

LIMITS = BodyLimits(survivor=16_384, platform=1_048_576)


class Quick(BoundedProtocol):
    """Impatient, so that tests are short."""

    head_seconds = 0.4
    read_seconds = 0.4
    connections_at_once = 60


class Patient(BoundedProtocol):
    """The control: as uvicorn is by itself."""

    head_seconds = read_seconds = 3_600.0
    head_bytes = 10**12
    connections_at_once = 10**6


@contextmanager
def serving(app, protocol=Quick, *, places=128, body_seconds=0.4):
    """Where it listens: (host, port), while it does."""
    wrapped = RequestMiddleware(
        app,
        limits=LIMITS,
        places=Places(places),
        metrics=Metrics(),
        body_seconds=body_seconds,
    )
    config = uvicorn.Config(wrapped, http=protocol, log_config=None, lifespan="off", backlog=512)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


def connected(address, sent=b""):
    """A connection that said so much."""
    connection = socket.create_connection(address, timeout=10)
    connection.sendall(sent)
    return connection


def answer_on(connection):
    """Everything until the server closes; b"" where it said nothing."""
    received = b""
    with connection, suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            received += piece
    return received


async def small(scope, receive, send):
    """Answers at once."""
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


async def large(scope, receive, send):
    """Answers with more than sockets hold."""
    piece = bytes(2**20)
    head = [(b"content-length", str(64 * len(piece)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    for place in range(64):
        await send({"type": "http.response.body", "body": piece, "more_body": place < 63})

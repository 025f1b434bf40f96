"""A proxy that stands between a browser and the service: it keeps what was sent, and fails at will.

It reaches the service and two blank pages of its own; every other host is refused, and kept too.
"""

import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

BEFORE = "http://localhost:8091/before"  # where somebody was before our page
ELSEWHERE = "http://localhost:8091/elsewhere"  # where the exit leads in tests
_QUIET_SECONDS = 0.3
_HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding"}
_BLANK = b"<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>"


class Network(StrEnum):
    """What the network does."""

    UP = "up"
    DOWN = "down"
    LOSES_ANSWERS = "loses answers"  # the request arrives, its answer does not
    BUSY = "busy"  # 503
    BROKEN = "broken"  # 500
    FULL = "full"  # a case takes no more signatures


@dataclass(frozen=True)
class Sent:
    """One request as it left the browser."""

    method: str
    url: str
    headers: str
    body: bytes

    @property
    def path(self):
        return urlsplit(self.url).path

    def everything(self):
        return b"\n".join(
            [self.method.encode(), self.url.encode(), self.headers.encode(), self.body]
        )


@dataclass
class Recorder:
    """What came by, and how the network is now."""

    service: str
    address: str = ""
    network: Network = Network.UP
    fail_after_posts: int | None = None
    without: str | None = None  # requests whose address ends so are lost
    sent: list[Sent] = field(default_factory=list)

    def reset(self):
        """As it was at first."""
        self.network, self.fail_after_posts, self.without = Network.UP, None, None
        self.sent.clear()

    def loses(self, one):
        """Whether a request is lost on its way."""
        lost = self.without is not None and one.url.endswith(self.without)
        limit = self.fail_after_posts
        over = limit is not None and one.method == "POST" and len(self.posts()) > limit
        ours = one.url.startswith(self.service)
        return lost or over or self.network is Network.DOWN or not ours

    def ours(self):
        """Requests to the service."""
        return [one for one in self.sent if one.url.startswith(self.service)]

    def settled(self):
        """How many requests the service got, once no more come by themselves."""
        seen = -1
        while seen != (seen := len(self.ours())):
            time.sleep(_QUIET_SECONDS)
        return seen

    def posts(self):
        return [one for one in self.ours() if one.method == "POST"]

    def foreign_hosts(self):
        known = (self.service, "http://localhost:8091/")
        return {urlsplit(one.url).netloc for one in self.sent if not one.url.startswith(known)}


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, *arguments, recorder, **options):
        self._recorder = recorder
        super().__init__(*arguments, **options)

    def do_CONNECT(self):
        self._recorder.sent.append(Sent("CONNECT", f"https://{self.path}/", "", b""))
        self.send_error(502)

    def do_GET(self):
        self._handle()

    def do_POST(self):
        self._handle()

    def _handle(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        recorder = self._recorder
        one = Sent(self.command, self.path, str(self.headers), body)
        recorder.sent.append(one)
        if self.path in (BEFORE, ELSEWHERE):
            self._answer(200, [("Content-Type", "text/html")], _BLANK)
        elif recorder.loses(one):
            self.close_connection = True
        elif recorder.network in (Network.BUSY, Network.BROKEN):
            status = 503 if recorder.network is Network.BUSY else 500
            self._answer(status, [("Retry-After", "5")], b"{}")
        elif recorder.network is Network.FULL and one.path == "/v1/cases/signatures":
            self._answer(422, [], b'{"type": "/problems/too-many-signatures"}')
        else:
            self._forward(body)

    def _forward(self, body):
        to = urlsplit(self.path)
        connection = HTTPConnection(to.hostname, to.port, timeout=30)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
        target = f"{to.path}?{to.query}" if to.query else to.path
        connection.request(self.command, target, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if self._recorder.network is Network.LOSES_ANSWERS:
            self.close_connection = True
            return
        # As pairs: an answer may give two cookies.
        kept = [(k, v) for k, v in response.getheaders() if k.lower() not in _HOP_BY_HOP]
        self._answer(response.status, kept, content)

    def _answer(self, status, headers, content):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *arguments):  # noqa: A002  # the library's name
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # a page asks for all its modules at once

    def handle_error(self, request, client_address):
        """A browser that goes away in the middle is what several tests are about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def recording(service):
    """Run the proxy until the end of the block.

    Args:
        service: the one address that it forwards to.
    """
    recorder = Recorder(service)
    handler = partial(_Handler, recorder=recorder)
    with _Server(("127.0.0.1", 0), handler) as server:
        recorder.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            server.shutdown()
            thread.join()

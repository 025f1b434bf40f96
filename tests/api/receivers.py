"""Real servers on loopback that hear webhooks, well or badly."""

import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What it heard, and how it answers: a status, `hang`, `drip` or `redirect`."""

    url: str
    manner: object = 204
    heard: list = field(default_factory=list)  # (headers, body)
    elsewhere: str = ""  # where it redirects to

    @property
    def ids(self):
        return [headers["webhook-id"] for headers, _ in self.heard]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.heard.append((dict(self.headers.items()), body))
        manner = receiver.manner
        if manner == "hang":
            self.server.ended.wait(20)
        elif manner == "drip":
            self._drip()
        elif manner == "redirect":
            self._answer(307, Location=receiver.elsewhere)
        else:
            self._answer(manner)

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        pass

    def _answer(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self):
        """A byte now and then: every single wait is short, all of them are long."""
        answer = b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 150 + b"\r\nContent-Length: 0\r\n\r\n"
        for byte in answer:
            if self.server.ended.is_set():
                return
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return
            time.sleep(0.02)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, *_):
        """Clients that hang up are what these tests are about."""


@contextmanager
def receiving(manner=204, *, certificate=None):
    """A receiver that listens; `certificate` is (certificate file, key file) for https."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.ended = threading.Event()
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    server.receiver = Receiver(f"{scheme}://127.0.0.1:{server.server_port}/hear", manner)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.receiver
    finally:
        server.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()

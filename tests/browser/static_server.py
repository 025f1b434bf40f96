"""Serves the page's own files and one blank page with a file input, on a free port of loopback."""

import mimetypes
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_STATIC = Path(__file__).parents[2] / "api" / "web" / "static"
_PAGE = b'<!doctype html><meta charset="utf-8"><title>Hashing</title><input type="file" multiple>'
# As the server does: the worker reaches no host, ours neither, and no other script.
_WORKER_POLICY = "default-src 'none'; script-src 'self'{more}; connect-src 'none'"
_MORE = {"/js/heic-worker.js": " 'wasm-unsafe-eval'"}


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, *arguments, asked, **options):
        self._asked = asked
        super().__init__(*arguments, **options)

    def do_GET(self):
        self._asked.append(self.path)
        file = (_STATIC / self.path.lstrip("/")).resolve()
        if self.path == "/":
            self._answer(_PAGE, "text/html")
        elif file.is_file() and file.is_relative_to(_STATIC):
            self._answer(file.read_bytes(), mimetypes.guess_type(file.name)[0])
        else:
            self.send_error(404)

    def _answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if kind == "text/javascript":
            policy = _WORKER_POLICY.format(more=_MORE.get(self.path, ""))
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):  # noqa: A002  # the library's name
        """Say nothing."""


@contextmanager
def static_server():
    """Serve until the end of the block.

    Yields:
        The address, and the list of paths that were asked for, which grows.
    """
    asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, asked=asked)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()

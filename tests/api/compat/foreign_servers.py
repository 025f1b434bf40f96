"""A server on loopback that hands a list on, well or badly, and remembers what it was asked."""

import json
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Foreign:
    """Its answers, in order; the last one again and again."""

    url: str
    answers: list = field(default_factory=list)  # bodies, or (status, body, headers)
    asked: list = field(default_factory=list)  # (path, parameters, headers)
    reached: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    hold: threading.Event | None = None  # answers from the second one on wait for it

    def next_answer(self):
        number = min(len(self.asked), len(self.answers)) - 1
        answer = self.answers[number]
        return answer if isinstance(answer, tuple) else (200, answer, {})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        foreign, parts = self.server.foreign, urlsplit(self.path)
        foreign.asked.append((parts.path, dict(parse_qsl(parts.query)), dict(self.headers.items())))
        status, body, headers = foreign.next_answer()
        foreign.reached.release()
        if foreign.hold is not None and len(foreign.asked) > 1:
            foreign.hold.wait(30)
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in (
            {"Content-Length": str(len(body)), "Connection": "close"} | headers
        ).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # whoever asked is gone
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def foreign_server():
    """Started; nothing is left of it afterwards."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads, server.block_on_close = True, False
    server.foreign = Foreign(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.foreign
    finally:
        if server.foreign.hold is not None:
            server.foreign.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()


def record_of(value, status="Received", **changed):
    """A record in StopNCII's words."""
    return {
        "lastModtimestamp": 1_700_000_000,
        "signalType": "ImagePDQ",
        "hashValue": value,
        "hashStatus": status,
        "caseNumbers": {},
        "CSPFeedbacks": [],
    } | changed


def page_of(records, reached, *, token=None, **changed):
    """A page in StopNCII's words."""
    return json.dumps(
        {
            "count": len(records),
            "hashRecords": records,
            "nextSetTimestamp": reached,
            "hasMoreRecords": token is not None,
            "nextPageToken": token,
        }
        | changed
    )


def image_of(value, entry, *, member=1):
    """An entry in NCMEC's words."""
    return (
        f'<image><member id="{member}">x</member><timestamp>2026-01-01T00:00:00Z</timestamp>'
        f"<id>{entry}</id><classification>A1</classification><fingerprints><md5>{'0' * 32}</md5>"
        f"<pdq>{value}</pdq></fingerprints></image>"
    )


def gone_of(entry, *, member=1):
    """A removal in NCMEC's words."""
    return f'<deletedImage><member id="{member}">x</member><id>{entry}</id></deletedImage>'


def window_of(*entries, following=None, prologue=""):
    """A page in NCMEC's words."""
    paging = f"<paging><next>{following}</next></paging>" if following else ""
    return (
        f'{prologue}<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">'
        f'<images count="{len(entries)}">{"".join(entries)}</images><videos count="0"/>{paging}'
        "</queryResult>"
    )

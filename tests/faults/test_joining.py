"""An answer leaves in one packet, and nothing that should leave waits for what never comes."""

import asyncio

import pytest

from api.cli.joining import Joining
from tests.faults.bounded_server import answer_on, connected, serving, small

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
REQUEST = b"GET / HTTP/1.1\r\nHost: service\r\n"
CLOSE = b"Connection: close\r\n\r\n"


class Line(asyncio.Transport):
    """What was sent, piece by piece, and that it was closed."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def write(self, data):
        self.sent.append(bytes(data))

    def close(self):
        self.sent.append("closed")

    def abort(self):
        self.sent.append("aborted")


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def joining(line):
    return Joining(line)


def test_head_and_body_leave_together(line, joining):
    joining.write(HEAD)
    joining.write(b"body")

    assert line.sent == [HEAD + b"body"]


def test_each_further_piece_leaves_at_once(line, joining):
    for piece in (HEAD, b"one", b"two"):
        joining.write(piece)

    assert line.sent == [HEAD + b"one", b"two"]


def test_a_body_that_looks_like_a_head_is_a_body(line, joining):
    joining.write(HEAD)
    joining.write(HEAD)

    assert line.sent == [HEAD + HEAD]


def test_an_interim_answer_leaves_at_once(line, joining):
    joining.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    assert line.sent == [b"HTTP/1.1 100 Continue\r\n\r\n"]


def test_a_head_without_a_body_leaves_when_told_to_and_once(line, joining):
    joining.write(HEAD)
    joining.flush()
    joining.flush()

    assert line.sent == [HEAD]


def test_a_head_leaves_before_the_line_is_closed(line, joining):
    joining.write(HEAD)
    joining.close()

    assert line.sent == [HEAD, "closed"]


def test_nothing_leaves_when_the_line_is_cut(line, joining):
    joining.write(HEAD)
    joining.abort()

    assert line.sent == ["aborted"]


async def nothing(scope, receive, send):
    """Answers with a head alone."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def fails(scope, receive, send):
    """Begins, and fails."""
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]}
    )
    raise RuntimeError


@pytest.mark.parametrize(
    ("app", "request_", "status", "body"),
    [
        pytest.param(small, REQUEST + CLOSE, b"200", b"ok", id="a body"),
        pytest.param(nothing, REQUEST + CLOSE, b"204", b"", id="no body"),
        pytest.param(
            small, REQUEST.replace(b"GET", b"HEAD") + CLOSE, b"200", b"", id="asked for no body"
        ),
        pytest.param(fails, REQUEST + b"\r\n", b"200", b"", id="a failure half way"),
    ],
)
def test_over_a_real_line_every_answer_arrives_whole(app, request_, status, body):
    with serving(app) as address:
        said = answer_on(connected(address, request_))

    head, _, rest = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status)
    assert rest == body


def test_over_a_real_line_kept_open_each_answer_arrives():
    """The next request is sent only when the last was answered."""
    with serving(small) as address, connected(address) as connection:
        for method in (b"GET", b"HEAD", b"GET"):
            connection.sendall(REQUEST.replace(b"GET", method) + b"\r\n")
            said = b""
            while not said.endswith(b"ok" if method == b"GET" else b"\r\n\r\n"):
                piece = connection.recv(65_536)
                assert piece
                said += piece

            assert said.startswith(b"HTTP/1.1 200")

"""Retries and errors, against small servers that misbehave."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from hashsvc.client.calls import Call
from hashsvc.client.connection import AsyncConnection, Connection, Service
from hashsvc.errors import RefusedError, ServiceUnreachableError
from tests.hashsvc.client.in_loop import InLoop


@pytest.fixture(params=[Connection, AsyncConnection])
def connected(request):
    """Connections of both kinds that do not wait long."""

    def made(url):
        connection = request.param(Service(url, pause_seconds=0.01))
        return connection if request.param is Connection else InLoop(connection)

    return made


ASKING = Call("POST", "/x", lambda told: told, {})


def test_not_now_is_asked_again_until_it_is_answered(connected):
    with serving([(503, {"Retry-After": "0"}, b""), (503, {}, b""), (200, {}, b'{"a":1}')]) as url:
        with connected(url) as service:
            assert service.send(ASKING) == {"a": 1}


def test_not_now_for_ever_is_a_refusal_after_four_tries(connected):
    problem = b'{"type":"/problems/overloaded","detail":"Too much."}'
    with serving([(503, {}, problem)] * 4) as url, connected(url) as service:
        with pytest.raises(RefusedError, match="Too much") as caught:
            service.send(ASKING)

    assert caught.value.problem == "overloaded"


def test_a_connection_that_breaks_is_tried_again(connected):
    with serving([None, None, (204, {}, b"")]) as url, connected(url) as service:
        assert service.send(ASKING) is None


def test_nobody_there_is_said_in_one_sentence(connected):
    with connected("http://127.0.0.1:1") as service:
        with pytest.raises(ServiceUnreachableError, match="could not be reached"):
            service.send(ASKING)


@pytest.mark.parametrize("url", ["nonsense", "http://[", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_said_in_one_sentence(connected, url):
    with pytest.raises(ServiceUnreachableError), connected(url) as service:
        service.send(ASKING)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"detail":1}', b""])
def test_an_answer_that_is_not_the_services_is_said_without_showing_it(connected, body):
    with serving([(404, {}, body)]) as url, connected(url) as service:
        with pytest.raises(RefusedError, match="does not answer like the service") as caught:
            service.send(ASKING)

    assert caught.value.status == 404


def test_an_answer_in_another_form_with_success_is_refused(connected):
    with serving([(200, {}, b"<html>")]) as url, connected(url) as service:
        with pytest.raises(RefusedError, match="does not answer like the service"):
            service.send(ASKING)


def test_who_is_too_quick_waits_as_long_as_asked(connected):
    answers = [(429, {"Retry-After": "0"}, b""), (200, {}, b"1")]
    with serving(answers) as url, connected(url) as service:
        assert service.send(ASKING) == 1


def test_who_is_to_wait_for_long_is_told_so_at_once(connected):
    problem = b'{"type":"/problems/rate-limited","detail":"Wait."}'
    with serving([(429, {"Retry-After": "30"}, problem)]) as url, connected(url) as service:
        with pytest.raises(RefusedError, match="Wait"):
            service.send(ASKING)


@contextmanager
def serving(answers):
    """A server that gives these answers in turn; None breaks the connection off."""
    remaining = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = remaining.pop(0)
            if answer is None:
                self.close_connection = True
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()

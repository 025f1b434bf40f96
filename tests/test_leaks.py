"""The search for secrets finds them: in every form, in every place, and names the test."""

import asyncio
import base64
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, Field

from api.logs import JsonFormatter
from tests.factories import make_hash
from tests.leaks import Collector, Leak, LeakPlugin, Listening, forms_of, listen_to

HASH = make_hash(seed=77).digest
PIN, REF = "402913", "ref-Quokka.7731"


@pytest.fixture
def collector():
    """One that knows a hash, a PIN and a reference; the suite's own hears nothing of them."""
    made = Collector(test="this test")
    for kind, secret in (("a hash", HASH), ("a PIN", PIN), ("a reference", REF)):
        made.plant(kind, secret)
    return made


@pytest.mark.parametrize("name", ["hex", "HEX", "base64", "base64url", "percent", "repr"])
def test_each_form_is_found_wherever_it_stands(collector, name):
    for form in forms_of(HASH)[name]:
        assert ("a hash", name) in collector.found_in(f"before{form}after")


def test_a_secret_within_longer_base64_is_found_at_every_alignment(collector):
    for before in range(6):
        text = base64.b64encode(bytes(before) + HASH + b"more").decode()

        assert ("a hash", "base64") in collector.found_in(text)


def test_decimal_numbers_are_found(collector):
    assert ("a hash", "decimal") in collector.found_in(f"{list(HASH)}")


def test_text_is_found_as_it_is_and_encoded(collector):
    found = collector.found_in(f"{REF} {REF.encode().hex()}")

    assert found == {
        ("a reference", "text"),
        ("a reference", "percent"),
        ("a reference", "hex"),
        ("a reference", "repr"),
    }


@pytest.mark.parametrize("text", [f"1{PIN}", f"{PIN}7", "0." + PIN, "402 913"])
def test_six_digits_of_a_longer_number_are_no_pin(collector, text):
    assert collector.found_in(text) == set()


def test_a_filler_is_no_secret():
    collector = Collector()

    collector.plant("a hash", bytes(32))

    assert len(collector) == 0


def test_a_leak_is_told_once_with_its_test(collector):
    for _ in range(2):
        collector.heard("metrics", f"hashsvc_x{{pin='{PIN}'}} 1")

    assert {str(leak) for leak in collector.leaks} == {
        f"a PIN as {form} in metrics: this test" for form in ("text", "percent", "repr")
    }


def record_of(message, *arguments, name="somebody.else", error=None):
    return logging.LogRecord(name, logging.ERROR, "", 0, message, arguments, error)


def logged(collector, formatter):
    """The kinds that are found when somebody logs an error about a hash."""
    handler = Listening(collector)
    handler.setFormatter(formatter)
    try:
        int(HASH.hex() + "z")
    except ValueError:
        handler.handle(record_of("it failed", error=sys.exc_info()))
    return {leak.kind for leak in collector.leaks}


@pytest.mark.control("G11")
def test_a_plain_formatter_leaks_and_is_found(collector, figure):
    assert "a hash" in logged(collector, logging.Formatter("%(message)s"))
    figure("plain log formatter: the hash of an exception was found")


def test_our_formatter_keeps_what_an_exception_says(collector):
    assert "a hash" not in logged(collector, JsonFormatter())


def test_what_our_own_loggers_say_is_searched_before_anything_is_cut_out(collector):
    Listening(collector).handle(record_of("got %s", HASH.hex(), name="hashsvc.tests"))

    assert [leak.where for leak in collector.leaks] == ["the message of hashsvc.tests"]


class Body(BaseModel):
    """Takes short texts only."""

    pdq: str = Field(max_length=8)


async def _post(app, body):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        return await client.post("/", json=body)


def post_to(app, body, collector):
    """What is answered, as the clients of the suite hear it."""
    with ThreadPoolExecutor(1) as thread:  # this thread may have a loop already
        answer = thread.submit(asyncio.run, _post(app, body)).result()
    again = httpx.Response(answer.status_code, content=answer.content)
    with httpx.Client(transport=httpx.MockTransport(lambda _: again)) as client:
        listen_to(client, collector).get("http://t/")


@pytest.mark.control("G11")
def test_the_usual_answer_to_an_invalid_body_leaks_and_is_found(collector, figure):
    app = FastAPI()

    @app.post("/")
    def take(body: Body) -> None:
        """Never reached."""

    post_to(app, {"pdq": HASH.hex()}, collector)

    assert collector.leaks == [Leak("a hash", "hex", "an answer 422", "this test")]
    figure("FastAPI's own 422: the hash was found in the answer")


class Written:
    """What pytest would write."""

    def __init__(self):
        self.lines = []

    def write_line(self, line, **_):
        self.lines.append(line)


class Session:
    """A run that went well so far; with output, one process of several."""

    exitstatus = pytest.ExitCode.OK

    def __init__(self, **output):
        self.config = SimpleNamespace(**output)


def test_a_run_in_which_something_came_out_fails_and_says_where(collector):
    collector.heard("metrics", HASH.hex())
    session, written = Session(), Written()
    plugin = LeakPlugin(collector)

    level = logging.getLogger("hashsvc").level
    plugin.pytest_sessionfinish(session)
    logging.getLogger("hashsvc").setLevel(level)
    plugin.pytest_terminal_summary(written)

    assert session.exitstatus == pytest.ExitCode.TESTS_FAILED
    assert written.lines[-1] == "SECRET a hash as hex in metrics: this test"


def test_a_run_in_which_nothing_came_out_stays_as_it_was(collector):
    session = Session()

    level = logging.getLogger("hashsvc").level
    LeakPlugin(collector).pytest_sessionfinish(session)
    logging.getLogger("hashsvc").setLevel(level)

    assert session.exitstatus == pytest.ExitCode.OK
    assert sys.modules["tests.leaks"].SUITE.leaks is not collector.leaks


def test_what_came_out_in_one_of_several_processes_fails_the_run(collector):
    collector.heard("metrics", HASH.hex())
    one, whole, written = Session(workeroutput={}), Session(), Written()
    plugin = LeakPlugin(Collector())

    level = logging.getLogger("hashsvc").level
    LeakPlugin(collector).pytest_sessionfinish(one)
    plugin.pytest_testnodedown(SimpleNamespace(workeroutput=one.config.workeroutput))
    plugin.pytest_sessionfinish(whole)
    logging.getLogger("hashsvc").setLevel(level)
    plugin.pytest_terminal_summary(written)

    assert whole.exitstatus == pytest.ExitCode.TESTS_FAILED
    assert written.lines[-1] == "SECRET a hash as hex in metrics: this test"

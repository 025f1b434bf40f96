"""Log lines hold facts that were allowed, and nothing else."""

import json
import logging
import sys

import httpx
import pytest

from api.logs import JsonFormatter, set_up_logging
from tests.api.receivers import receiving
from tests.api.workers.test_index_following import wait_until

NUMBER = "7QK2-M4RT-0XVB-9HDC"


def line_of(message="event", *arguments, error=None, **extra):
    record = logging.LogRecord("hashsvc.test", logging.INFO, "", 0, message, arguments, error)
    record.__dict__.update(extra)
    return json.loads(JsonFormatter().format(record))


def test_a_line_says_when_how_bad_and_what():
    line = line_of("started %s", "well")

    assert (line["level"], line["logger"], line["event"]) == (
        "info",
        "hashsvc.test",
        "started well",
    )
    assert line["at"].endswith("+00:00")


def test_only_allowed_keys_are_written():
    line = line_of(route="/v1/cases", status=201, pin="402913", client="203.0.113.9")

    assert (line["route"], line["status"]) == ("/v1/cases", 201)
    assert line.keys() == {"at", "level", "logger", "event", "route", "status"}


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("28e0571eace45b0f" * 4, id="hash"),
        pytest.param("28E0571EACE45B0F" * 4, id="hash in upper case"),
        pytest.param("KOBXHqzkWw+09CmCaj9XaLbXCcj+F6isA1tWFvisWfA=", id="base64"),
        pytest.param("KOBXHqzkWw-09CmCaj9XaLbXCcj_F6isA1tWFvisWfA", id="base64url"),
        pytest.param("hsk_live_ab12cd34_" + "x" * 43, id="API key"),
        pytest.param(NUMBER, id="case number"),
        pytest.param(NUMBER.replace("-", " "), id="case number with spaces"),
        pytest.param(NUMBER.replace("-", ""), id="case number without hyphens"),
    ],
)
def test_what_looks_like_a_secret_is_cut_out(secret):
    assert line_of(f"got {secret} here")["event"] == "got [removed] here"


def test_an_exception_is_its_type_and_places_without_its_message():
    try:
        bytes.fromhex(NUMBER)
    except ValueError:
        line = line_of("failed", error=sys.exc_info())

    assert line["exception"] == "ValueError"
    assert line["places"][0].startswith("test_an_exception")
    assert NUMBER not in json.dumps(line)


def test_every_logger_writes_this_form_to_standard_error(root_logger, capsys):
    set_up_logging()

    logging.getLogger("somebody.else").info("hello")

    assert json.loads(capsys.readouterr().err)["event"] == "hello"
    assert len(root_logger.handlers) == 1


def test_an_address_that_is_called_is_not_logged(root_logger, capsys):
    set_up_logging()

    with receiving() as receiver:
        httpx.post(f"{receiver.url}/hooks/Wombat-7731?token=Quokka-40291")

    assert len(receiver.heard) == 1
    assert capsys.readouterr().err == ""


def test_a_request_is_logged_by_route_status_and_id(client, caplog):
    with caplog.at_level(logging.INFO, logger="hashsvc.requests"):
        answer = client.get("/healthz?secret=1")
        wait_until(lambda: caplog.records)  # it is told after the answer

    (record,) = caplog.records
    line = json.loads(JsonFormatter().format(record))
    assert (line["route"], line["status"]) == ("/healthz", 200)
    assert line["request_id"] == answer.headers["Request-Id"]
    assert "secret" not in json.dumps(line)

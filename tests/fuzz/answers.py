"""What every answer has to be, whatever was asked."""

import logging

from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.logs import JsonFormatter

_CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Log(logging.Handler):
    """Everything that is logged, as an operator would read it."""

    def __init__(self):
        super().__init__()
        self._formatter = JsonFormatter()
        self.lines = []

    def emit(self, record):
        if not record.name.startswith("http"):  # the client's own
            self.lines.append(self._formatter.format(record))

    def taken(self):
        """What was logged since the last time."""
        lines, self.lines = self.lines, []
        return "\n".join(lines)


def check(case, sent, answer, logged, *, words):
    """Fail where an answer is not as documented, or says what was asked.

    Args:
        case: what schemathesis made the request from.
        sent: the request.
        answer: to it.
        logged: what was written meanwhile.
        words: those of the document, which an error may name.
    """
    awaited = "Min-Index-Seq" in sent.headers and "index-behind" in answer.text
    assert answer.status_code < 500 or awaited, answer.text
    case.validate_response(answer, checks=_CHECKS)
    for name, value in _ALWAYS.items():
        assert answer.headers[name] == value
    if answer.status_code >= 400:
        assert answer.headers["content-type"] in {"application/problem+json", "application/json"}
        told = answer.text + str(dict(answer.headers))
        shown = {text for text in sent.secrets() if text in told and text not in words}
        assert not shown, f"an error says what was asked: {shown}"
    marks = (sent.headers["User-Agent"], sent.headers.get("X-Photo", "mark-"))
    assert not any(mark in answer.text for mark in marks), "an answer says what was asked"
    written = {text for text in sent.secrets() if text in logged and text not in words}
    assert not written, f"the log says what was asked: {written}"

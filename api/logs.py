"""One log line a fact, as JSON; only allowed keys are written, so nothing slips in by accident."""

import json
import logging
import re
import sys
import traceback
from types import TracebackType

from hashsvc.times import now

_ALLOWED = (
    "route",
    "status",
    "key_id",
    "items",
    "signatures",
    "duration_ms",
    "request_id",
    "port",
    "seq",
)
# The second net: what looks like a hash, key, digest or case number is cut out of any text.
_SECRET = re.compile(
    r"[0-9a-fA-F]{64}|[A-Za-z0-9+/_=-]{40,}"
    r"|\b(?:[0-9A-HJKMNP-TV-Z]{4}[ -]?){3}[0-9A-HJKMNP-TV-Z]{4}\b"
)
# Below a warning Alembic tells each step, and httpx the address it calls: a webhook's is secret.
_CHATTY = ("alembic", "httpx")


class JsonFormatter(logging.Formatter):
    """`at`, `level`, `logger`, `event`, the allowed keys; of an exception its type and places."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "at": now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _SECRET.sub("[removed]", record.getMessage()),
        }
        known = record.__dict__
        line |= {key: known[key] for key in _ALLOWED if key in known}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["places"] = _places(record.exc_info[2])
        return json.dumps(line)


def set_up_logging(*, level: int = logging.INFO) -> None:
    """Send every logger's lines to standard error, in this form alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Looked up for each line, and never written.
    logging._srcfile = None  # noqa: SLF001  # as logging's guide says
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def _places(trace: TracebackType | None) -> list[str]:
    """File, line and function of each frame: no values, no source text."""
    return [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace)]

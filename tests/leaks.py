"""Everything secret that tests make is looked for in everything that the code under test says.

The whole suite is the run: factories register what they make (`plant`), and what comes out is shown
to the same collector (`heard`): each log record, what tests print and what commands and server
processes write, answers that refuse, metrics. A run in which one secret came out fails, and says
of which kind, in which form, and in which test.

A secret of bytes is looked for in hexadecimal of either case, base64 and base64url at every
alignment, percent-encoded, as Python shows bytes, and as a list of decimal numbers (in files also
as it is, read as latin-1); one of text as it is and in the same forms. Hashes of one value (all
zeros) say nothing and are not planted.
"""

import base64
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote_from_bytes

import pytest
from typer.testing import CliRunner as TyperRunner

from api.logs import JsonFormatter

_WINDOW = 6  # signs: the shortest secret is a PIN
_FEWEST_VALUES = 4  # distinct bytes; below, the value is no secret but a filler
_GOES_ON = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def forms_of(raw, *, text=False):
    """A secret in every form in which it is looked for, by the form's name.

    Args:
        raw: its bytes.
        text: whether it is also readable as it is.
    """
    forms = {
        "hex": [raw.hex()],
        "HEX": [raw.hex().upper()],
        "base64": _aligned(raw, base64.b64encode),
        "base64url": _aligned(raw, base64.urlsafe_b64encode),
        "percent": [quote_from_bytes(raw, safe="")],
        "repr": [repr(raw)[2:-1]],
        "decimal": [", ".join(map(str, raw)), ",".join(map(str, raw))],
    }
    return forms | ({"text": [raw.decode()]} if text else {"raw": [raw.decode("latin-1")]})


def _aligned(raw, encode):
    """What the encoding shows of `raw` wherever it begins in something longer."""
    shown = []
    for before in range(3):
        coded = encode(bytes(before) + raw).decode()
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        shown.append(coded[first:last])
    return shown


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret that came out."""

    kind: str
    form: str
    where: str
    test: str

    def __str__(self):
        return f"{self.kind} as {self.form} in {self.where}: {self.test}"


@dataclass
class Collector:
    """Knows what was planted, and looks for it in what it hears."""

    test: str = "before any test"
    leaks: list = field(default_factory=list)
    signs: int = 0  # that were searched
    _kinds: dict = field(default_factory=dict)  # by the secret's bytes
    _new: list = field(default_factory=list)  # planted, not yet among the beginnings
    _beginnings: dict = field(default_factory=partial(defaultdict, list))

    def plant(self, kind, secret):
        """Remember a secret; text or bytes. Returns it, so that a factory can end with this."""
        raw = secret.encode() if isinstance(secret, str) else bytes(secret)
        if raw not in self._kinds and len(set(raw)) >= _FEWEST_VALUES:
            self._kinds[raw] = kind
            self._new.append((raw, isinstance(secret, str)))
        return secret

    def __len__(self):
        return len(self._kinds)

    def heard(self, where, text):
        """Look for every secret in what was said; what is found is kept for the end."""
        for kind, form in sorted(self.found_in(text)):
            leak = Leak(kind, form, where, self.test)
            if leak not in self.leaks:
                self.leaks.append(leak)

    def found_in(self, text):
        """(kind, form) of each secret in the text."""
        self._learn()
        self.signs += len(text)
        beginnings, found = self._beginnings, set()
        for place in range(len(text) - _WINDOW + 1):
            for form, name, raw in beginnings.get(text[place : place + _WINDOW], ()):
                if text.startswith(form, place) and _stands_alone(text, place, form):
                    found.add((self._kinds[raw], name))
        return found

    def _learn(self):
        while self._new:  # servers are heard from threads of their own
            raw, is_text = self._new.pop()
            for name, forms in forms_of(raw, text=is_text).items():
                for form in forms:
                    self._beginnings[form[:_WINDOW]].append((form, name, raw))


def _stands_alone(text, place, form):
    """Six digits within a longer number are no PIN; only long forms may stand inside something."""
    if len(form) >= 2 * _WINDOW:
        return True
    before, after = text[max(place - 1, 0) : place], text[place + len(form) :][:1]
    return not (before and before in _GOES_ON + ".") and not (after and after in _GOES_ON)


SUITE = Collector()
plant = SUITE.plant
heard = SUITE.heard


class Listening(logging.Handler):
    """Formats each record as a server does, and without the second net what is ours."""

    def __init__(self, collector):
        super().__init__()
        self._collector = collector
        self.setFormatter(JsonFormatter())

    def emit(self, record):
        """Look for secrets in one record."""
        self._collector.heard(f"the log {record.name}", self.format(record))
        if record.name.startswith("hashsvc"):
            self._collector.heard(f"the message of {record.name}", record.getMessage())


def listen_to(client, collector=SUITE):
    """Search what this HTTP client is refused with; returns the client."""

    def refused(answer):
        if answer.status_code >= 400:
            answer.read()
            collector.heard(f"an answer {answer.status_code}", answer.text)

    client.event_hooks["response"].append(refused)
    return client


class CliRunner(TyperRunner):
    """Runs an operator's command; what it writes is searched."""

    def invoke(self, app, args, *more, **options):
        """As typer's."""
        done = super().invoke(app, args, *more, **options)
        heard(f"what {args[0]} writes", done.output)
        return done


class LeakPlugin:
    """pytest's part: which test runs, what it printed, and the end."""

    def __init__(self, collector):
        self._collector = collector
        self._handler = Listening(collector)
        self._told = []  # by each of several processes: what it planted, searched and found

    def pytest_sessionstart(self):
        """Hear what a server would write: our loggers from `info` on, the others' warnings."""
        logging.getLogger().addHandler(self._handler)
        logging.getLogger("hashsvc").setLevel(logging.INFO)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid):
        """Name the test that is to blame; a test may have replaced the root's handlers."""
        self._collector.test = nodeid
        root = logging.getLogger()
        if self._handler not in root.handlers:
            root.addHandler(self._handler)

    def pytest_sessionfinish(self, session):
        """Fail a run in which a secret came out."""
        logging.getLogger().removeHandler(self._handler)
        logging.getLogger("hashsvc").setLevel(logging.NOTSET)
        _, _, leaks = self._sums()
        if leaks and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if hasattr(session.config, "workeroutput"):  # one process of several
            session.config.workeroutput["leaks"] = self._sums()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        """Take over what one process of several has to tell."""
        if hasattr(node, "workeroutput"):  # one that crashed fails the run by itself
            self._told.append(node.workeroutput["leaks"])

    def pytest_terminal_summary(self, terminalreporter):
        """Say what came out and where."""
        planted, signs, leaks = self._sums()
        terminalreporter.write_line(
            f"{planted:,} planted secrets, {signs:,} signs of output searched, {len(leaks)} found"
        )
        for leak in leaks:
            terminalreporter.write_line(f"SECRET {leak}", red=True)

    def _sums(self):
        own = self._collector
        told = [(len(own), own.signs, [str(leak) for leak in own.leaks]), *self._told]
        planted, signs, leaks = zip(*told, strict=True)
        return sum(planted), sum(signs), [leak for each in leaks for leak in each]

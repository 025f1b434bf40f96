"""Photos hashed by a browser in the page's own worker."""

from dataclasses import dataclass
from pathlib import Path

_FUNCTION = Path(__file__).with_name("hashing.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Told:
    """What the worker said of some files."""

    messages: list[dict]
    names: list[str]

    @property
    def ok(self):
        """Whether the known photo came out right."""
        return next(one["ok"] for one in self.messages if one["type"] == "checked")

    @property
    def signatures(self):
        """Name of each photo that was hashed, and its signatures."""
        return self._by_name("hashed", "signatures")

    @property
    def reasons(self):
        """Name of each photo that was refused, and why."""
        return self._by_name("failed", "reason")

    @property
    def shares(self):
        """How far each photo was said to be, in the order told."""
        told = [one for one in self.messages if one["type"] == "progress"]
        return {
            name: [one["share"] for one in told if one["id"] == number]
            for number, name in enumerate(self.names)
        }

    def _by_name(self, kind, field):
        ends = [one for one in self.messages if one["type"] == kind]
        return {self.names[one["id"]]: one[field] for one in ends}


def hashed_by(browser, address, files, *, worker="signature-worker.js"):
    """Let a browser hash files one after the other.

    Args:
        browser: a `Chromium` or a `Firefox`.
        address: of a `static_server`.
        files: paths; the answers go by their names.
        worker: the module that hashes them.
    """
    browser.open(address)
    browser.choose(files)
    code = _FUNCTION[_FUNCTION.index("async") :].strip().replace("WORKER", worker)
    return Told(browser.call(code), [file.name for file in files])

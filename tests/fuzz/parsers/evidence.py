"""Files around a scan and a server's log that somebody may have altered."""

import json
from contextlib import suppress
from datetime import UTC, datetime

from hashsvc.scan.custody import read_custody
from hashsvc.scan.custody_log import NAME, START, Action, CustodyLog
from hashsvc.scan.errors import CustodyError, IntegrityError, JournalRefusedError, ReportKeyError
from hashsvc.scan.journal import NAME as JOURNAL
from hashsvc.scan.journal import open_journal
from hashsvc.scan.manifest import verify_folder, write_manifest
from hashsvc.scan.manifest_keys import ReportKey, read_report_key
from hashsvc.scan.records import Outcome
from indexer.errors import StoreOlderError, TombstonesBrokenError
from indexer.store.high_water import HighWater
from indexer.store.tombstones import read_tombstones
from tests.fuzz.parsers.target import Target, a_file, folder

_AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
_KEY = ReportKey.generate()
_TOTALS = dict.fromkeys([*(outcome.value for outcome in Outcome), "files"], 0)


def custody_file(data):
    with suppress(CustodyError):
        str(read_custody(a_file(data)))


def custody_log(data):
    (folder() / "log").mkdir(exist_ok=True)
    log = CustodyLog(folder() / "log")
    a_file(data, f"log/{NAME}")
    with suppress(IntegrityError):
        events = log.events()
        assert [event.number for event in events] == list(range(1, len(events) + 1))


def signed_folder(data):
    there = folder() / "signed"
    there.mkdir(exist_ok=True)
    _written(there)
    before = (there / "manifest.json").read_bytes()
    (there / "manifest.json").write_bytes(data)
    with suppress(IntegrityError):
        verify_folder(there, signer=_KEY.public)
        assert data == before


def unsigned_folder(data):
    there = folder() / "unsigned"
    there.mkdir(exist_ok=True)
    (there / "manifest.json").write_bytes(data)
    with suppress(IntegrityError):
        verify_folder(there)


def report_key(data):
    with suppress(ReportKeyError):
        assert len(read_report_key(a_file(data)).public) == 64


def journal(data):
    there = folder() / "journal"
    there.mkdir(exist_ok=True)
    for old in there.iterdir():
        old.unlink()
    (there / JOURNAL).write_bytes(data)
    with suppress(JournalRefusedError):
        with open_journal(there) as opened:
            opened.totals()


def tombstones(data):
    with suppress(TombstonesBrokenError):
        assert read_tombstones(a_file(data)) is not None


def high_water(data):
    with suppress(StoreOlderError):
        assert HighWater(a_file(data)).read() is not None


def _written(there):
    if not (there / "manifest.json").exists():
        (there / "report.csv").write_bytes(b"path\n")
    write_manifest(there, {"totals": _TOTALS}, key=_KEY)


def _manifests():
    there = folder() / "seed"
    there.mkdir(exist_ok=True)
    _written(there)
    return [(there / "manifest.json").read_bytes()]


def _logs():
    (folder() / "seed-log").mkdir(exist_ok=True)
    log = CustodyLog(folder() / "seed-log")
    log.add(Action.BEGIN, by="me", at=_AT, sources=["a"])
    log.add(Action.END, by="me", at=_AT, files=3)
    line = {"number": 1, "at": "", "by": "", "action": "scan:end", "details": {}}
    alone = json.dumps(line | {"previous_sha256": START}).encode() + b"\n"
    return [(folder() / "seed-log" / NAME).read_bytes(), alone]


def _custody():
    return [
        b'[reference]\nob_number = "OB 17"\n[[exhibits]]\nid = "E1"\nseized_at = 2026-01-02\n',
        b'[[transfers]]\nexhibit = "E1"\nfrom = "a"\n',
        b'[[exhibits]]\nid = "E1"\nwrite_blocker = {make = "x"}\n',
    ]


def _report_keys():
    paths = [folder() / "plain.pem", folder() / "locked.pem"]
    for path, passphrase in zip(paths, ("", "secret"), strict=True):
        if not path.exists():
            _KEY.save(path, passphrase=passphrase)
    return [path.read_bytes() for path in paths]


def _journals():
    there = folder() / "seed-journal"
    there.mkdir(exist_ok=True)
    with open_journal(there) as opened:
        opened.begin({"pack": "x"}, at="2026-01-02", host="h", version="1")
    return [(there / JOURNAL).read_bytes()]


def _tombstones():
    fields = {"epoch": "00" * 16, "seq": 3, "log": "11" * 32, "prev": "0" * 64}
    line = fields | {"erased": [5], "suspended": [[6, "flood"]], "listed": [7], "digest": "2" * 64}
    return [json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n"]


TARGETS = [
    Target("custody-file", custody_file, _custody),
    Target("custody-log", custody_log, _logs),
    Target("signed-folder", signed_folder, _manifests),
    Target("unsigned-folder", unsigned_folder, _manifests),
    Target("report-key", report_key, _report_keys),
    Target("journal", journal, _journals),
    Target("tombstones", tombstones, _tombstones),
    Target("high-water", high_water, lambda: [b'{"digest": "00", "epoch": "11", "seq": 3}']),
]

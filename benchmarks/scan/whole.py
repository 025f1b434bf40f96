"""A whole scan: reading, digests, children, matching against a pack, and the journal."""

import os
import secrets
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.scan.rows import Rows, row
from hashsvc.hashes import HASH_BYTES, Algorithm, Hash
from hashsvc.matching import linear_search
from hashsvc.packs import Entry, Pack, PackKey, SeenVersions, SigningKey, Trusted, build, open_pack
from hashsvc.photos import MAX_PIXELS
from hashsvc.scan.answers import Asked
from hashsvc.scan.estimates import estimated, near
from hashsvc.scan.exhibits import open_exhibit
from hashsvc.scan.recording import Watched
from hashsvc.scan.running import Order, quickly_searched, run_scan
from hashsvc.signatures import RegionKind, Signature
from hashsvc.times import now

_BANK = "benchmark"
_WORDS = {Asked.ESTIMATE: "full", Asked.FULL: "full --exact", Asked.ALL: "all"}


def make_pack(entries: int, folder: Path) -> Pack:
    """Of hashes that no photo has."""
    key, signer = PackKey.generate(), SigningKey(secrets.token_bytes(32))
    body = build(
        [_entry() for _ in range(entries)],
        bank=_BANK,
        sequence=1,
        recipient=key.recipient,
        key=signer,
        at=now(),
        life=timedelta(days=1),
    )
    path = folder / "benchmark.pack"
    path.write_bytes(body)
    seen = SeenVersions(folder / "seen")
    trust = [Trusted(_BANK, signer.public)]
    return open_pack(path, key=key, trust=trust, seen=seen, at=now())


def _entry() -> Entry:
    pdq, dhash = secrets.token_bytes(HASH_BYTES), secrets.token_bytes(HASH_BYTES)
    signature = Signature(
        RegionKind.FULL, Hash(Algorithm.PDQ, pdq), Hash(Algorithm.DHASH, dhash), quality=100
    )
    return Entry(secrets.token_bytes(16), signature)


def whole_rows(size: str, photos: list[Path], asked: Asked, copies: int, entries: int) -> Rows:
    """Files a second of one core's time, and as the clock runs with all cores."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        pack = make_pack(entries, folder)
        evidence = folder / "evidence"
        evidence.mkdir()
        for number in range(copies):
            for place, photo in enumerate(photos):
                body = photo.read_bytes() + number.to_bytes(4)  # another file, the same photo
                (evidence / f"{number}-{place}.jpg").write_bytes(body)
        workers = os.cpu_count() or 1
        _run(evidence, pack, folder / "warm", asked, workers, stop_at_once=True)
        cpu, clock = _run(evidence, pack, folder / "out", asked, workers)
    files = copies * len(photos)
    what = f"scan --regions {_WORDS[asked]}, {files:,} files of {size}, pack of {entries:,}"
    return [
        row(what, "one core's time, children's start included", files / cpu, "files/s/core"),
        row(what, f"by the clock, {workers} workers", files / clock, "files/s"),
    ]


def _run(
    evidence: Path,
    pack: Pack,
    output: Path,
    asked: Asked,
    workers: int,
    *,
    stop_at_once: bool = False,
) -> tuple[float, float]:
    """Seconds of processor, ours and the children's, and of the clock."""
    exhibit = open_exhibit(str(evidence), number=1, output=output)
    order = Order("benchmark", "benchmark", "benchmark", asked=asked)
    before, begun = os.times(), time.perf_counter()
    run_scan(
        order,
        [exhibit],
        pack,
        output,
        workers=workers,
        watched=Watched(lambda _: None, lambda: stop_at_once, lambda _: None),
    )
    clock, after = time.perf_counter() - begun, os.times()
    return sum(after[:4]) - sum(before[:4]), clock


def search_rows(photos: list[Path], entries: int) -> Rows:
    """Comparing one photo, in eight orientations and inverted, with a pack."""
    with TemporaryDirectory() as name:
        pack = quickly_searched(make_pack(entries, Path(name)))
    slow = replace(pack, matcher=pack.matcher.searched_by(linear_search))
    found = [estimated(path.read_bytes(), max_pixels=MAX_PIXELS) for path in photos]
    sure = [photo for photo in found if photo]
    what = f"a photo's 16 hashes against a pack of {entries:,}"
    spent = {}
    for way, searched in (("compiled", pack), ("numpy", slow)):
        begun = time.process_time()
        for photo in sure:
            near(searched, photo)
        spent[way] = 1_000 * (time.process_time() - begun) / len(sure)
    return [
        row(what, way, took, "ms", None if way == "compiled" else took / spent["compiled"])
        for way, took in spent.items()
    ]

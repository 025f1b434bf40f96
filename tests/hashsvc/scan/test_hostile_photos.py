"""Thousands of spoiled photos and some bombs: each is a row, and none ends a scan.

`make fuzz` sets HASHSVC_TEST_HOSTILE_PHOTOS to 10,000.
"""

import os
import resource
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hashsvc.scan.answers import Asked
from hashsvc.scan.records import Outcome, Reason
from hashsvc.scan.running import Order
from hashsvc.scan.sandbox import Limits, Sandbox
from tests.factories import encode, make_photo
from tests.hashsvc.scan.evidence import matches_of, outcomes_of, scanned

COUNT = int(os.environ.get("HASHSVC_TEST_HOSTILE_PHOTOS", "300"))
GOLDEN = Path(__file__).parents[3] / "data" / "golden" / "photos"
ESTIMATING = Order("OB-17", "PC Example", asked=Asked.ESTIMATE)
EXACT = replace(ESTIMATING, asked=Asked.FULL)


def spoiled(body, random):
    """A photo with some bytes changed, cut out, doubled or cut off."""
    samples = bytearray(body)
    for _ in range(random.integers(1, 12)):
        place, length = int(random.integers(len(samples))), int(random.integers(1, 40))
        match random.integers(5):
            case 0:
                samples[place] ^= 1 << int(random.integers(8))
            case 1:
                samples[place : place + length] = random.bytes(length)
            case 2:
                del samples[place : place + length]
            case 3:
                samples[place:place] = samples[place : place + length]
            case _:
                samples[place : place + length] = b"\xff" * length
        if len(samples) < 64:
            break
    cut = int(random.integers(64, len(samples) + 64)) if random.integers(4) == 0 else None
    return bytes(samples[:cut])


def sources():
    """One of each format, and JPEGs large enough to be estimated."""
    large = [make_photo(seed=seed, width=600, height=520) for seed in (41, 42)]
    large.append(make_photo(seed=43, width=600, height=520, progressive=True))
    return [path.read_bytes() for path in sorted(GOLDEN.iterdir())] + 6 * large


@pytest.mark.slow
@pytest.mark.goal("G10")
def test_spoiled_photos_are_rows_of_the_report_in_both_ways(tmp_path, pack, figure):
    folder, random = tmp_path / "evidence", np.random.default_rng(2_026)
    folder.mkdir()
    bodies = sources()
    for number in range(COUNT):
        (folder / f"{number:05}").write_bytes(spoiled(bodies[number % len(bodies)], random))

    totals = scanned([folder], pack, tmp_path / "fast", order=ESTIMATING)

    assert totals.pending == 0
    assert totals.enumerated == COUNT
    assert min(totals.outcomes[Outcome.HASHED], totals.outcomes[Outcome.FAILED]) > COUNT // 10
    assert totals == scanned([folder], pack, tmp_path / "exact", order=EXACT)
    assert outcomes_of(tmp_path / "fast") == outcomes_of(tmp_path / "exact")
    assert matches_of(tmp_path / "fast") == matches_of(tmp_path / "exact")
    hashed, failed = totals.outcomes[Outcome.HASHED], totals.outcomes[Outcome.FAILED]
    figure(f"{COUNT:,} spoiled photos: all in the report, {hashed:,} hashed, {failed:,} failed")


def png_of(width, height, *rows):
    """A PNG that says it has so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"".join(
        struct.pack(">I", len(chunk)) + kind + chunk + struct.pack(">I", zlib.crc32(kind + chunk))
        for kind, chunk in (
            (b"IHDR", head),
            (b"IDAT", zlib.compress(b"".join(rows))),
            (b"IEND", b""),
        )
    )
    return b"\x89PNG\r\n\x1a\n" + body


BOMBS = {
    "a picture of 900 million pixels": (png_of(30_000, 30_000), Reason.TOO_MANY_PIXELS),
    "a header of four thousand million": (png_of(1 << 31, 1 << 31), Reason.TOO_MANY_PIXELS),
    "few bytes that say a lot": (png_of(9_000, 9_000, b"\0"), Reason.DECODE),
    "a JPEG of 4 thousand million": (
        make_photo(width=600, height=520).replace(
            struct.pack(">HH", 520, 600), struct.pack(">HH", 65_500, 65_500)
        ),
        Reason.TOO_MANY_PIXELS,
    ),
}


@pytest.mark.goal("G10")
@pytest.mark.parametrize("asked", Asked)
@pytest.mark.parametrize(("body", "reason"), BOMBS.values(), ids=BOMBS)
def test_bombs_are_told_and_the_next_photo_hashed(body, reason, asked, figure):
    with Sandbox(Limits(timeout_seconds=5)) as sandbox:
        assert sandbox.hash(body, asked) is reason
        assert sandbox.hash(make_photo(), asked).width == 320
    figure(f"{len(BOMBS)} bombs, each asked in {len(Asked)} ways: refused within 5 s")


def test_of_a_thousand_pages_one_is_decoded():
    pages = [Image.new("L", (400, 300), number % 256) for number in range(1_000)]
    body = encode(pages[0], "TIFF", save_all=True, append_images=pages[1:])

    with Sandbox(Limits(timeout_seconds=5)) as sandbox:
        assert sandbox.hash(body).width == 400


def test_a_child_has_as_much_memory_as_the_limits_say():
    with Sandbox(Limits(memory_bytes=700 << 20)) as sandbox:
        sandbox.hash(make_photo())

        limits = {
            kind: resource.prlimit(sandbox._child.pid, kind)
            for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)
        }

    assert limits == {
        resource.RLIMIT_AS: (700 << 20, 700 << 20),
        resource.RLIMIT_NOFILE: (32, 32),
        resource.RLIMIT_CORE: (0, 0),
    }

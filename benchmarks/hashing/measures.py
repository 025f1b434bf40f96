"""The rows of the table."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pdqhash

from benchmarks import results
from benchmarks.hashing.memory import peak_bytes
from benchmarks.hashing.timing import Calls, in_child, median_seconds
from benchmarks.hashing.ways import WAYS, hash_ours
from hashsvc.hashers.luma import luma, oriented_lumas, quality
from hashsvc.hashers.pdq import PdqHasher
from hashsvc.hashing import enrolment_signatures, full_signatures, query_signatures, signature_of
from hashsvc.photos import decode
from hashsvc.pixels import Pixels

Rows = list[dict[str, results.Value]]


def file_rows(size: str, photos: list[Path], rounds: int) -> Rows:
    """Photos per second of each way, from the file."""
    calls = {name: [partial(way, photo) for photo in photos] for name, way in WAYS.items()}
    seconds = median_seconds(calls, rounds)
    ours = [hash_ours(photo) for photo in photos]
    return [
        _row(
            f"file to hash, {size}",
            name,
            value=1 / seconds[name],
            unit="photos/s",
            ratio=seconds[name] / seconds["hashsvc"],
            same=f"{sum(map(str.__eq__, ours, map(way, photos)))} of {len(photos)}",
        )
        for name, way in WAYS.items()
    ]


def operator_rows(photos: list[Path], rounds: int) -> Rows:
    """Decoded pixels to PDQ and quality, without decoding."""
    pixels = [Pixels(np.ascontiguousarray(decode(photo).rgb())) for photo in photos[:2]]
    calls: Calls = {
        "hashsvc": [partial(_pdq, photo) for photo in pixels],
        "hashsvc, eight orientations": [partial(_all_pdqs, photo) for photo in pixels],
        "pdqhash": [partial(pdqhash.compute, photo.samples) for photo in pixels],
    }
    seconds = median_seconds(calls, rounds)
    return [
        _row(
            "decoded pixels to PDQ, 12 MP",
            name,
            value=1000 * seconds[name],
            unit="ms",
            ratio=seconds[name] / seconds["hashsvc"],
        )
        for name in calls
    ]


def _pdq(photo: Pixels) -> tuple[str, int]:
    buffer = luma(photo)
    return PdqHasher().hash(buffer).hex(), quality(buffer)


def _all_pdqs(photo: Pixels) -> list[str]:
    return [PdqHasher().hash(buffer).hex() for buffer in oriented_lumas(photo).values()]


def enrolment_rows(photos: list[Path], rounds: int) -> Rows:
    """What all the regions that are listed cost, beside the plain hash of the whole."""
    calls: Calls = {
        "hashsvc": [partial(_plain, photo) for photo in photos],
        "hashsvc, all that is listed": [partial(_listed, photo) for photo in photos],
    }
    return _milliseconds("file to signatures, 12 MP", median_seconds(calls, rounds))


def query_rows(photos: list[Path], rounds: int) -> Rows:
    """What all that is asked costs, beside the whole photo in eight orientations."""
    pixels = [decode(photo) for photo in photos]
    calls: Calls = {
        "hashsvc": [partial(full_signatures, photo) for photo in pixels],
        "hashsvc, all that is asked": [partial(query_signatures, photo) for photo in pixels],
    }
    return _milliseconds("decoded pixels to a query, 1 MP", median_seconds(calls, rounds))


def _plain(photo: Path) -> object:
    return signature_of(decode(photo))


def _listed(photo: Path) -> object:
    return enrolment_signatures(decode(photo))


def _milliseconds(what: str, seconds: Mapping[str, float]) -> Rows:
    return [
        _row(what, name, value=1000 * spent, unit="ms", ratio=spent / seconds["hashsvc"])
        for name, spent in seconds.items()
    ]


def memory_rows(photo: Path) -> Rows:
    """Peak memory of each way above the decoded picture, each in a process of its own."""
    peaks = {name: in_child(peak_bytes, name, photo) for name in WAYS}
    return [
        _row(
            "peak memory above the decoded picture, 12 MP",
            name,
            value=peak / 1e6,
            unit="MB",
            ratio=peak / peaks["hashsvc"],
        )
        for name, peak in peaks.items()
    ]


def _row(
    what: str,
    way: str,
    *,
    value: float,
    unit: str,
    ratio: float,
    same: str | None = None,
) -> dict[str, results.Value]:
    return {
        "what": what,
        "ratio": None if way == "hashsvc" else ratio,
        "way": way,
        "value": value,
        "unit": unit,
        "same hash": same,
    }

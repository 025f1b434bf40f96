"""Runs every trial and every comparison, on several processes."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
from rich.progress import track

from benchmarks.robustness.false_matches import Everything, Tally, tally
from benchmarks.robustness.ours import stored
from benchmarks.robustness.photo_set import PhotoSet, read
from benchmarks.robustness.recall import Task, Trial, trials
from hashsvc.matching import Listed


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that one run found out."""

    trials: list[Trial]
    false_matches: Tally
    listed: list[Listed]  # what was stored of all reported photos
    photos: PhotoSet


def measure(photos: PhotoSet, pool: Executor) -> Measured:
    """Try every edit of every reported photo, and compare edited negatives with all of them.

    Args:
        photos: the split.
        pool: processes of `workers`.
    """
    tasks = [
        Task(number, photo, companions)
        for number, (photo, companions) in enumerate(
            zip(photos.reported, photos.companions, strict=True)
        )
    ]
    listed = [one for task in tasks for one in stored(read(task.photo), first_id=task.number * 100)]
    everything = Everything.of(listed)
    numbered = list(enumerate(photos.negatives))
    beside = photos.companions[0]
    found = pool.map(trials, tasks)
    counted = pool.map(partial(_tally, beside=beside, stored=everything), numbered)
    tried = [one for of_photo in track(found, "Edits", len(tasks)) for one in of_photo]
    total = Tally()
    for one in track(counted, "Negatives", len(numbered)):
        total.add(one)
    return Measured(tried, total, listed, photos)


def _tally(numbered: tuple[int, Path], *, beside: Sequence[Path], stored: Everything) -> Tally:
    number, path = numbered
    return tally(path, number, beside, stored)


@contextmanager
def workers(jobs: int) -> Iterator[Executor]:
    """Processes with one thread each: several would wait for one another."""
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_one_thread) as pool:
        yield pool


def _one_thread() -> None:
    cv2.setNumThreads(1)

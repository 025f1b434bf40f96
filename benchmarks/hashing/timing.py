"""CPU time of calls, taken in turn, in a fresh process with one thread."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from typing import TypeAlias, TypeVar

import cv2

Result = TypeVar("Result")
Calls: TypeAlias = Mapping[str, Sequence[Callable[[], object]]]


def in_child(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a fresh process, which sees one thread from its first import."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_single_threaded, function, *arguments).result()


def _single_threaded(function: Callable[..., Result], *arguments: object) -> Result:
    cv2.setNumThreads(1)
    return function(*arguments)


def median_seconds(calls: Calls, rounds: int) -> dict[str, float]:
    """CPU seconds of one call, by name; every round runs every way on every photo."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in _interleaved(calls):
            started = time.process_time()
            call()
            if number > 0:  # the first round warms caches up
                seconds[name].append(time.process_time() - started)
    return {name: median(measured) for name, measured in seconds.items()}


def _interleaved(
    calls: Calls,
) -> Iterator[tuple[str, Callable[[], object]]]:
    for turn in zip(*calls.values(), strict=True):
        yield from zip(calls, turn, strict=True)

"""Every parser of bytes that others wrote: it reads them or raises the error that is its own.

`make fuzz` sets HASHSVC_TEST_INPUTS to 20,000: so many spoiled inputs to each parser, and as many
(or what a minute allows) that are led by what the parser executes.
"""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest

from hashsvc.packs import PackRefusedError
from hashsvc.packs.manifest import parse
from tests.availability import unavailable
from tests.fuzz.parsers.spoiling import spoiled
from tests.fuzz.parsers.target import Target
from tests.fuzz.parsers.targets import BY_NAME, TARGETS

REPOSITORY = Path(__file__).parents[3]
INPUTS = int(os.environ.get("HASHSVC_TEST_INPUTS", "150"))
SHORT = 1_000
LED = [one.name for one in TARGETS] if INPUTS > SHORT else ["signed-request"]


def faults_of(target, count, *, seed=1):
    """Inputs that a parser answers otherwise than it promises, with what it raised."""
    random = Random(f"{target.name} {seed}")  # noqa: S311  # the same inputs again
    faults = []
    seeds = target.seeds()
    inputs = [*seeds, b""] + [spoiled(random.choice(seeds), random) for _ in range(count)]
    for data in inputs:
        try:
            target.check(data)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the find
            faults.append((data[:300], repr(error)[:200]))
    return faults


@pytest.mark.goal("G8")
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_parser_raises_its_own_error_alone(target, figure):
    faults = faults_of(target, INPUTS)

    figure(f"{target.name}: {INPUTS:,} spoiled inputs, {len(faults)} that raise anything else")
    assert faults == []


NESTED = b"[" * 5_000
FOUND = [
    ("signed-pack", b'{"bank":' + NESTED),
    ("seen-versions", NESTED),
    ("recipient", b"age1\xed\xa0\x80"),
    ("signature-line", NESTED),
    ("webhook", b"webhook-id: 1\nwebhook-timestamp: 1\nwebhook-signature: v1,\xe9\n\n{}"),
    ("verifier", b"log\xed\xa0\x80+6d7ca39f+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"),
    ("custody-file", b"a = " + NESTED),
    ("custody-file", b"a = " + b"9" * 5_000),
    ("custody-log", NESTED + b"\n"),
    ("unsigned-folder", NESTED),
    ("tombstones", NESTED + b"\n"),
    ("high-water", NESTED),
]


@pytest.mark.parametrize(("name", "data"), FOUND, ids=[name for name, _ in FOUND])
def test_what_was_found_once_stays_mended(name, data):
    BY_NAME[name].check(data)


def test_a_manifest_of_a_trusted_signer_in_another_form_is_damaged():
    (body,) = BY_NAME["signed-manifest"].seeds()[:1]
    read = json.loads(body)

    for altered in (
        read | {"policy": []},
        read | {"built_at": "0001-01-01T00:00:00+23:59"},
        read | {"weakest_tier": []},
    ):
        with pytest.raises(PackRefusedError):
            parse(json.dumps(altered).encode())


@pytest.mark.control("G8")
def test_a_parser_with_a_forgotten_error_is_found(figure):
    def forgetful(data):
        data.decode("ascii")

    faults = faults_of(Target("forgetful", forgetful, lambda: [b"words"]), 200)

    figure(f"a parser that forgets one error: found {len(faults)} times in 200 inputs")
    assert any("UnicodeDecodeError" in error for _, error in faults)


def led(name, runs):
    """The end of a run of atheris on one target, a minute long at most."""
    if find_spec("atheris") is None:
        unavailable("atheris", "it is made for Linux on x86-64 alone")
    options = [f"-runs={runs}", "-max_total_time=60", "-seed=1"]
    words = [sys.executable, "-m", "tests.fuzz.parsers.led", name, *options]
    return subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.goal("G8")
@pytest.mark.parametrize("name", LED)
def test_inputs_led_by_what_is_executed_find_nothing_either(name, figure):
    ended = led(name, INPUTS)

    assert ended.returncode == 0, ended.stderr[-2_000:]
    done = int(re.search(r"Done (\d+) runs", ended.stderr)[1])
    figure(f"{name}: {done:,} inputs led by coverage, none that raises anything else")


@pytest.mark.slow
@pytest.mark.control("G8")
def test_a_word_that_a_parser_fails_on_is_found_by_being_led_to_it(figure):
    ended = led("knows-a-word", 1_000_000)

    figure("a parser that fails on one word of five signs: found by being led")
    assert ended.returncode != 0
    assert "AssertionError: the word" in ended.stdout + ended.stderr

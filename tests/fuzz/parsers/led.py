"""One target under atheris: `python -m tests.fuzz.parsers.led NAME -runs=20000`."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

_INSTRUMENTED = ["hashsvc", "api", "indexer"]


@atheris.instrument_func
def knows_a_word(data):
    """The control: no number of blind tries gets there."""
    if data[:1] != b"Q":
        return
    if data[1:2] != b"u":
        return
    if data[2:3] != b"a":
        return
    if data[3:4] != b"i":
        return
    assert data[4:5] != b"l", "the word"


def target_of(name):
    """What is to be called, and where to begin."""
    if name == "knows-a-word":
        return knows_a_word, [b"Q"]
    with atheris.instrument_imports(include=_INSTRUMENTED, enable_loader_override=False):
        target = import_module("tests.fuzz.parsers.targets").BY_NAME[name]
    return target.check, target.seeds()


def main(name, options):
    """Run one target until its runs are over or something is found; atheris ends the process."""
    check, seeds = target_of(name)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds):
            Path(corpus, str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], f"-artifact_prefix={corpus}/", *options, corpus], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

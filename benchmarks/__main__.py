"""Run one benchmark: `python -m benchmarks hashing`.

Each is a module with `add_arguments(parser)` and `run(arguments)`; only the chosen one is
imported, because each has dependencies of its own.
"""

import argparse
import sys
from importlib import import_module

QUESTIONS = {
    "api": "how fast the service answers platforms over HTTP",
    "hashing": "how fast a photo is hashed, and in how much memory",
    "index": "how fast a listed signature is found among many, and in how much memory",
    "overload": "what is answered when ten times too much comes in",
    "matchable": "how soon what one worker acknowledged is found by all",
    "page": "how long the survivor page takes for a photo",
    "scan": "how fast evidence is scanned, and what its journal costs",
    "recall": "which photos the index's tables lose that a scan would find",
    "robustness": "which edits of a reported photo are found again",
    "starting": "how soon a long list can be asked after a start",
    "soak": "whether memory stays flat while bases are swapped",
}


def main(words: list[str]) -> None:
    """Read the command line and run the chosen benchmark."""
    overview = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    listed = overview.add_subparsers(dest="question", required=True)
    for name, help_text in QUESTIONS.items():
        listed.add_parser(name, help=help_text, add_help=False)
    chosen, rest = overview.parse_known_args(words)

    benchmark = import_module(f"benchmarks.{chosen.question.replace('-', '_')}")
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks {chosen.question}", description=QUESTIONS[chosen.question]
    )
    benchmark.add_arguments(parser)
    benchmark.run(parser.parse_args(rest))


if __name__ == "__main__":
    main(sys.argv[1:])

"""One question per module, answered with numbers; see `python -m benchmarks --help`."""

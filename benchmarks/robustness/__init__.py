"""Which edits of a reported photo are found again, by us and by others, and at what price."""

from benchmarks.robustness.command import add_arguments, run

__all__ = ["add_arguments", "run"]

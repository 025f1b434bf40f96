"""How fast evidence is scanned, beside two peers."""

from benchmarks.scan.command import add_arguments, run

__all__ = ["add_arguments", "run"]

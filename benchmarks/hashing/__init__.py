"""How fast a photo is hashed, and in how much memory: ours and two peers, side by side.

One thread of one process, rounds interleaved, medians of CPU time. Memory is measured in a fresh
process for each way.
"""

from benchmarks.hashing.command import add_arguments, run

__all__ = ["add_arguments", "run"]

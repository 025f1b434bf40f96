"""How fast a listed signature is found among many, and what that costs: ours and two peers.

One thread of one process, blocks of questions interleaved, CPU time. Memory is measured in a fresh
process for each way.
"""

from benchmarks.index.command import add_arguments, run

__all__ = ["add_arguments", "run"]

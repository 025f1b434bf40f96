"""A process that crashes leaves nothing of its memory, which holds signatures and keys."""

import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4


def forbid_core_files() -> None:
    """Let no core file of this process be written, nor other programs of its user read its memory.

    Raises:
        OSError: the system refused.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return
    # A limit of 0 does not keep a core from a program that /proc/sys/kernel/core_pattern names.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

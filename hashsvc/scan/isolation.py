"""Take from a process what decoding does not need; system calls by the extra `scan`.

A decoder that a hostile photo has taken over can then open no file and no connection, and start
no program. The list is what Pillow, OpenCV, libheif, libavif and qpdf were seen to use.
"""

import errno
import resource
from contextlib import suppress
from enum import StrEnum
from types import ModuleType
from typing import Any

# fmt: off
_ALLOWED = (
    "read", "write", "close", "lseek", "fstat", "newfstatat", "ppoll", "poll", "select",
    "pselect6",
    "brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "futex", "set_robust_list", "rseq",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "exit", "exit_group",
    "clock_gettime", "clock_nanosleep", "getrandom", "getpid", "gettid", "sched_yield",
    "sched_getaffinity", "sysinfo", "getcwd",
)
# fmt: on
_CLONE_THREAD = 0x10000
_MOST_FILES = 32


class Isolation(StrEnum):
    """What a child that decodes could still do."""

    SYSTEM_CALLS = "system calls"  # only those that decoding needs, under limits
    LIMITS = "limits"  # anything that its user may do, under limits on time, memory and files


def limit(memory_bytes: int, file_bytes: int) -> None:
    """Take away what decoding does not need; the parent keeps the time."""
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: file_bytes,  # OpenCV reads from a file in memory
        resource.RLIMIT_NOFILE: _MOST_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


def isolate() -> Isolation:
    """Do it, where the kernel and libseccomp can; it cannot be taken back.

    Threads may still be started: the decoders of HEIC and AVIF do.
    """
    try:
        import pyseccomp  # noqa: PLC0415  # the extra `scan`

        _rules(pyseccomp).load()
    except (ImportError, RuntimeError, OSError):
        # Not installed, without its C library, or a kernel or container that does not have it.
        return Isolation.LIMITS
    return Isolation.SYSTEM_CALLS


def _rules(pyseccomp: ModuleType) -> Any:  # noqa: ANN401  # it has no types
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in _ALLOWED:
        with suppress(OSError, ValueError):  # a call that this processor's kernel does not have
            rules.add_rule(pyseccomp.ALLOW, name)
    # Its flags lie in memory, where no filter sees them: "not there" makes libraries use clone.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    only_threads = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    rules.add_rule(pyseccomp.ALLOW, "clone", only_threads)
    unchanged = pyseccomp.Arg(2, pyseccomp.EQ, 0)  # limits are read, when a thread starts
    rules.add_rule(pyseccomp.ALLOW, "prlimit64", unchanged)
    return rules

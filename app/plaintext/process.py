"""What of this process's memory the system may show to others, or write to a file when it dies."""

from __future__ import annotations

import ctypes
import resource
import sys

# prctl(2)
_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4


def confine() -> None:
    """Leave no core dump of this process, and let no other process of its user read its memory.

    To be called before anything worth hiding is read, and by each program that this one starts:
    a limit is inherited, but what is not dumpable is so again after `exec`. May be called twice.
    Whoever is root can still read everything. A debugger of the same user cannot attach any more,
    and `/proc/PID` of this process belongs to root; the process itself can read its own.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # The limit alone is not enough: where core_pattern names a program (systemd-coredump,
        # apport), the kernel feeds it whatever the limit says, but never from such a process.
        _prctl(_PR_SET_DUMPABLE, 0)


def is_confined() -> bool:
    """Tell whether the system says so; where it cannot be asked, it is not."""
    if resource.getrlimit(resource.RLIMIT_CORE)[0] != 0:
        return False
    return sys.platform == "linux" and _prctl(_PR_GET_DUMPABLE, 0) == 0


def _prctl(option: int, value: int) -> int:
    """Call prctl(2), whose arguments are variadic: each is one machine word.

    A kernel, or a filter in front of it, that refuses returns -1; `is_confined` tells that.
    """
    word = ctypes.c_ulong
    returned: int = ctypes.CDLL(None).prctl(option, word(value), word(0), word(0), word(0))
    return returned

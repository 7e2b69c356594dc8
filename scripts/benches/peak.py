"""Runs a command and prints its peak memory in bytes: `python -m scripts.benches.peak COMMAND…`.

A process of its own, and a small one: a child's peak counts from the memory of whoever started
it, and a bench that has computed Argon2id is larger than what it wants to measure.
"""

from __future__ import annotations

import os
import sys

# Linux counts in KiB, macOS in bytes.
_COUNTED_BYTES = 1 if sys.platform == "darwin" else 1024


def main(command: list[str]) -> int:
    """Run the command, silently but for its errors; exit as it does."""
    silenced = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=silenced)
    _, status, usage = os.wait4(child, 0)
    print(usage.ru_maxrss * _COUNTED_BYTES)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

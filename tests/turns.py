"""Has a test that measures run while no other does, where several processes run tests."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def taking_turns(item: pytest.Item) -> Iterator[None]:
    """Run a test that is marked `alone` when no other is running, and no other meanwhile."""
    if not hasattr(item.config, "workerinput"):
        yield
        return
    # The folder of all workers of this run, in which each has one of its own.
    folder = Path(item.config.option.basetemp).parent
    kind = fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH
    with (folder / "next.lock").open("w") as following, (folder / "now.lock").open("w") as running:
        # Held while waiting: else those that may run together would go on past one that may not.
        fcntl.flock(following, fcntl.LOCK_EX)
        fcntl.flock(running, kind)
        fcntl.flock(following, fcntl.LOCK_UN)
        try:
            yield
        finally:
            # Closing it is not enough where a process that a test started has it too.
            fcntl.flock(running, fcntl.LOCK_UN)

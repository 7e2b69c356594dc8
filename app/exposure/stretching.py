"""Argon2id for plain lookups, in a pool that says no at once rather than queue without end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from app.errors import Busy

_T = TypeVar("_T")

RETRY_AFTER_SECONDS = 2


class BoundedPool:
    """Runs a bounded number of computations, and refuses more.

    One computation takes 20 ms and 19 MiB, or what the profile says: without a bound, a flood of
    cheap requests would take all the memory and answer nobody.

    Args:
        workers: threads, as many as there are cores.
        waiting: how many may wait for one.
    """

    def __init__(self, *, workers: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="lookup")
        self._places = threading.BoundedSemaphore(workers + waiting)

    def submit(self, compute: Callable[[], _T]) -> Future[_T]:
        """Run `compute` in a thread of the pool.

        Raises:
            Busy: every place is taken; nothing was computed.
        """
        if not self._places.acquire(blocking=False):
            raise Busy(
                "all capacity for lookups is in use", retry_after_seconds=RETRY_AFTER_SECONDS
            )
        try:
            future = self._pool.submit(compute)
        except BaseException:
            self._places.release()
            raise
        future.add_done_callback(lambda _: self._places.release())
        return future

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._pool.shutdown(cancel_futures=True)

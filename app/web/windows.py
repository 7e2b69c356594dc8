"""Moving windows in this process's memory, for the library `limits`.

The library's own memory storage starts a thread after nearly every hit, which copies all windows;
beside a lookup of 20 ms that cost 0.7 ms of processor time, and with a day's 50,000 entries in one
window more. Here a hit costs the same however much is in a window.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from limits.storage import MovingWindowSupport, Storage

SWEEP_SECONDS = 60.0


@dataclass(slots=True)
class _Window:
    """When each entry came, the oldest first, and how long an entry counts."""

    expiry_seconds: int
    entries: deque[float] = field(default_factory=deque)

    def forget(self, now: float) -> None:
        oldest = now - self.expiry_seconds
        while self.entries and self.entries[0] <= oldest:
            self.entries.popleft()


class WindowStorage(Storage, MovingWindowSupport):
    """Counts what came within each window; what has expired is forgotten.

    Only for the strategy `moving-window`. Windows in which nothing has come for a while are
    dropped, so that memory follows the traffic and not its history.

    Args:
        uri: `process://`, by which `limits` finds this class.
        clock: seconds since the epoch, as the library's strategies reckon.
    """

    STORAGE_SCHEME = ["process"]  # noqa: RUF012 the library's form
    base_exceptions = ()

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,  # noqa: FBT001, FBT002 the library's form
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(uri, wrap_exceptions)
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}
        self._swept_at = clock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Add `amount` entries if the window then holds at most `limit`; tell whether it does."""
        now = self._clock()
        with self._lock:
            self._sweep(now)
            window = self._windows.get(key)
            if window is None:
                window = self._windows[key] = _Window(expiry)
            window.forget(now)
            if len(window.entries) + amount > limit:
                return False
            window.entries.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the oldest entry of a window came (or now), and how many there are."""
        del limit, expiry
        now = self._clock()
        with self._lock:
            window = self._windows.get(key)
            if window is None:
                return now, 0
            window.forget(now)
            return (window.entries[0] if window.entries else now), len(window.entries)

    def names(self) -> list[str]:
        """Return the names of the windows in memory."""
        with self._lock:
            return list(self._windows)

    def clear(self, key: str) -> None:
        """Forget one window."""
        with self._lock:
            self._windows.pop(key, None)

    def reset(self) -> int:
        """Forget all windows; return how many there were."""
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    def check(self) -> bool:
        """Tell that memory can be reached."""
        return True

    def _sweep(self, now: float) -> None:
        if now - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = now
        for key, window in list(self._windows.items()):
            window.forget(now)
            if not window.entries:
                del self._windows[key]

    def incr(self, key: str, expiry: int, amount: int = 1) -> NoReturn:
        """Refuse: there are no counters here."""
        raise NotImplementedError("this storage keeps moving windows, no counters")

    def get(self, key: str) -> NoReturn:
        """Refuse, as above."""
        raise NotImplementedError("this storage keeps moving windows, no counters")

    def get_expiry(self, key: str) -> NoReturn:
        """Refuse, as above."""
        raise NotImplementedError("this storage keeps moving windows, no counters")

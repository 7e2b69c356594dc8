"""Signing in is slowed down: who was refused waits, each time twice as long as before.

Nobody guesses 256 random bits. What this bounds is the noise of those who try, and the work that
it makes; a person who mistypes twice does not notice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from app.errors import LimitExceeded

FREE_FAILURES: Final = 3
_SECONDS_MAXIMUM: Final = 60
_KEPT_SECONDS: Final = 3600
# Of so many blocks, those are forgotten that have been quiet for an hour.
_BLOCKS_MAXIMUM: Final = 10_000


class SignInDelay:
    """Who has to wait, by block of addresses.

    Args:
        clock: seconds that only go up.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Failures one after the other, and when the last one was.
        self._failed: dict[str, tuple[int, float]] = {}

    def check(self, block: str) -> None:
        """Refuse an attempt that comes too soon after a failed one.

        Raises:
            LimitExceeded: with the seconds to wait; the credential was not looked at.
        """
        failures, failed_at = self._failed.get(block, (0, 0.0))
        if failures < FREE_FAILURES:
            return
        wait = min(2 ** (failures - FREE_FAILURES), _SECONDS_MAXIMUM)
        left = failed_at + wait - self._clock()
        if left > 0:
            raise LimitExceeded(
                "too many attempts for now; the credential was not looked at",
                retry_after_seconds=max(1, round(left + 0.5)),
                hint="wait as long as Retry-After says",
            )

    def failed(self, block: str) -> None:
        """Note that a credential was refused."""
        now = self._clock()
        if len(self._failed) >= _BLOCKS_MAXIMUM:
            self._failed = {
                name: each for name, each in self._failed.items() if each[1] > now - _KEPT_SECONDS
            }
        failures, failed_at = self._failed.get(block, (0, now))
        is_new = failed_at <= now - _KEPT_SECONDS
        self._failed[block] = (1 if is_new else failures + 1, now)

    def succeeded(self, block: str) -> None:
        """Forget a block's failures."""
        self._failed.pop(block, None)

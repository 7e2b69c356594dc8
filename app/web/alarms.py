"""What an operator should look at, as warnings in the log: each cause at most once a minute.

A credential that asks for more than its list was said to have is either a list that was declared
too small, or a thief. What it was refused is in the audit trail, each time; this is what an alert
rule can wait for. Neither says whom anybody asked about, or from which address.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from app.clients.ports import Client
from app.errors import QuotaExhausted

QUOTA_EVENT: Final = "a client was refused beyond its quota"
REFUSED_EVENT: Final = "credentials are refused often"
_SECONDS: Final = 60.0
# Of so many causes, those are forgotten that were told of.
_CAUSES_MAXIMUM: Final = 10_000


class Alarm:
    """Warns of one kind of event.

    Args:
        event: its text in the log.
        clock: seconds that only go up.
    """

    def __init__(self, event: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._event = event
        self._clock = clock
        self._told: dict[str, float] = {}
        self._log = structlog.get_logger()

    def sound(self, cause: str, **details: object) -> None:
        """Warn, unless the same cause was warned of in the last minute.

        Args:
            cause: what is the same when it comes again; it is not written.
            details: what is written, of the keys that a log may have.
        """
        now = self._clock()
        if now - self._told.get(cause, -_SECONDS) < _SECONDS:
            return
        if len(self._told) >= _CAUSES_MAXIMUM:
            self._told.clear()
        self._told[cause] = now
        self._log.warning(self._event, **details)


class QuotaAlarm:
    """Warns of clients that are refused beyond their quota."""

    def __init__(self) -> None:
        self._alarm = Alarm(QUOTA_EVENT)

    @contextmanager
    def watching(self, client: Client, scheme: str, dataset: str) -> Iterator[None]:
        """Warn if what is done in the block is refused for a quota."""
        try:
            yield
        except QuotaExhausted:
            details = {"client": client.number, "scheme": scheme, "dataset": dataset}
            self._alarm.sound(f"{client.number}/{scheme}/{dataset}", **details)
            raise

"""While the application runs, what comes to its end is erased.

Beside the rereading of what is published, and not within it: erasing a large dataset takes longer
than what is published may stay unread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from app.lifecycle.ending import today
from app.lifecycle.erasure import Sweeping
from app.logs import describe_exception

_EVERY_DATASET = "all"


class Sweeps:
    """Sweeps again and again; a failure is logged when it begins, and the next sweep tries again.

    Args:
        sweeping: the use case.
        seconds: from the end of a sweep to the next.
    """

    def __init__(self, sweeping: Sweeping, seconds: float) -> None:
        self._sweeping = sweeping
        self._seconds = seconds
        self._log = structlog.get_logger()
        self._told: set[tuple[str, str]] = set()

    async def for_ever(self) -> None:
        """Sweep until the task is cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._seconds)

    async def once(self) -> None:
        """Erase what has come to its end, and log what became of it."""
        outcomes: Mapping[str, Exception | None]
        try:
            outcomes = await asyncio.to_thread(self._sweeping.sweep, today())
        except Exception as exc:  # noqa: BLE001 a fault of ours must not end the sweeping either
            outcomes = {_EVERY_DATASET: exc}
        told = set()
        for dataset, failure in outcomes.items():
            if failure is None:
                self._log.info("a dataset came to its end and was erased", dataset=dataset)
                continue
            told.add(kind := (dataset, type(failure).__name__))
            if kind not in self._told:
                self._log.error(
                    "a dataset that came to its end could not be erased, and answers nobody",
                    dataset=dataset,
                    **describe_exception(failure),
                )
        self._told = told

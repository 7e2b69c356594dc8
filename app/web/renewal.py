"""While the application runs, it rereads what is published, and erases what comes to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
from fastapi import FastAPI

from app.exposure.catalogue import Catalogue
from app.logs import describe_exception
from app.web.services import Services
from app.web.sweeping import Sweeps

_EVERY_INDEX = "all"


def renewing(services: Services) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return the application's lifespan: reread before it answers, and then again and again."""
    seconds = services.settings.renew_seconds
    renewal = _Renewal(services.answering.catalogue, seconds)
    sweeps = Sweeps(services.sweeping, seconds)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await renewal.once()
        tasks = [asyncio.create_task(each.for_ever()) for each in (renewal, sweeps)]
        yield
        for task in tasks:
            task.cancel()
        services.answering.close()
        services.batches.close()

    return lifespan


class _Renewal:
    """Renews what is published; a failure is logged when it begins, and ages what is known."""

    def __init__(self, catalogue: Catalogue, seconds: float) -> None:
        self._catalogue = catalogue
        self._seconds = seconds
        self._log = structlog.get_logger()
        self._told: set[tuple[str, str]] = set()

    async def for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            await self.once()

    async def once(self) -> None:
        failures: Mapping[str, Exception]
        try:
            failures = await asyncio.to_thread(self._catalogue.renew)
        except Exception as exc:  # noqa: BLE001 a fault of ours must not end the rereading either
            failures = {_EVERY_INDEX: exc}
        told = {(index, type(failure).__name__) for index, failure in failures.items()}
        for index, failure in failures.items():
            if (index, type(failure).__name__) not in self._told:
                self._log.error(
                    "what is published cannot be answered",
                    index=index,
                    **describe_exception(failure),
                )
        if self._told and not told:
            self._log.info("all that is published can be answered again")
        self._told = told

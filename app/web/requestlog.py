"""One log line a request, and the last resort for a fault of ours."""

from __future__ import annotations

import asyncio
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import describe_exception
from app.web.problems import internal_problem

_NO_ROUTE = "none"


class RequestLog:
    """Writes method, route, status and duration: the route's pattern, never the path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = 0, time.perf_counter()

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting_status)
        except Exception as error:  # noqa: BLE001 the one place that must let nothing through
            # Were it to travel on, the web server would log its text, which can quote a value.
            self._log.error("fault", **describe_exception(error))
            if not status:
                await internal_problem()(scope, receive, send_noting_status)
        duration_ms = round((time.perf_counter() - started) * 1000, 2)
        # The answer leaves first; the line is written when the loop comes round.
        asyncio.get_running_loop().call_soon(self._write, scope, status, duration_ms)

    def _write(self, scope: Scope, status: int, duration_ms: float) -> None:
        self._log.info(
            "request",
            method=scope["method"],
            route=getattr(scope.get("route"), "path", _NO_ROUTE),
            status=status,
            duration_ms=duration_ms,
        )

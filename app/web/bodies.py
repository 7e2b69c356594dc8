"""Request bodies: bounded in length and in time before anything else looks at them."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.problems import body_too_long, body_too_slow

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


class BodyLimit:
    """Reads a body to its end, and hands it on whole.

    Args:
        app: what comes after.
        bytes_maximum: the longest body.
        seconds_maximum: how long it may take to come.
    """

    def __init__(self, app: ASGIApp, *, bytes_maximum: int, seconds_maximum: float) -> None:
        self._app = app
        self._bytes_maximum = bytes_maximum
        self._seconds_maximum = seconds_maximum

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] in _BODILESS:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds_maximum):
                body = await self._read(scope, receive)
        except TimeoutError:
            await body_too_slow()(scope, receive, send)
            return
        except ClientDisconnect:
            return
        if body is None:
            await body_too_long(self._bytes_maximum)(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """Return the body, or None when it is too long."""
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > self._bytes_maximum:
            return None
        body, is_more = b"", True
        while is_more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > self._bytes_maximum:
                return None
            is_more = message.get("more_body", False)
        return body


def _replay(body: bytes, receive: Receive) -> Receive:
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return whole.pop() if whole else await receive()

    return replay

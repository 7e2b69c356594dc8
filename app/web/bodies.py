"""Request bodies: bounded in length and in time before anything else looks at them.

A client may send a laboratory's largest batch, on a line as slow as anybody's; who it is stands in
the scope before its body is read.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.protocol.parameters import LAB_BATCH_MAXIMUM
from app.web.limits import CLIENT
from app.web.problems import body_too_long, body_too_slow

# An element is 43 characters; between two of them there is room for any JSON writer's taste.
CLIENT_BODY_BYTES = LAB_BATCH_MAXIMUM * 64
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


class BodyLimit:
    """Reads a body to its end, and hands it on whole.

    Args:
        app: what comes after.
        bytes_maximum: the longest body of the public.
        seconds_maximum: how long that may take to come; a longer one of a client's, in proportion.
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
        bytes_maximum = self._bytes_maximum
        if CLIENT in scope:
            bytes_maximum = max(bytes_maximum, CLIENT_BODY_BYTES)
        try:
            async with asyncio.timeout(self._seconds_maximum * bytes_maximum / self._bytes_maximum):
                body = await _read(scope, receive, bytes_maximum)
        except TimeoutError:
            await body_too_slow()(scope, receive, send)
            return
        except ClientDisconnect:
            return
        if body is None:
            await body_too_long(bytes_maximum)(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)


async def _read(scope: Scope, receive: Receive, bytes_maximum: int) -> bytes | None:
    """Return the body, or None when it is too long."""
    announced = Headers(scope=scope).get("content-length", "0")
    if announced.isdecimal() and int(announced) > bytes_maximum:
        return None
    body, is_more = b"", True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > bytes_maximum:
            return None
        is_more = message.get("more_body", False)
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return whole.pop() if whole else await receive()

    return replay

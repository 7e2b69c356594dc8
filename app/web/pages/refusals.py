"""Refusals as pages: whoever refused a visitor's request, the visitor gets a page to read.

A problem document that was on its way to a page's address is replaced here, wherever it came
from: a route, a limit, the bound on bodies, a fault of ours. Its status stays, and how long to
wait. None of these pages is an answer, and none has the words of one.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web import problems
from app.web.pages.languages import FRENCH, Page, language_of
from app.web.pages.rendering import Renderer, alternates_of

_MISSING: Final = frozenset({404, 405})
_KEPT: Final = frozenset({b"retry-after", b"ratelimit", b"ratelimit-policy", b"allow"})


class PageRefusals:
    """Replaces problem documents on their way to a page's address.

    Args:
        app: what comes after.
        renderer: makes the pages.
    """

    def __init__(self, app: ASGIApp, *, renderer: Renderer) -> None:
        self._app = app
        self._renderer = renderer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not _is_page(scope["path"]):
            await self._app(scope, receive, send)
            return
        is_replaced = False

        async def send_page(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                is_replaced = headers.get("content-type") == problems.MEDIA_TYPE
                if is_replaced:
                    await self._send_refusal(scope, receive, send, message)
            if not is_replaced:
                await send(message)

        await self._app(scope, receive, send_page)

    async def _send_refusal(
        self, scope: Scope, receive: Receive, send: Send, start: Message
    ) -> None:
        language, status = language_of(scope["path"]) or FRENCH, start["status"]
        wait = Headers(raw=start["headers"]).get("retry-after", "")
        response = self._renderer.response(
            language,
            "missing.html" if status in _MISSING else "unknown.html",
            alternates_of(Page.QUESTION),
            status=status,
            wait_seconds=int(wait) if wait.isdecimal() else 0,
        )
        response.raw_headers.extend(pair for pair in start["headers"] if pair[0] in _KEPT)
        await response(scope, receive, send)


def _is_page(path: str) -> bool:
    return path == "/" or language_of(path) is not None

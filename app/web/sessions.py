"""Sessions over HTTP: one cookie, for the laboratory's page alone, and what is refused beside it.

The cookie goes to this site only, with requests that its own pages make, and no script can read
it. Somebody else's page that has a browser send a request is refused twice: by `SameSite`, and by
what browsers say of where a request comes from.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.clients.sessions import Sessions
from app.errors import ConcerneError, CrossSiteRequest
from app.web.limits import CLIENT, Guard
from app.web.problems import problem_of

SESSION_PATH: Final = "/v1/session"
# A browser takes a cookie of such a name only over TLS, for this very host and all its paths.
SECURE_COOKIE: Final = "__Host-concerne-session"
COOKIE: Final = "concerne-session"
_API: Final = "/v1/"
_CLIENT_SCOPE: Final = "client"
_SAME_ORIGIN: Final = "same-origin"


class SessionAuthentication:
    """Looks for a session, and at it; who shows a credential needs none.

    Args:
        app: what comes after.
        sessions: that have begun.
        limit_client: how many requests a client may make, or `unlimited`.
        contact: whom a client calls about its rights, or empty.
    """

    def __init__(
        self, app: ASGIApp, *, sessions: Sessions, limit_client: str, contact: str
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._contact = contact
        self._requests = Guard(limit_client, _CLIENT_SCOPE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        token = "" if CLIENT in scope or not _is_asked(scope) else token_of(scope)
        if not token:
            await self._app(scope, receive, send)
            return
        try:
            check_same_origin(scope)
            client = await run_in_threadpool(self._sessions.client, token)
        except ConcerneError as error:
            await problem_of(error, contact=self._contact)(scope, receive, send)
            return
        scope[CLIENT] = client
        refusal = self._requests.take(str(client.number))
        await (refusal or self._app)(scope, receive, send)


def token_of(scope: Scope) -> str:
    """Return what a request's cookie holds, or nothing."""
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return ""
    found = cookies.get(_name(scope))
    return "" if found is None else found.value


def check_same_origin(scope: Scope) -> None:
    """Refuse what another site has a browser send (Fetch Metadata, else RFC 6454).

    Who says neither is no browser, and has no cookie that it did not choose to send.

    Raises:
        CrossSiteRequest: it comes from elsewhere.
    """
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_ours = site == _SAME_ORIGIN
    if site is None:
        is_ours = origin is None or urlsplit(origin).netloc == headers.get("host")
    if not is_ours:
        raise CrossSiteRequest(
            "this is answered to this site's own pages only", hint="open the page of this site"
        )


def keep_session(scope: Scope, response: Response, token: str) -> None:
    """Give a browser the cookie of a session; it ends with the browser if not before."""
    response.set_cookie(
        _name(scope), token, path="/", secure=_is_secure(scope), httponly=True, samesite="strict"
    )


def drop_session(scope: Scope, response: Response) -> None:
    """Have a browser forget the cookie."""
    response.delete_cookie(
        _name(scope), path="/", secure=_is_secure(scope), httponly=True, samesite="strict"
    )


def _is_asked(scope: Scope) -> bool:
    """Tell whether a request could be a client's: not that by which a session begins or ends."""
    path: str = scope.get("path", "")
    is_shown = scope["type"] == "http" and path.startswith(_API) and path != SESSION_PATH
    return is_shown and "authorization" not in Headers(scope=scope)


def _name(scope: Scope) -> str:
    return SECURE_COOKIE if _is_secure(scope) else COOKIE


def _is_secure(scope: Scope) -> bool:
    return bool(scope["scheme"] == "https")

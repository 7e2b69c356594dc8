"""Signing in and out on the laboratory's page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.errors import CredentialRefused
from app.web.alarms import REFUSED_EVENT, Alarm
from app.web.decoding import body_of
from app.web.limits import BLOCK, Guard
from app.web.questions import SignInBody
from app.web.services import Services
from app.web.sessions import SESSION_PATH, check_same_origin, drop_session, keep_session, token_of
from app.web.signin import SignInDelay

_NO_CONTENT = 204
_SCOPE = "sign-in"


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the routes of sessions; they are for the page, and no part of the API's description."""
    sessions, delay = services.sessions, SignInDelay()
    refused, alarm = Guard(services.settings.limit_refused, _SCOPE), Alarm(REFUSED_EVENT)

    @routes.post(SESSION_PATH, include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        """Begin a session with a credential."""
        check_same_origin(request.scope)
        block: str = request.scope[BLOCK]
        delay.check(block)
        body = await body_of(SignInBody, request)
        if (refusal := refused.check(block)) is not None:
            alarm.sound(block)
            return refusal
        try:
            token = await run_in_threadpool(sessions.begin, body.credential.encode())
        except CredentialRefused:
            delay.failed(block)
            refused.take(block)
            raise
        delay.succeeded(block)
        # Whoever signs in again leaves no session behind that nobody has the cookie of.
        await run_in_threadpool(sessions.end, token_of(request.scope))
        response = Response(status_code=_NO_CONTENT)
        keep_session(request.scope, response, token)
        return response

    @routes.delete(SESSION_PATH, include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        """End the session, whether or not there is one."""
        check_same_origin(request.scope)
        await run_in_threadpool(sessions.end, token_of(request.scope))
        response = Response(status_code=_NO_CONTENT)
        drop_session(request.scope, response)
        return response

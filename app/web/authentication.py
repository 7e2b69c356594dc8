"""Who shows a credential is known before anything of the request is read, or is refused.

The public shows none, and nothing here happens to it: no database is touched. A client is not
counted by its address but by its credential; its quota does the rest. Every question about a
credential goes to the database, so that a revocation holds from the next request on.
"""

from __future__ import annotations

from collections import Counter

from fastapi import Request, Response
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.clients.ports import Client
from app.clients.registry import Registry, credential_refused
from app.errors import ConcerneError, CredentialRefused
from app.exposure.addresses import BlockDigests
from app.web.alarms import REFUSED_EVENT, Alarm
from app.web.limits import CLIENT, Guard, block_of
from app.web.problems import problem_of

# For the API's description alone: `Authentication` has looked at it before a route is found.
CREDENTIAL_SCHEME = HTTPBearer(
    scheme_name="credential", bearerFormat="concerne_…", auto_error=False
)
_API = "/v1/"
_SCHEME = "bearer"
_REFUSED_SCOPE = "refused"
_CLIENT_SCOPE = "client"


class Authentication:
    """Looks for a credential, and at it.

    Args:
        app: what comes after.
        registry: who has one.
        digests: what a block of addresses is called today.
        limit_refused: how many may be refused per block, or `unlimited`.
        limit_client: how many requests a client may make, or `unlimited`.
        contact: whom a client calls about its rights, or empty.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        registry: Registry,
        digests: BlockDigests,
        limit_refused: str,
        limit_client: str,
        contact: str,
    ) -> None:
        self._app = app
        self._registry = registry
        self._contact = contact
        self._digests = digests
        self._refused = Guard(limit_refused, _REFUSED_SCOPE)
        self._requests = Guard(limit_client, _CLIENT_SCOPE)
        self._looking: Counter[str] = Counter()
        self._alarm = Alarm(REFUSED_EVENT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        presented = _presented(scope)
        if presented is None:
            await self._app(scope, receive, send)
            return
        block = block_of(scope, self._digests)
        # Those that are being looked at count as refused, or a flood would come through at once.
        refusal = self._refused.check(block, pending=self._looking[block])
        if refusal is None:
            refusal = await self._look(scope, block, presented)
        else:
            self._alarm.sound(block)
        await (refusal or self._app)(scope, receive, send)

    async def _look(self, scope: Scope, block: str, presented: bytes) -> Response | None:
        """Put into the scope who it is, or return the refusal."""
        self._looking[block] += 1
        try:
            client = await run_in_threadpool(self._registry.authenticate, presented)
        except ConcerneError as error:
            if isinstance(error, CredentialRefused):
                self._refused.take(block)
            return problem_of(error, contact=self._contact)
        finally:
            self._looking[block] -= 1
            if not self._looking[block]:
                del self._looking[block]
        scope[CLIENT] = client
        return self._requests.take(str(client.number))


def client_of(request: Request) -> Client | None:
    """Return who asks, or None for the public."""
    client: Client | None = request.scope.get(CLIENT)
    return client


def required_client_of(request: Request) -> Client:
    """Return who asks.

    Raises:
        CredentialRefused: the public does.
    """
    client = client_of(request)
    if client is None:
        raise credential_refused()
    return client


def _presented(scope: Scope) -> bytes | None:
    """Return what is shown as a credential (RFC 6750 §2.1), if anything is."""
    if scope["type"] != "http" or not scope["path"].startswith(_API):
        return None
    scheme, _, presented = Headers(scope=scope).get("authorization", "").partition(" ")
    return presented.strip().encode("latin-1") if scheme.lower() == _SCHEME else None

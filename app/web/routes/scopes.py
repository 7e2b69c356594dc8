"""How large a leak is and what shape it has: the signed report, and the keys it is checked by."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, Security
from starlette.concurrency import run_in_threadpool

from app.settings import ScopeAccess
from app.web.authentication import CREDENTIAL_SCHEME, required_client_of
from app.web.decoding import described, parameters_of
from app.web.replies import KeysResponse, keys_reply
from app.web.schemas import SIGNED_REPLY, DatasetPath, KeysReply, problems
from app.web.services import Services

_SCOPE_PATH = "/v1/datasets/{dataset}/scope"
_MEDIA_TYPE = "application/jose"


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the routes of scope reports."""
    reporting = services.reporting
    is_public = services.settings.scope_access is ScopeAccess.PUBLIC

    @routes.get(
        _SCOPE_PATH,
        tags=["scope"],
        response_class=Response,
        responses={200: SIGNED_REPLY, **problems(401, 403, 404, 422, 429, 503)},
        openapi_extra=described(_SCOPE_PATH, DatasetPath),
        dependencies=[] if is_public else [Security(CREDENTIAL_SCHEME)],
    )
    async def scope(request: Request) -> Response:
        """Counts of people that nobody can be picked out of, as a JWS (Ed25519) over JSON.

        `concerne scope verify` checks it, and any JOSE library does.
        """
        if not is_public:
            required_client_of(request).check_scope()
        asked = parameters_of(DatasetPath, request)
        signed = await run_in_threadpool(reporting.signed, asked.dataset)
        return Response(signed, media_type=_MEDIA_TYPE)

    @routes.get(
        "/.well-known/jwks.json",
        tags=["scope"],
        response_class=KeysResponse,
        response_model=KeysReply,
        responses=problems(429, 503),
    )
    async def keys(request: Request) -> Response:
        """The public keys by which reports, manifests and certificates are checked (RFC 7517)."""
        return keys_reply([await run_in_threadpool(reporting.public_jwk)])

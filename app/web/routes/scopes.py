"""How large a leak is and what shape it has: the signed report, and the keys it is checked by."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, Security
from starlette.concurrency import run_in_threadpool

from app.scope.showing.files import report_file
from app.settings import ScopeAccess
from app.web.authentication import CREDENTIAL_SCHEME, required_client_of
from app.web.decoding import described, parameters_of
from app.web.questions import DatasetPath, ReportFilePath
from app.web.replies import KeysResponse, keys_reply
from app.web.schemas import FILE_REPLY, SIGNED_REPLY, KeysReply, problems
from app.web.services import Services

_SCOPE_PATH = "/v1/datasets/{dataset}/scope"
_FILE_PATH = "/v1/datasets/{dataset}/scope/{file}"
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
        # What has come to its end, and is not erased yet, answers nobody.
        services.answering.catalogue.dataset(asked.dataset)
        signed = await run_in_threadpool(reporting.signed, asked.dataset)
        return Response(signed, media_type=_MEDIA_TYPE)

    @routes.get(
        _FILE_PATH,
        tags=["scope"],
        response_class=Response,
        responses={200: FILE_REPLY, **problems(401, 403, 404, 422, 429, 503)},
        openapi_extra=described(_FILE_PATH, ReportFilePath),
        dependencies=[] if is_public else [Security(CREDENTIAL_SCHEME)],
    )
    async def scope_file(request: Request) -> Response:
        """One file of the report: a table as CSV, or all of it as a page or a PDF.

        Named as `concerne scope export` names them: `source-1-laboratory.csv`, `scope.en.pdf`.
        """
        if not is_public:
            required_client_of(request).check_scope()
        asked = parameters_of(ReportFilePath, request)
        services.answering.catalogue.dataset(asked.dataset)
        report = await run_in_threadpool(reporting.report, asked.dataset)
        file = await run_in_threadpool(report_file, report, asked.file)
        disposition = f'attachment; filename="{report.dataset}-{file.name}"'
        headers = {"Content-Disposition": disposition}
        return Response(file.content, headers=headers, media_type=file.media_type)

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

"""The private way, second half: one range of fingerprints, in which the client looks itself."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.web.limits import limited_route
from app.web.schemas import problems
from app.web.services import Services

_MEDIA_TYPE = "application/octet-stream"
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def router(services: Services) -> APIRouter:
    """Return the route of single ranges."""
    limits, answering = services.limits, services.answering
    routes = APIRouter(prefix="/v1", tags=["private lookups"], route_class=limited_route(limits))

    @routes.get(
        "/datasets/{dataset}/schemes/{scheme}/ranges/{prefix}",
        response_class=Response,
        responses={
            200: {"description": "8 bytes an entry, ascending", "content": {_MEDIA_TYPE: _BINARY}},
            304: {"description": "The caller has it"},
            **problems(403, 404, 410, 422, 429, 503),
        },
    )
    @limits.per_block(services.settings.limit_ranges)
    async def read_range(
        request: Request, dataset: str, scheme: str, prefix: int, epoch: int
    ) -> Response:
        """Give the range of a prefix in the current epoch."""
        index = answering.public_index(dataset, scheme)
        answering.check_range(index, prefix, epoch)
        headers = {"ETag": f'"{dataset}/{scheme}/{epoch}/{prefix}"', "X-Epoch": str(epoch)}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if index.is_resident:
            packed = index.read_range(prefix)
        else:
            packed = await run_in_threadpool(index.read_range, prefix)
        return Response(packed, headers=headers, media_type=_MEDIA_TYPE)

    return routes

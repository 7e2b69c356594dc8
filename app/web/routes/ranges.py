"""The private way, second half: one range of fingerprints, in which the client looks itself."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.web.decoding import described, parameters_of
from app.web.schemas import RangeQuestion, problems
from app.web.services import Services

_MEDIA_TYPE = "application/octet-stream"
_BINARY = {"schema": {"type": "string", "format": "binary"}}


_PATH = "/v1/datasets/{dataset}/schemes/{scheme}/ranges/{prefix}"


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of single ranges."""
    limits, answering = services.limits, services.answering

    @routes.get(
        _PATH,
        tags=["private lookups"],
        response_class=Response,
        responses={
            200: {"description": "8 bytes an entry, ascending", "content": {_MEDIA_TYPE: _BINARY}},
            304: {"description": "The caller has it"},
            **problems(403, 404, 410, 422, 429, 503),
        },
        openapi_extra=described(_PATH, RangeQuestion),
    )
    @limits.per_block(services.settings.limit_ranges)
    async def read_range(request: Request) -> Response:
        """Give the range of a prefix in the current epoch."""
        asked = parameters_of(RangeQuestion, request)
        index = answering.public_index(asked.dataset, asked.scheme)
        answering.check_range(index, asked.prefix, asked.epoch)
        # With the revision: who was taken out within the epoch must not be found in a cache.
        tag = f'"{asked.dataset}/{asked.scheme}/{asked.epoch}/{asked.prefix}/{index.revision:x}"'
        headers = {"ETag": tag, "X-Epoch": str(asked.epoch)}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        if index.is_resident:
            packed = index.read_range(asked.prefix)
        else:
            packed = await run_in_threadpool(index.read_range, asked.prefix)
        return Response(packed, headers=headers, media_type=_MEDIA_TYPE)

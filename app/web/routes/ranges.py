"""The private way, second half: one range of fingerprints, in which the client looks itself."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.exposure.catalogue import Index
from app.web.authentication import client_of
from app.web.decoding import described, parameters_of
from app.web.questions import RangeQuestion
from app.web.schemas import BINARY_MEDIA_TYPE, BINARY_REPLY, problems
from app.web.services import Services

_PATH = "/v1/datasets/{dataset}/schemes/{scheme}/ranges/{prefix}"


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of single ranges."""
    limits, answering = services.limits, services.answering

    @limits.per_block(services.settings.limit_ranges)
    async def read_range(request: Request) -> Response:
        asked = parameters_of(RangeQuestion, request)
        return await reply(answering.public_index(asked.dataset, asked.scheme), asked, request)

    async def reply(index: Index, asked: RangeQuestion, request: Request) -> Response:
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
        return Response(packed, headers=headers, media_type=BINARY_MEDIA_TYPE)

    @routes.get(
        _PATH,
        tags=["private lookups"],
        response_class=Response,
        responses={
            200: BINARY_REPLY,
            304: {"description": "The caller has it"},
            **problems(401, 403, 404, 410, 422, 429, 503),
        },
        openapi_extra=described(_PATH, RangeQuestion),
    )
    async def count_and_read_range(request: Request) -> Response:
        """Give the range of a prefix in the current epoch."""
        client = client_of(request)
        response: Response
        if client is None:
            response = await read_range(request)
        else:
            asked = parameters_of(RangeQuestion, request)
            index = answering.granted_index(asked.dataset, asked.scheme, client.grants)
            response = await reply(index, asked, request)
        return response

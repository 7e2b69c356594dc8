"""The plain way: the server sees the identifier, uses it and forgets it."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from app.protocol.messages import lookup_to_json
from app.web.decoding import body_of, described, parameters_of
from app.web.replies import lookup_reply
from app.web.schemas import DatasetPath, LookupBody, LookupReply, problems
from app.web.services import Services

_PATH = "/v1/datasets/{dataset}/lookups"


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of plain lookups."""
    limits, answering = services.limits, services.answering

    @routes.post(
        _PATH,
        tags=["lookups"],
        response_model=LookupReply,
        responses=problems(403, 404, 408, 413, 422, 429, 503),
        openapi_extra=described(_PATH, DatasetPath, LookupBody),
    )
    @limits.per_dataset()
    @limits.per_block(services.settings.limit_lookups)
    async def lookup(request: Request) -> Response:
        """Look up one identifier in clear."""
        asked = parameters_of(DatasetPath, request)
        body = await body_of(LookupBody, request)
        index = answering.public_index(asked.dataset, body.scheme)
        found = await asyncio.wrap_future(answering.lookup(index, body.fields()))
        return lookup_reply(lookup_to_json(found.dataset, found.scheme, found.epoch, found.answer))

"""The plain way: the server sees the identifier, uses it and forgets it."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from app.protocol.messages import lookup_to_json
from app.web.limits import limited_route
from app.web.replies import lookup_reply
from app.web.schemas import LookupBody, LookupReply, problems
from app.web.services import Services


def router(services: Services) -> APIRouter:
    """Return the route of plain lookups."""
    limits, answering = services.limits, services.answering
    routes = APIRouter(prefix="/v1", tags=["lookups"], route_class=limited_route(limits))

    @routes.post(
        "/datasets/{dataset}/lookups",
        response_model=LookupReply,
        responses=problems(403, 404, 408, 413, 422, 429, 503),
    )
    @limits.per_dataset()
    @limits.per_block(services.settings.limit_lookups)
    async def lookup(request: Request, dataset: str, body: LookupBody) -> Response:
        """Look up one identifier in clear."""
        index = answering.public_index(dataset, body.scheme)
        found = await asyncio.wrap_future(answering.lookup(index, body.fields()))
        return lookup_reply(lookup_to_json(found.dataset, found.scheme, found.epoch, found.answer))

    return routes

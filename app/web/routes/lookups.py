"""The plain way: the server sees the identifier, uses it and forgets it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.protocol.messages import lookup_to_json
from app.web.decoding import body_of, described_body
from app.web.replies import lookup_reply
from app.web.schemas import LookupBody, LookupReply, problems
from app.web.services import Services


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of plain lookups."""
    limits, answering = services.limits, services.answering

    @routes.post(
        "/v1/datasets/{dataset}/lookups",
        tags=["lookups"],
        response_model=LookupReply,
        responses=problems(403, 404, 408, 413, 422, 429, 503),
        openapi_extra=described_body(LookupBody),
    )
    @limits.per_dataset()
    @limits.per_block(services.settings.limit_lookups)
    async def lookup(
        request: Request, dataset: str, body: Annotated[LookupBody, Depends(body_of(LookupBody))]
    ) -> Response:
        """Look up one identifier in clear."""
        index = answering.public_index(dataset, body.scheme)
        found = await asyncio.wrap_future(answering.lookup(index, body.fields()))
        return lookup_reply(lookup_to_json(found.dataset, found.scheme, found.epoch, found.answer))

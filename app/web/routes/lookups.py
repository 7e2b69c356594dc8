"""The plain way: the server sees the identifier, uses it and forgets it."""

from __future__ import annotations

import asyncio
from functools import partial

from fastapi import APIRouter, Request, Response

from app.clients.ports import Client
from app.exposure.answering import LookupAnswer
from app.protocol.messages import lookup_to_json
from app.web.alarms import QuotaAlarm
from app.web.authentication import client_of
from app.web.decoding import body_of, described, parameters_of
from app.web.questions import DatasetPath, LookupBody
from app.web.replies import lookup_reply
from app.web.schemas import LookupReply, problems
from app.web.services import Services

_PATH = "/v1/datasets/{dataset}/lookups"


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of plain lookups."""
    limits, answering = services.limits, services.answering
    alarm = QuotaAlarm()

    @limits.per_dataset()
    @limits.per_block(services.settings.limit_lookups)
    async def lookup(request: Request) -> Response:
        asked = parameters_of(DatasetPath, request)
        body = await body_of(LookupBody, request)
        index = answering.public_index(asked.dataset, body.scheme)
        return _reply(await asyncio.wrap_future(answering.lookup(index, body.fields())))

    async def lookup_for(client: Client, request: Request) -> Response:
        asked = parameters_of(DatasetPath, request)
        body = await body_of(LookupBody, request)
        index = answering.granted_index(asked.dataset, body.scheme, client.grants)
        spend = partial(services.spending.spend_one, client, body.scheme, asked.dataset)
        with alarm.watching(client, body.scheme, asked.dataset):
            found = await asyncio.wrap_future(answering.lookup(index, body.fields(), admit=spend))
        return _reply(found)

    @routes.post(
        _PATH,
        tags=["lookups"],
        response_model=LookupReply,
        responses=problems(401, 403, 404, 408, 413, 422, 429, 503),
        openapi_extra=described(_PATH, DatasetPath, LookupBody),
    )
    async def count_and_look_up(request: Request) -> Response:
        """Look up one identifier in clear.

        Of a client it takes one of its quota, the same identifier again another one.
        """
        client = client_of(request)
        response: Response
        if client is None:
            response = await lookup(request)
        else:
            response = await lookup_for(client, request)
        return response


def _reply(found: LookupAnswer) -> Response:
    return lookup_reply(lookup_to_json(found.dataset, found.scheme, found.epoch, found.answer))

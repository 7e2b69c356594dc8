"""The private way, first half: blinded elements in, evaluated elements and a proof out."""

from __future__ import annotations

import asyncio
from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.clients.ports import Client
from app.protocol.messages import evaluation_to_json
from app.protocol.parameters import LAB_BATCH_MAXIMUM
from app.web.alarms import QuotaAlarm
from app.web.authentication import client_of
from app.web.decoding import body_of, described, parameters_of
from app.web.questions import EvaluationBody, SchemePath
from app.web.replies import json_reply
from app.web.schemas import EvaluationReply, problems
from app.web.services import Services

_PATH = "/v1/datasets/{dataset}/schemes/{scheme}/evaluations"


def _elements(request: Request) -> int:
    """Limits count elements, not requests."""
    body: EvaluationBody = request.state.body
    return len(body.blinded)


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of evaluations."""
    limits, answering = services.limits, services.answering
    alarm = QuotaAlarm()

    @limits.per_dataset(cost=_elements)
    @limits.per_block(services.settings.limit_evaluations, cost=_elements)
    async def evaluate(request: Request) -> Response:
        asked = parameters_of(SchemePath, request)
        body: EvaluationBody = request.state.body
        index = answering.public_index(asked.dataset, asked.scheme)
        if len(body.blinded) == 1:
            # A quarter of a millisecond, less than handing it to a thread takes.
            answer = answering.evaluate(index, body.blinded)
        else:
            answer = await run_in_threadpool(answering.evaluate, index, body.blinded)
        return json_reply(evaluation_to_json(answer))

    async def evaluate_for(client: Client, request: Request) -> Response:
        asked = parameters_of(SchemePath, request)
        body: EvaluationBody = request.state.body
        index = answering.granted_index(asked.dataset, asked.scheme, client.grants)
        spend = partial(services.spending.spend, client, asked.scheme, asked.dataset)
        compute = partial(
            answering.evaluate, index, body.blinded, maximum=LAB_BATCH_MAXIMUM, admit=spend
        )
        with alarm.watching(client, asked.scheme, asked.dataset):
            answer = await asyncio.wrap_future(services.batches.submit(compute))
        return json_reply(evaluation_to_json(answer))

    @routes.post(
        _PATH,
        tags=["private lookups"],
        response_model=EvaluationReply,
        responses=problems(401, 403, 404, 408, 413, 422, 429, 503),
        openapi_extra=described(_PATH, SchemePath, EvaluationBody),
    )
    async def count_and_evaluate(request: Request) -> Response:
        """Evaluate a batch of blinded elements with the key of the current epoch.

        The public may send 8 elements at most; a client 4,096, of which those that it never sent
        before count against its quota.
        """
        request.state.body = await body_of(EvaluationBody, request)
        client = client_of(request)
        response: Response
        if client is None:
            response = await evaluate(request)
        else:
            response = await evaluate_for(client, request)
        return response

"""The private way, first half: blinded elements in, evaluated elements and a proof out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.protocol.messages import evaluation_to_json
from app.web.decoding import body_of, described, parameters_of
from app.web.replies import json_reply
from app.web.schemas import EvaluationBody, EvaluationReply, SchemePath, problems
from app.web.services import Services

_PATH = "/v1/datasets/{dataset}/schemes/{scheme}/evaluations"


def _elements(request: Request) -> int:
    """Limits count elements, not requests."""
    body: EvaluationBody = request.state.body
    return len(body.blinded)


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of evaluations."""
    limits, answering = services.limits, services.answering

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

    @routes.post(
        _PATH,
        tags=["private lookups"],
        response_model=EvaluationReply,
        responses=problems(403, 404, 408, 413, 422, 429, 503),
        openapi_extra=described(_PATH, SchemePath, EvaluationBody),
    )
    async def count_and_evaluate(request: Request) -> Response:
        """Evaluate a batch of blinded elements with the key of the current epoch."""
        request.state.body = await body_of(EvaluationBody, request)
        response: Response = await evaluate(request)
        return response

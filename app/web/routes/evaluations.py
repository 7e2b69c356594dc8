"""The private way, first half: blinded elements in, evaluated elements and a proof out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from app.protocol.messages import evaluation_to_json
from app.web.decoding import body_of, described_body
from app.web.replies import json_reply
from app.web.schemas import EvaluationBody, EvaluationReply, problems
from app.web.services import Services

_read_body = body_of(EvaluationBody)


async def _count_elements(request: Request) -> EvaluationBody:
    """Read the body; limits count its elements, not requests."""
    body = await _read_body(request)
    request.state.elements = len(body.blinded)
    return body


def _elements(request: Request) -> int:
    elements: int = request.state.elements
    return elements


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of evaluations."""
    limits, answering = services.limits, services.answering

    @routes.post(
        "/v1/datasets/{dataset}/schemes/{scheme}/evaluations",
        tags=["private lookups"],
        response_model=EvaluationReply,
        responses=problems(403, 404, 408, 413, 422, 429, 503),
        openapi_extra=described_body(EvaluationBody),
    )
    @limits.per_dataset(cost=_elements)
    @limits.per_block(services.settings.limit_evaluations, cost=_elements)
    async def evaluate(
        request: Request,
        dataset: str,
        scheme: str,
        body: Annotated[EvaluationBody, Depends(_count_elements)],
    ) -> Response:
        """Evaluate a batch of blinded elements with the key of the current epoch."""
        index = answering.public_index(dataset, scheme)
        if len(body.blinded) == 1:
            # A quarter of a millisecond, less than handing it to a thread takes.
            answer = answering.evaluate(index, body.blinded)
        else:
            answer = await run_in_threadpool(answering.evaluate, index, body.blinded)
        return json_reply(evaluation_to_json(answer))

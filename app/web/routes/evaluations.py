"""The private way, first half: blinded elements in, evaluated elements and a proof out."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from app.protocol.messages import evaluation_to_json
from app.web.limits import limited_route
from app.web.replies import json_reply
from app.web.schemas import EvaluationBody, EvaluationReply, problems
from app.web.services import Services


async def _count_elements(request: Request, body: EvaluationBody) -> None:
    """Limits count elements, not requests."""
    request.state.elements = len(body.blinded)


def _elements(request: Request) -> int:
    elements: int = request.state.elements
    return elements


def router(services: Services) -> APIRouter:
    """Return the route of evaluations."""
    limits, answering = services.limits, services.answering
    routes = APIRouter(prefix="/v1", tags=["private lookups"], route_class=limited_route(limits))

    @routes.post(
        "/datasets/{dataset}/schemes/{scheme}/evaluations",
        response_model=EvaluationReply,
        responses=problems(403, 404, 408, 413, 422, 429, 503),
        dependencies=[Depends(_count_elements)],
    )
    @limits.per_dataset(cost=_elements)
    @limits.per_block(services.settings.limit_evaluations, cost=_elements)
    async def evaluate(
        request: Request, dataset: str, scheme: str, body: EvaluationBody
    ) -> Response:
        """Evaluate a batch of blinded elements with the key of the current epoch."""
        index = answering.public_index(dataset, scheme)
        answer = await run_in_threadpool(answering.evaluate, index, body.blinded)
        return json_reply(evaluation_to_json(answer))

    return routes

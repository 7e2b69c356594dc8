"""What is published, and with which parameters."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.protocol.messages import dataset_to_json, deployment_to_json, summary_to_json
from app.web.decoding import described, parameters_of
from app.web.questions import DatasetPath
from app.web.replies import json_reply
from app.web.schemas import DatasetReply, DatasetsReply, ParametersReply, problems
from app.web.services import Services

_ONE_PATH = "/v1/datasets/{dataset}"


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the routes that tell what is published."""
    catalogue = services.answering.catalogue

    @routes.get(
        "/v1/parameters",
        tags=["datasets"],
        response_model=ParametersReply,
        responses=problems(429, 503),
    )
    async def parameters(request: Request) -> Response:
        """What all datasets of this deployment share."""
        return json_reply(deployment_to_json(catalogue.deployment))

    @routes.get(
        "/v1/datasets",
        tags=["datasets"],
        response_model=DatasetsReply,
        responses=problems(429, 503),
    )
    async def datasets(request: Request) -> Response:
        """The published datasets."""
        return json_reply({"datasets": [summary_to_json(d) for d in catalogue.datasets]})

    @routes.get(
        _ONE_PATH,
        tags=["datasets"],
        response_model=DatasetReply,
        responses=problems(404, 422, 429, 503),
        openapi_extra=described(_ONE_PATH, DatasetPath),
    )
    async def one_dataset(request: Request) -> Response:
        """One dataset, with everything a client needs to ask it."""
        asked = parameters_of(DatasetPath, request)
        return json_reply(dataset_to_json(catalogue.dataset(asked.dataset)))

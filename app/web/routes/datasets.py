"""What is published, and with which parameters."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.protocol.messages import dataset_to_json, deployment_to_json, summary_to_json
from app.web.replies import json_reply
from app.web.schemas import DatasetReply, DatasetsReply, ParametersReply, problems
from app.web.services import Services


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the routes that tell what is published."""
    catalogue = services.answering.catalogue

    @routes.get(
        "/v1/parameters",
        tags=["datasets"],
        response_model=ParametersReply,
        responses=problems(429, 503),
    )
    async def parameters() -> Response:
        """What all datasets of this deployment share."""
        return json_reply(deployment_to_json(catalogue.deployment))

    @routes.get(
        "/v1/datasets",
        tags=["datasets"],
        response_model=DatasetsReply,
        responses=problems(429, 503),
    )
    async def datasets() -> Response:
        """The published datasets."""
        return json_reply({"datasets": [summary_to_json(d) for d in catalogue.datasets]})

    @routes.get(
        "/v1/datasets/{dataset}",
        tags=["datasets"],
        response_model=DatasetReply,
        responses=problems(404, 429, 503),
    )
    async def one_dataset(dataset: str) -> Response:
        """One dataset, with everything a client needs to ask it."""
        return json_reply(dataset_to_json(catalogue.dataset(dataset)))

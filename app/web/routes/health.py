"""For whoever watches over the process."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.web.replies import json_reply
from app.web.schemas import HealthReply, problems
from app.web.services import Services


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the routes for liveness and readiness."""

    @routes.get("/healthz", tags=["health"], response_model=HealthReply)
    async def healthz(request: Request) -> Response:
        """The process answers."""
        return json_reply({"status": "ok"})

    @routes.get("/readyz", tags=["health"], response_model=HealthReply, responses=problems(503))
    async def readyz(request: Request) -> Response:
        """What is published is known, and something of it can be answered."""
        services.answering.catalogue.check_ready()
        return json_reply({"status": "ok"})

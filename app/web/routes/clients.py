"""What a client can know of itself: who it is, what it was granted, and how much is left."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, Security

from app.clients.ports import Client
from app.protocol.messages import Json
from app.web.authentication import CREDENTIAL_SCHEME, required_client_of
from app.web.replies import json_reply
from app.web.schemas import ClientReply, problems
from app.web.services import Services


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of the client itself."""

    @routes.get(
        "/v1/client",
        tags=["clients"],
        response_model=ClientReply,
        responses=problems(401, 429, 503),
        dependencies=[Security(CREDENTIAL_SCHEME)],
    )
    async def client(request: Request) -> Response:
        """Whose credential this is, and what it may ask."""
        return json_reply(_described(required_client_of(request)))


def _described(client: Client) -> Json:
    return {
        "person": client.person,
        "organisation": client.organisation,
        "role": client.role.value,
        "expires_on": client.expires_on.isoformat(),
        "schemes": {
            scheme: {"quota": grant.quota.elements, "spent": grant.spent}
            for scheme, grant in client.grants.items()
        },
    }

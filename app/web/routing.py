"""Routes whose endpoints take the request and return the response, and nothing in between.

The framework finds the route, describes it and turns exceptions into documents. Its handling of
parameters and bodies is left out: it took most of the time of a request that only copies memory,
and its refusals quote what they refuse. `decoding` does that part.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.web.limits import Limits


def direct_route(limits: Limits) -> type[APIRoute]:
    """Return a route class that calls its endpoint directly, and tells what is left of limits."""

    class DirectRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            endpoint = self.endpoint

            async def handle(request: Request) -> Response:
                response: Response = await endpoint(request)
                limits.add_headers(request, response)
                return response

            return handle

    return DirectRoute

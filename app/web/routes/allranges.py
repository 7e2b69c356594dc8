"""Every range of an index at once, for laboratories: a list asks for nearly all of them anyway."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from fastapi import APIRouter, Request, Response, Security
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from app.exposure.catalogue import Index
from app.web.authentication import CREDENTIAL_SCHEME, required_client_of
from app.web.decoding import described, parameters_of
from app.web.questions import RangesQuestion
from app.web.schemas import BINARY_MEDIA_TYPE, BINARY_REPLY, problems
from app.web.services import Services

_PATH = "/v1/datasets/{dataset}/schemes/{scheme}/ranges"


def add_routes(routes: APIRouter, services: Services) -> None:
    """Add the route of all ranges."""
    answering = services.answering

    @routes.get(
        _PATH,
        tags=["private lookups"],
        response_class=Response,
        responses={
            200: BINARY_REPLY,
            304: {"description": "The caller has it"},
            **problems(401, 403, 404, 410, 422, 429, 503),
        },
        openapi_extra=described(_PATH, RangesQuestion),
        dependencies=[Security(CREDENTIAL_SCHEME)],
    )
    async def read_ranges(request: Request) -> Response:
        """Give every range of the current epoch end to end, in ascending order of prefix.

        A body that is shorter than its Content-Length says is none: the epoch went in the middle.
        """
        client = required_client_of(request)
        asked = parameters_of(RangesQuestion, request)
        index = answering.granted_index(asked.dataset, asked.scheme, client.grants)
        client.check_bulk()
        answering.check_epoch(index, asked.epoch)
        tag = f'"{asked.dataset}/{asked.scheme}/{asked.epoch}/all/{index.revision:x}"'
        headers = {"ETag": tag, "X-Epoch": str(asked.epoch)}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        headers["Content-Length"] = str(index.length_bytes)
        # What cannot be read at all is refused while there is still a status to say so.
        pieces = await run_in_threadpool(_begun, index)
        return StreamingResponse(pieces, headers=headers, media_type=BINARY_MEDIA_TYPE)


def _begun(index: Index) -> Iterator[bytes]:
    pieces = index.read_all()
    return chain([next(pieces)], pieces)

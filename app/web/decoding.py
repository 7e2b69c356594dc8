"""Requests as models: read once, validated once, refused without their values; and described."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

_Model = TypeVar("_Model", bound=BaseModel)


async def body_of(model: type[_Model], request: Request) -> _Model:
    """Return the body as a model.

    Raises:
        RequestValidationError: without the values that are refused.
    """
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as refusal:
        raise _without_values(refusal) from None


def parameters_of(model: type[_Model], request: Request) -> _Model:
    """Return the parameters of path and query as a model.

    Raises:
        RequestValidationError: without the values that are refused.
    """
    try:
        query = parse_qsl(request.scope["query_string"].decode("latin-1"))
        return model.model_validate_strings(dict(query) | request.path_params)
    except ValidationError as refusal:
        raise _without_values(refusal) from None


def _without_values(refusal: ValidationError) -> RequestValidationError:
    return RequestValidationError(
        refusal.errors(include_input=False, include_url=False, include_context=False)
    )


def described(
    path: str, parameters: type[BaseModel], body: type[BaseModel] | None = None
) -> dict[str, Any]:
    """Describe what a route takes, for the API's description.

    Args:
        path: the route's; parameters that are not in its braces are the query's.
        parameters: their model.
        body: the body's model.
    """
    model = parameters.model_json_schema()
    described: dict[str, Any] = {
        "parameters": [
            {
                "name": name,
                "in": "path" if f"{{{name}}}" in path else "query",
                "required": name in model.get("required", ()),
                "schema": schema,
            }
            for name, schema in model["properties"].items()
        ]
    }
    if body is not None:
        content = {"application/json": {"schema": body.model_json_schema()}}
        described["requestBody"] = {"required": True, "content": content}
    return described

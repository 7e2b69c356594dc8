"""Replies as bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import Response
from fastapi.responses import JSONResponse

from app.protocol.messages import Json

# The longest answer to a lookup has a dataset's name of 64 characters.
LOOKUP_BODY_BYTES = 256
# Made once: `json.dumps` with an option makes an encoder a reply.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MEDIA_TYPE = "application/json"


def json_reply(document: Json | Sequence[object]) -> Response:
    """Write a document as JSON."""
    return Response(_dump(document), media_type=_MEDIA_TYPE)


def lookup_reply(document: Json) -> Response:
    """Write the answer to a lookup, filled up with spaces to one length."""
    return Response(_dump(document).ljust(LOOKUP_BODY_BYTES), media_type=_MEDIA_TYPE)


class KeysResponse(JSONResponse):
    """A JWK set (RFC 7517 §8.5.2)."""

    media_type = "application/jwk-set+json"


def keys_reply(keys: Sequence[str]) -> Response:
    """Write public keys, each a JWK of one line, as a JWK set."""
    return KeysResponse({"keys": [json.loads(key) for key in keys]})


def _dump(document: Json | Sequence[object]) -> bytes:
    return _ENCODER.encode(document).encode()

"""Replies as bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import Response

from app.protocol.messages import Json

# The longest answer to a lookup has a dataset's name of 64 characters.
LOOKUP_BODY_BYTES = 256
# Made once: `json.dumps` with an option makes an encoder a reply.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MEDIA_TYPE = "application/json"
_JWKS_MEDIA_TYPE = "application/jwk-set+json"


def json_reply(document: Json | Sequence[object]) -> Response:
    """Write a document as JSON."""
    return Response(_dump(document), media_type=_MEDIA_TYPE)


def lookup_reply(document: Json) -> Response:
    """Write the answer to a lookup, filled up with spaces to one length."""
    return Response(_dump(document).ljust(LOOKUP_BODY_BYTES), media_type=_MEDIA_TYPE)


def jwks_reply(keys: Sequence[str]) -> Response:
    """Write public keys, each a JWK of one line, as a JWK set."""
    return Response(f'{{"keys":[{",".join(keys)}]}}', media_type=_JWKS_MEDIA_TYPE)


def _dump(document: Json | Sequence[object]) -> bytes:
    return _ENCODER.encode(document).encode()

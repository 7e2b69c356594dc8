"""Public keys as they are handed on: one (JWK), or several (JWK set, RFC 7517)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.crypto.signing import thumbprint_of
from app.encoding import from_base64url
from app.errors import InvalidKey, InvalidMessage, SignatureMismatch


def public_keys(text: str) -> Mapping[str, str]:
    """Return public keys by their thumbprints (RFC 7638), whatever the file calls them.

    Args:
        text: a JWK, or a JWK set; keys of a set that are of another kind are passed over.

    Raises:
        InvalidKey: there is no usable key.
    """
    try:
        document = json.loads(text)
    except ValueError as exc:
        raise InvalidKey("the public key is not JSON") from exc
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        return {thumbprint_of(text): text}
    found = {}
    for key in keys:
        if isinstance(key, dict) and key.get("kty") == "OKP" and key.get("crv") == "Ed25519":
            written = json.dumps(key)
            found[thumbprint_of(written)] = written
    if not found:
        raise InvalidKey("the set of public keys has no Ed25519 key")
    return found


def signer_of(signed: str) -> str:
    """Return the thumbprint that a compact JWS says of the key that signed it; unverified.

    Raises:
        SignatureMismatch: it is no compact JWS that says one.
    """
    header, *rest = signed.strip().split(".")
    try:
        fields: Any = json.loads(from_base64url(header, name="the header"))
    except (InvalidMessage, ValueError) as exc:
        raise SignatureMismatch("this is no signed document") from exc
    kid = fields.get("kid") if isinstance(fields, dict) else None
    if len(rest) != 2 or not isinstance(kid, str):
        raise SignatureMismatch("this is no signed document that says who signed it")
    return kid

"""Signed documents: Ed25519 over canonical JSON (RFC 8785), as a compact JWS (RFC 7515, RFC 9864).

Whoever has the public key, which is a JWK of one line, checks a document without this program's
database or network: any JOSE library does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from app.crypto import privatefiles
from app.encoding import canonical_json, from_base64url
from app.errors import InvalidKey, InvalidMessage, SignatureMismatch

SIGNING_KEY_NAME = "signing.jwk"
ALGORITHM = "Ed25519"
_HEADER = {"alg", "kid", "typ"}
_DAMAGED = "it is damaged, was changed, or another deployment signed it"
_CURVE: Literal["Ed25519"] = "Ed25519"


class SigningKey:
    """The deployment's signing key, made with its first use.

    It lives in the key ring's folder under a name that no evaluation key can have, and prints
    without its secret.

    Args:
        key: with its private part.
    """

    def __init__(self, key: OKPKey) -> None:
        self._key = key

    @classmethod
    def of(cls, folder: Path) -> SigningKey:
        """Read the key of a key ring's folder, or make it.

        Raises:
            KeyRingUnsafe: the file, or its folder, is open to others.
            InvalidKey: the file is damaged.
        """
        path = folder / SIGNING_KEY_NAME
        if not path.exists():
            made = OKPKey.generate_key(_CURVE).as_dict(private=True)
            # Where another process was first, its key is the one.
            with suppress(FileExistsError):
                privatefiles.create(path, json.dumps(made) + "\n", top=folder)
        key = _parse_key(privatefiles.read(path), "the signing key's file is damaged")
        if not key.is_private:
            raise InvalidKey("the signing key's file holds no private key")
        return cls(key)

    def public_jwk(self) -> str:
        """Return the public part as one line of JSON, with the key's thumbprint as its id."""
        public = {k: str(v) for k, v in self._key.as_dict(private=False).items()}
        named = public | {"alg": ALGORITHM, "use": "sig", "kid": self._key.thumbprint()}
        return canonical_json(named).decode()

    @property
    def thumbprint(self) -> str:
        """By which the public part is known (RFC 7638)."""
        return str(self._key.thumbprint())

    def sign(self, kind: str, document: Mapping[str, object]) -> str:
        """Return the document as a compact JWS.

        Args:
            kind: what the document is, which is signed too, so that no document passes for one of
                another kind.
            document: what canonical JSON can hold.
        """
        header = {"alg": ALGORITHM, "kid": self._key.thumbprint(), "typ": kind}
        payload = canonical_json(document)
        return jws.serialize_compact(header, payload, self._key, algorithms=[ALGORITHM])

    def __repr__(self) -> str:
        return f"<SigningKey {self._key.thumbprint()}>"


def verify_signed(kind: str, signed: str, public_jwk: str) -> Mapping[str, Any]:
    """Return a signed document.

    Args:
        kind: which kind it must be.
        signed: the compact JWS; white space around it is ignored.
        public_jwk: the public key of who should have signed it.

    Raises:
        InvalidKey: the key is no public Ed25519 key.
        SignatureMismatch: it does not hold, is a document of another kind, or says in its header
            or in its form anything that `SigningKey.sign` would not: a reader that took it
            otherwise would read another document.
    """
    key = _parse_key(public_jwk, "the public key is not an Ed25519 key in JWK form")
    _check_header(kind, signed, str(key.thumbprint()))
    try:
        found = jws.deserialize_compact(signed.strip(), key, algorithms=[ALGORITHM])
    except (JoseError, ValueError) as exc:
        raise SignatureMismatch(f"the {kind} is not signed by this key", hint=_DAMAGED) from exc
    return _document_of(kind, found.payload or b"")


def _check_header(kind: str, signed: str, thumbprint: str) -> None:
    """Check what a document says of its own signature, before that is looked at.

    Nothing here chooses how it is checked: a header that names another way is refused by what it
    names, and one that asks for more (`crit`, RFC 7515 §4.1.11) or brings its own key as well.
    """
    written = signed.strip().partition(".")[0]
    try:
        header = from_base64url(written, name="the header")
        fields = json.loads(header)
    except (InvalidMessage, ValueError, RecursionError) as exc:
        raise SignatureMismatch(f"the {kind} is not signed by this key", hint=_DAMAGED) from exc
    if not isinstance(fields, dict) or fields.get("alg") != ALGORITHM:
        raise SignatureMismatch(f"the {kind} is not signed by the algorithm {ALGORITHM}")
    if fields.get("typ") != kind:
        raise SignatureMismatch(f"the signed document is not a {kind}")
    if set(fields) != _HEADER or canonical_json(fields) != header:
        raise SignatureMismatch(f"the header of the {kind} says more or less than alg, kid and typ")
    if fields["kid"] != thumbprint:
        raise SignatureMismatch(
            f"the {kind} is not signed by this key, but by another", hint=f"given: {thumbprint}"
        )


def _document_of(kind: str, payload: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(payload)
        is_canonical = isinstance(document, dict) and canonical_json(document) == payload
    except (ValueError, RecursionError) as exc:
        raise SignatureMismatch(f"the signed {kind} is not JSON") from exc
    if not is_canonical:
        raise SignatureMismatch(f"the signed {kind} is not a JSON object in canonical form")
    found: Mapping[str, Any] = document
    return found


def thumbprint_of(public_jwk: str) -> str:
    """Return by what a public key is known (RFC 7638).

    Raises:
        InvalidKey: it is no public Ed25519 key.
    """
    key = _parse_key(public_jwk, "the public key is not an Ed25519 key in JWK form")
    return str(key.thumbprint())


def _parse_key(text: str, refusal: str) -> OKPKey:
    try:
        fields = json.loads(text)
        if not isinstance(fields, dict) or fields.get("crv") != _CURVE:
            raise InvalidKey(refusal)
        # Only what makes the key: a member such as key_ops would change what it may be used for.
        key = OKPKey.import_key({n: fields[n] for n in ("kty", "crv", "x", "d") if n in fields})
        key.thumbprint()
    except (JoseError, ValueError, TypeError, KeyError) as exc:
        raise InvalidKey(refusal) from exc
    return key

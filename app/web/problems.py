"""From an exception to a problem document (RFC 9457): one table, no value of anybody in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app import errors
from app.errors import ConcerneError, InvalidField
from app.identity.schemes import FIELD_NAMES

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:concerne:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its HTTP status, the stable end of its `type`, its title."""

    status: int
    slug: str
    title: str


# The nearest class in an exception's line of ancestors decides.
KINDS: Mapping[type[ConcerneError], Kind] = {
    errors.InvalidField: Kind(422, "invalid-field", "A field is refused"),
    errors.InvalidInput: Kind(422, "invalid-input", "The request is refused"),
    errors.CryptographyError: Kind(422, "invalid-element", "A blinded element is refused"),
    errors.UnknownScheme: Kind(404, "unknown-scheme", "No such scheme"),
    errors.UnknownDataset: Kind(404, "unknown-dataset", "No such dataset"),
    errors.UnknownReportFile: Kind(404, "unknown-report-file", "No such file"),
    errors.ScopeWithheld: Kind(403, "scope-withheld", "The scope is not told"),
    errors.SchemeNotPermitted: Kind(403, "scheme-not-permitted", "Not open to this caller"),
    errors.RoleNotPermitted: Kind(403, "role-not-permitted", "Not for this role"),
    errors.QuotaExhausted: Kind(403, "quota-exhausted", "The quota does not suffice"),
    errors.CredentialRefused: Kind(401, "credential-refused", "A valid credential is needed"),
    errors.NobodyAskedFor: Kind(403, "nobody-asked-for", "Nobody can be asked for here"),
    errors.CrossSiteRequest: Kind(403, "cross-site-request", "Sent from another site"),
    errors.EpochGone: Kind(410, "epoch-gone", "The epoch is gone"),
    errors.LimitExceeded: Kind(429, "limit-exceeded", "Too many questions"),
    errors.Busy: Kind(503, "busy", "No capacity right now"),
    errors.ConcerneError: Kind(503, "unavailable", "The answer is not known"),
}
# About these somebody can be called, who gave a credential or can give another.
_OF_RIGHTS = (
    errors.CredentialRefused,
    errors.QuotaExhausted,
    errors.SchemeNotPermitted,
    errors.RoleNotPermitted,
)
_INVALID = KINDS[errors.InvalidInput]
_INTERNAL = Kind(500, "internal", "The answer is not known")
_BODY_TOO_LONG = Kind(413, "body-too-long", "The request body is too long")
_BODY_TOO_SLOW = Kind(408, "body-too-slow", "The request body did not come in time")

_BODY_FIELDS = frozenset({*FIELD_NAMES, "scheme", "blinded", "epoch", "prefix", "dataset"})


def problem(
    kind: Kind,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> Response:
    """Make a problem document.

    Args:
        kind: what kind it is.
        detail: one sentence that is safe to show.
        headers: further response headers.
        members: further members; empty ones are left out.
    """
    document = {
        "type": TYPE_PREFIX + kind.slug,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
    } | {name: value for name, value in members.items() if value}
    body = json.dumps(document, ensure_ascii=False).encode()
    return Response(body, kind.status, headers, MEDIA_TYPE)


def problem_of(error: ConcerneError, *, contact: str = "") -> Response:
    """Make the problem document of an exception that was raised on purpose.

    Args:
        error: the exception.
        contact: whom somebody with a credential calls about their rights; the same for all, so
            that one refusal is like the other.
    """
    kind = next(KINDS[c] for c in type(error).__mro__ if c in KINDS)
    members: dict[str, object] = {"hint": error.hint}
    if isinstance(error, _OF_RIGHTS):
        members["contact"] = contact
    if isinstance(error, InvalidField):
        members |= {"field": error.field, "reason": error.reason}
    headers = {}
    if isinstance(error, errors.LimitExceeded | errors.Busy):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, errors.CredentialRefused):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(kind, error.message, headers=headers, **members)


def internal_problem() -> Response:
    """Make the document for a fault of ours: it says nothing but that the answer is unknown."""
    return problem(_INTERNAL, "a fault of the server; this is not an answer to the question")


def body_too_long(maximum_bytes: int) -> Response:
    """Make the document for a body beyond the limit."""
    return problem(_BODY_TOO_LONG, f"a request body has at most {maximum_bytes:,} bytes")


def body_too_slow() -> Response:
    """Make the document for a body that did not come in time."""
    return problem(_BODY_TOO_SLOW, "the request body did not come in time")


def install(app: FastAPI, *, contact: str) -> None:
    """Let the app answer every refusal with a problem document; `contact` as for `problem_of`."""

    @app.exception_handler(ConcerneError)
    async def on_purpose(_request: Request, error: ConcerneError) -> Response:
        return problem_of(error, contact=contact)

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, error: RequestValidationError) -> Response:
        # The library's own document would echo what was refused.
        first = error.errors()[0]
        field, what = _where(first), _what(first)
        return problem(_INVALID, f"{field or 'the request'} {what}", field=field)

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        slug = phrase.lower().replace(" ", "-")
        return problem(Kind(error.status_code, slug, phrase), phrase, headers=error.headers)


def _where(error: Mapping[str, Any]) -> str:
    """Return the field that an error is about, if it is one of ours: a key can be a value too."""
    names = [part for part in error["loc"] if part in _BODY_FIELDS]
    return names[-1] if names else ""


def _what(error: Mapping[str, Any]) -> str:
    return {
        "missing": "is missing",
        "json_invalid": "is not JSON",
        "extra_forbidden": "has a field that is not known",
        "string_type": "is not a text",
        "string_too_long": "is too long",
        "int_parsing": "is not a whole number",
        "list_type": "is not a list",
        "too_long": "has too many items",
        "too_short": "has too few items",
    }.get(error["type"], "does not have the expected form")

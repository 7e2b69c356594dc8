"""JSON documents read strictly: what lacks a field, or has one of another kind, is refused.

A refusal names the field; its value is never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.encoding import from_base64url
from app.errors import InvalidMessage

_T = TypeVar("_T")

CONTACT_CHARACTERS_MAXIMUM = 200


def object_of(document: object, name: str) -> Mapping[str, Any]:
    """Return a document that must be an object; `name` is what the refusal calls it."""
    if not isinstance(document, dict):
        raise InvalidMessage(f"{name} is not a JSON object")
    return document


def typed(value: object, name: str, kind: type[_T]) -> _T:
    """Return a value that must be of a kind."""
    # A JSON true is a Python int as well; no field of the protocol means that.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InvalidMessage(f"{name} is not of the kind that the protocol gives it")
    return value


def field_of(fields: Mapping[str, Any], name: str, kind: type[_T]) -> _T:
    """Return a field that must be there and of a kind."""
    if name not in fields:
        raise InvalidMessage(f"{name} is missing")
    return typed(fields[name], name, kind)


def count_of(
    fields: Mapping[str, Any], name: str, *, minimum: int = 0, maximum: int = 2**53
) -> int:
    """Return a field that must be a whole number within bounds."""
    value = field_of(fields, name, int)
    if not minimum <= value <= maximum:
        raise InvalidMessage(f"{name} is out of range")
    return value


def bytes_of(fields: Mapping[str, Any], name: str, length: int) -> bytes:
    """Return a field that must be base64url of so many bytes."""
    return from_base64url(field_of(fields, name, str), name=name, length=length)


def parsed_of(fields: Mapping[str, Any], name: str, parse: Callable[[str], _T]) -> _T:
    """Return a field that must be a date, or an instant, in ISO 8601."""
    try:
        return parse(field_of(fields, name, str))
    except ValueError:
        raise InvalidMessage(f"{name} is not an ISO 8601 date") from None


def contact_line(text: object) -> str:
    """Return whom to call as one line that can be shown, or nothing where it is no text.

    It comes from an operator's file or from a server, and is shown beside our own words.
    """
    if not isinstance(text, str):
        return ""
    printable = (c if c.isprintable() else " " for c in text)
    return " ".join("".join(printable).split())[:CONTACT_CHARACTERS_MAXIMUM]

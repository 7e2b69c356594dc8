"""How bytes are framed for hashing and written in JSON. A leaf beside `errors`."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

import rfc8785

from app.errors import InvalidMessage

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")


def length_prefixed(value: bytes) -> bytes:
    """Return the 2-byte big-endian length of `value` and then `value` (`lp` in the protocol).

    A value of 65,536 bytes or more has no such form; nothing that reaches this is that long, so
    it fails with `OverflowError` rather than with an error for a person.
    """
    return len(value).to_bytes(2, "big") + value


def canonical_json(document: Mapping[str, object]) -> bytes:
    """Write a JSON document so that equal documents are equal bytes (RFC 8785).

    A value that JSON does not have, or a whole number beyond 2⁵³, fails with `ValueError`: it is
    the caller's mistake.
    """
    return rfc8785.dumps(document)  # type: ignore[arg-type]  # the library wants dict, and reads a mapping


def to_base64url(value: bytes) -> str:
    """Write bytes as base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def from_base64url(text: str, *, name: str, length: int | None = None) -> bytes:
    """Read base64url without padding, accepting exactly what `to_base64url` writes.

    Padding, other alphabets and leftover bits are refused, so that two texts never stand for the
    same bytes.

    Args:
        text: the characters.
        name: what the value is called, for the error message; the value itself is never shown.
        length: how many bytes are expected, or None for any number.

    Raises:
        InvalidMessage: the text is not such an encoding, or of another length.
    """
    if not _BASE64URL.match(text):
        raise InvalidMessage(f"{name} is not base64url without padding")
    try:
        value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as exc:
        raise InvalidMessage(f"{name} is not base64url without padding") from exc
    if to_base64url(value) != text:
        raise InvalidMessage(f"{name} is not canonical base64url")
    if length is not None and len(value) != length:
        raise InvalidMessage(f"{name} has {len(value)} bytes instead of {length}")
    return value

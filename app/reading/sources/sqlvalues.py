"""What stands in a dump's values: escapes undone, and what is no text made empty."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.reading.sources.cells import NO_TEXT
from app.reading.sources.encodings import decode

# What says that there is no value.
_NOTHING = ("NULL", "DEFAULT")
_MYSQL_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MYSQL_SIGNS = {"0": "\x00", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
_COPY_ESCAPE = re.compile(rb"\\(x[\da-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_COPY_SIGNS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_OCTAL = b"01234567"
_COPY_NULL = rb"\N"


def row_values(
    raw: bytes, encodings: Sequence[str], value: re.Pattern[str]
) -> tuple[list[str], bool]:
    """Return the values of a row in parentheses, and whether bytes in it were no character."""
    row, is_replaced = decode(raw, encodings)
    values = []
    for escaped, plain, digits, word in value.findall(row, 1, len(row) - 1):
        if escaped:
            values.append(_escaped_text(escaped))
        elif plain:
            values.append(_undoubled(plain[1:-1], plain[0]))
        else:
            values.append(NO_TEXT if digits else "" if word.upper() in _NOTHING else word)
    return values, is_replaced


def _escaped_text(quoted: str) -> str:
    """Return the text between quotes in which a backslash makes the next sign another one."""
    text, quote = quoted[1:-1], quoted[0]
    if "\\" not in text:
        return _undoubled(text, quote)
    # Doubled quotes are undone beside the escapes: an escaped quote may stand before one.
    parts = _MYSQL_ESCAPE.split(text)
    parts[::2] = [_undoubled(part, quote) for part in parts[::2]]
    parts[1::2] = [_MYSQL_SIGNS.get(sign, sign) for sign in parts[1::2]]
    return "".join(parts)


def _undoubled(text: str, quote: str) -> str:
    return text.replace(quote * 2, quote) if quote in text else text


def copied_fields(line: bytes, encodings: Sequence[str]) -> tuple[list[str], bool]:
    """Return the fields of a line of COPY, and whether bytes in it were no character."""
    fields = line.split(b"\t")
    if b"\\" in line:
        fields = [
            b"" if field == _COPY_NULL else _COPY_ESCAPE.sub(_copied_sign, field)
            for field in fields
        ]
    decoded = [decode(field, encodings) for field in fields]
    return [text for text, _ in decoded], any(is_replaced for _, is_replaced in decoded)


def _copied_sign(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    if sign[:1] == b"x" and len(sign) > 1:
        return bytes([int(sign[1:], 16)])
    if sign[:1] in _OCTAL:
        return bytes([int(sign, 8) % 256])
    return _COPY_SIGNS.get(sign, sign)

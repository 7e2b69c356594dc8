"""What stands in a dump's values: escapes undone, and what is no text made empty."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.ingest.sources.encodings import decode

_MYSQL_SIGNS = {"0": "\x00", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
_COPY_ESCAPE = re.compile(rb"\\(x[\da-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_COPY_SIGNS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_COPY_NULL = rb"\N"


def quoted_text(raw: bytes, encodings: Sequence[str], *, is_escaped: bool) -> tuple[str, bool]:
    """Return the text between quotes, and whether bytes in it were no character."""
    quote = chr(raw[0])
    text, is_replaced = decode(raw[1:-1], encodings)
    if is_escaped and "\\" in text:
        # Doubled quotes are undone beside the escapes: an escaped quote may stand before one.
        parts = re.split(r"(\\.)", text, flags=re.DOTALL)
        parts[::2] = [part.replace(quote * 2, quote) for part in parts[::2]]
        parts[1::2] = [_MYSQL_SIGNS.get(part[1], part[1]) for part in parts[1::2]]
        return "".join(parts), is_replaced
    return text.replace(quote * 2, quote), is_replaced


def word_text(raw: bytes) -> str:
    """Return a number as it is written, and nothing for what says that there is no value."""
    text = raw.decode("ascii", errors="replace")
    return "" if text.upper() in ("NULL", "DEFAULT") else text


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
    if sign.isdigit():
        return bytes([int(sign, 8) % 256])
    return _COPY_SIGNS.get(sign, sign)

"""Several telephone numbers, or several e-mail addresses, in one cell.

Only asked where the cell as it stands is no number, and no address.
"""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = r"[ \u00a0\u202f./_-]*"
_NUMBER: Final = re.compile(
    rf"(?<![0-9+])(?:(?:\+|00)33{_BETWEEN}(?:\(0\))?{_BETWEEN}|0)[1-9](?:{_BETWEEN}[0-9]{{2}}){{4}}(?![0-9])"
    r"|(?<![0-9+])[1-9][0-9]{8}(?![0-9])"
    r"|(?<![0-9+])\+(?!33)[1-9][0-9]{7,14}(?![0-9])"
)
# What stands for bytes that are no character may have been a digit.
_DIGIT: Final = re.compile("[0-9\ufffd]")
_NOT_IN_ADDRESS: Final = re.compile(r"[\s;,|<>()\[\]\"]+")


def several_numbers(text: str) -> tuple[str, ...]:
    """Find every number in 01 99 00 00 01 / 06 39 98 00 01, and the one in 0199000001 (BUREAU).

    Where digits are left over, none is taken: what they belong to would be a guess.
    """
    if _DIGIT.search(_NUMBER.sub("", text)):
        return ()
    return tuple(_NUMBER.findall(text))


def several_addresses(text: str) -> tuple[str, ...]:
    """Find every address in a@x.example ; b@x.example, and the one in CLAIRE <a@x.example>.

    A slash can stand in an address, so it parts two only where they would be one with two `@`.
    """
    words = _NOT_IN_ADDRESS.split(text)
    parts = (
        part for word in words for part in (word.split("/") if word.count("@") > 1 else (word,))
    )
    return tuple(part.removeprefix("mailto:") for part in parts if "@" in part)

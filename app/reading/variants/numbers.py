"""Numbers that a spreadsheet took for quantities, and an O that was typed for a 0."""

from __future__ import annotations

import re
from typing import Final

_WITH_DECIMALS: Final = re.compile(r"([0-9]{9,15})[.,]0+")
_SCIENTIFIC: Final = re.compile(r"([0-9])(?:[.,]([0-9]*))?[eE]\+?([0-9]{1,2})")
_NIR_WITH_O: Final = re.compile(r"[0-9OABoab .\-_'\u00a0]+")
# Of 13 digits without a key, and of 15 with it.
_NIR_EXPONENTS: Final = (12, 14)


def whole_number(text: str) -> tuple[str, ...]:
    """Read 1850556950048.0 and 1,850556950048E+12 as the digits that they show in full."""
    if match := _WITH_DECIMALS.fullmatch(text):
        return (match[1],)
    if match := _SCIENTIFIC.fullmatch(text):
        first, decimals, exponent = match[1], match[2] or "", int(match[3])
        if len(decimals) == exponent:
            return (first + decimals,)
    return ()


def is_rounded_nir(text: str) -> bool:
    """Tell whether a NIR became 1.85056E+12, whose digits are lost: nothing can be read from it."""
    match = _SCIENTIFIC.fullmatch(text)
    return match is not None and int(match[3]) in _NIR_EXPONENTS and not whole_number(text)


def zero_for_o(text: str) -> tuple[str, ...]:
    """Read the letter O of a NIR as a zero: no NIR has that letter, and a key confirms it."""
    if "O" not in text.upper() or not _NIR_WITH_O.fullmatch(text):
        return ()
    return (text.replace("O", "0").replace("o", "0"),)

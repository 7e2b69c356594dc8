"""Numbers that a spreadsheet took for quantities, and an O that was typed for a 0."""

from __future__ import annotations

import re
from typing import Final

from app.errors import InvalidField
from app.identity.nir import normalise_nir

ROUNDED: Final = "rounded by a spreadsheet"
_WITH_DECIMALS: Final = re.compile(r"([0-9]{9,15})[.,]0+")
_SCIENTIFIC: Final = re.compile(r"([0-9])(?:[.,]([0-9]*))?[eE]\+?([0-9]{1,2})")
_NIR_WITH_O: Final = re.compile(r"[0-9OABoab .\-_'\u00a0]+")
# Of 13 digits without a key, and of 15 with it.
_NIR_EXPONENTS: Final = (12, 14)
# A NIR's last three digits are a number in the register of a town, counted from 1; the three before
# are the town's. Six zeros are nobody's: they are what is left of 1.85056E+12 that was read as a
# number. Whoever had such a number all the same would be told "could not be checked", never "no".
_ENDS_IN_NOTHING: Final = "000000"
_ROUND: Final = re.compile(r"[1-8][0-9]{6}0{6}(?:00)?")
_BETWEEN: Final = str.maketrans("", "", " .-_'\u00a0\u202f")


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
    """Tell whether a NIR's digits are lost, as in 1.85056E+12 and 1850560000000."""
    match = _SCIENTIFIC.fullmatch(text)
    if match is not None:
        return int(match[3]) in _NIR_EXPONENTS and not whole_number(text)
    return _ROUND.fullmatch(text.translate(_BETWEEN)) is not None


def unrounded_nir(raw: str) -> str:
    """Return what `normalise_nir` does, unless it is what a spreadsheet left of a number.

    The frozen rules take six zeros at the end for a NIR; asked, it would be a "no" about nobody.

    Raises:
        InvalidField: as `normalise_nir`, or reason `ROUNDED`.
    """
    nir = normalise_nir(raw)
    if nir.endswith(_ENDS_IN_NOTHING):
        raise InvalidField(
            "nir",
            ROUNDED,
            "ends in six zeros, as no number does",
            hint="copy the number from a document; a spreadsheet rounded it",
        )
    return nir


def zero_for_o(text: str) -> tuple[str, ...]:
    """Read the letter O of a NIR as a zero: no NIR has that letter, and a key confirms it."""
    if "O" not in text.upper() or not _NIR_WITH_O.fullmatch(text):
        return ()
    return (text.replace("O", "0").replace("o", "0"),)

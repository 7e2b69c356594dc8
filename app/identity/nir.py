"""The NIR, the French social security number: 13 characters and a key of two digits.

Protocol §1 freezes the rule. The structure and the key are INSEE's
(https://www.insee.fr/en/metadonnees/definition/c1409).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from app.errors import InvalidField
from app.identity.characters import SPACES, check_raw_length

_REMOVED: Final = str.maketrans("", "", SPACES + ".-_'")

# First digit 1–8; any month, as 20, 30–42 and 50–99 exist; 2A and 2B are the two Corsican
# departments, at positions 6 and 7.
_BODY: Final = re.compile(r"[1-8][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}")
_BODY_AND_KEY: Final = re.compile(_BODY.pattern + r"[0-9]{2}")


def normalise_nir(raw: str) -> str:
    """Return the 13 characters of a NIR, without its key.

    A NIR of 13 characters has no key, so a wrong digit in it cannot be noticed. With 15, every
    single wrong digit is noticed, since 97 is prime and divides no d·10ⁿ.

    Raises:
        InvalidField: reason `length` (not 13 or 15 characters, the usual sign of a spreadsheet
            that made a number of it), `format` (a character out of place) or `key`.
    """
    check_raw_length("nir", raw)
    text = raw if raw.isascii() else unicodedata.normalize("NFKC", raw)
    text = text.translate(_REMOVED).upper()
    if len(text) == 13:
        if not _BODY.fullmatch(text):
            raise _bad_format()
        return text
    if len(text) != 15:
        raise InvalidField(
            "nir",
            "length",
            "not 13 characters, or 15 with the key",
            hint="copy the number from a document; a spreadsheet may have rounded it",
        )
    if not _BODY_AND_KEY.fullmatch(text):
        raise _bad_format()
    if _key(text[:13]) != int(text[13:]):
        raise InvalidField(
            "nir",
            "key",
            "the two-digit key does not match; check the number",
            hint="the key is the last two digits; one of the 15 characters is wrong",
        )
    return text[:13]


def nir_key(nir: str) -> int:
    """Return the key of a NIR: 97 − (N mod 97), from 1 to 97.

    Args:
        nir: 13 characters as `normalise_nir` returns them.

    Raises:
        InvalidField: reason `format`, for anything else.
    """
    if not _BODY.fullmatch(nir):
        raise _bad_format()
    return _key(nir)


def _key(body: str) -> int:
    # In a well-formed body a letter stands only at position 7, after a 2.
    return 97 - int(body.replace("2A", "19").replace("2B", "18")) % 97


def _bad_format() -> InvalidField:
    return InvalidField(
        "nir",
        "format",
        "a character is not where it can be in such a number",
        hint="it starts with 1 to 8 and has digits only, but for 2A or 2B in Corsica",
    )

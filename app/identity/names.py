"""Surnames and given names, as the letters A–Z.

Protocol §1 freezes the rules. They make one form of the many in which a name is typed: with or
without accents, in capitals, with another apostrophe. Names in other scripts are refused, as
there is more than one way to write them in Latin letters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from app.errors import InvalidField
from app.identity.characters import (
    APOSTROPHES,
    HYPHENS,
    MAX_CHARACTERS,
    SPACES,
    check_raw_length,
)

# Applied after upper-casing, which has made SS of ß and I of ı; İ loses its dot as a mark.
# The letters have no decomposition in Unicode, so that NFKD leaves them whole.
_MAPPED_OR_REMOVED: Final = str.maketrans(
    dict.fromkeys(SPACES + HYPHENS + APOSTROPHES + ".")
    | {"Æ": "AE", "Œ": "OE", "ẞ": "SS", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH"}
)

_END_OF_FIRST: Final = re.compile(f"[{SPACES},;]")


def normalise_surname(raw: str) -> str:
    """Return a surname as letters A–Z with nothing between them.

    Raises:
        InvalidField: reason `empty` (no letter), `characters` (something that is no Latin
            letter, or a letter for which there is no rule) or `length`.
    """
    return _letters("surname", raw)


def normalise_given_name(raw: str) -> str:
    """Return the first given name as letters A–Z with nothing between them.

    A space ends it and a hyphen does not: files hold "Jean Pierre" for two given names and
    "Jean-Pierre" for one.

    Raises:
        InvalidField: as for `normalise_surname`.
    """
    check_raw_length("given_name", raw)
    return _letters("given_name", _END_OF_FIRST.split(raw.strip(SPACES), maxsplit=1)[0])


def _letters(field: str, raw: str) -> str:
    check_raw_length(field, raw)
    text = raw if raw.isascii() else _without_marks(raw)
    text = text.upper().translate(_MAPPED_OR_REMOVED)
    if not text:
        raise InvalidField(field, "empty", "no letter in it", hint="give the name")
    if not (text.isascii() and text.isalpha()):
        raise InvalidField(
            field,
            "characters",
            "a character that is no Latin letter",
            hint="write the name as on the health insurance card, without digits",
        )
    # Ligatures make one character several, and a result must itself be accepted.
    if len(text) > MAX_CHARACTERS:
        raise InvalidField(
            field, "length", f"more than {MAX_CHARACTERS} letters", hint="give this one name only"
        )
    return text


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.category(c).startswith("M"))

"""What becomes of a name on its way into old software.

This is not the normalisation of `app.identity`: it only serves to write names, and to tell two
people of this vocabulary apart. What a name in a leak counts as is decided there.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)
def capitals(name: str) -> str:
    """Return the name in upper case without accents: "Lœuillet-Quéré" as LOEUILLET-QUERE."""
    apart = unicodedata.normalize("NFKD", name.upper().replace("Œ", "OE"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@lru_cache(maxsize=8192)
def squeezed(name: str) -> str:
    """Return the name in capitals with nothing between them: "Le Goff" as LEGOFF."""
    return "".join(letter for letter in capitals(name) if letter.isalpha())

"""What others can see of a message, and which words there would tell that it is about health."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from app.errors import InvalidNotice

# Beginnings of words, without accents, in French and English. On purpose too many rather than
# too few: a neutral name is always at hand, and an envelope cannot be called back.
_TELLING: Final = re.compile(
    r"\b(?:labo|labm?s?\b|lbm\b|selas\b|biolog|biomed|bio\b|bioclin|medic|medec|health|healthcare"
    r"|sante|analys|patholog|anapath|clini|hopit|hospit|chu\b|chr\b|chru\b|aphp\b|patient|malad"
    r"|soin|sang\b|blood|diagnos|oncolog|cancer|vih\b|hiv\b|genet|pharmac|docteur|doctor"
    r"|exam|prelev|test(?:s|ing)?\b|result|fertil|seropos|vaccin|radiolog|imager)"
)
# A street may be named for a doctor or a hospital, and tells of nobody's health.
_STREET: Final = re.compile(
    r"^(?:\d+\s?(?:bis|ter)?,? )?(?:rue|avenue|av|boulevard|bd|place|chemin|route|allee|impasse"
    r"|quai|cours|square|street|road)\b"
)


def check_tells_nothing(where: str, text: str) -> None:
    """Check that a text does not tell whoever sees it that it is about health.

    Only words are known here: a laboratory whose proper name is known in town has to choose
    another name for its envelopes itself.

    Args:
        where: for what is said about it.
        text: what others see.

    Raises:
        InvalidNotice: it has a word that tells.
    """
    if found := telling_word(text):
        raise InvalidNotice(
            f"{where} has a word that tells of health: {found!r}…",
            hint="others see it: give a neutral name, such as « Service courrier »",
        )


def telling_word(text: str) -> str:
    """Return the beginning of a word that tells whoever sees it of health, or nothing."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    found = None if _STREET.search(plain) else _TELLING.search(plain)
    return found[0] if found else ""

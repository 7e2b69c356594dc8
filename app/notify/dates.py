"""Days as a letter writes them, whatever the machine's own language is."""

from __future__ import annotations

from datetime import date

from app.worklist.recipients import ENGLISH

_MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_NO_BREAK = "\u00a0"


def written_date(day: date, language: str) -> str:
    """Return a day in words, which no line break comes into: 1er mars 2021, 1 March 2021."""
    number = "1er" if day.day == 1 and language != ENGLISH else str(day.day)
    return _NO_BREAK.join((number, _MONTHS[language][day.month - 1], str(day.year)))

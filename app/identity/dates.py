"""Birth dates, as YYYY-MM-DD.

`strptime` is not used: it takes digits of other scripts and stray spaces, reads `1985112` as a
date in a form without separators, and differs from one Python version to the next. Here a form
becomes a pattern that has one reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from app.errors import InvalidField, InvalidMapping
from app.identity.characters import SPACES, check_raw_length

ISO_FORMAT: Final = "%Y-%m-%d"
EARLIEST_YEAR: Final = 1870
_EARLIEST: Final = date(EARLIEST_YEAR, 1, 1)

_YEAR: Final = "%Y"
_SHORT_YEAR: Final = "%y"
# What is added to a year of so many digits.
_CENTURIES: Final = {4: (0,), 2: (1900, 2000)}

_DIRECTIVES: Final = {
    _YEAR: "(?P<year>[0-9]{4})",
    _SHORT_YEAR: "(?P<year>[0-9]{2})",
    "%m": "(?P<month>0[1-9]|1[0-2])",
    "%d": "(?P<day>0[1-9]|[12][0-9]|3[01])",
    "%H": "(?:[01][0-9]|2[0-3])",
    "%M": "[0-5][0-9]",
    "%S": "[0-5][0-9]",
    "%f": "[0-9]{1,6}",
    "%%": "%",
}
# With one digit as well, where a separator on both sides leaves a single reading.
_SHORT_DIRECTIVES: Final = {
    "%m": "(?P<month>0?[1-9]|1[0-2])",
    "%d": "(?P<day>0?[1-9]|[12][0-9]|3[01])",
    "%H": "(?:[01]?[0-9]|2[0-3])",
    "%M": "[0-5]?[0-9]",
    "%S": "[0-5]?[0-9]",
}
_TOKEN: Final = re.compile(r"%.|[^%]|%", re.DOTALL)


def normalise_birth_date(
    raw: str, *, formats: Sequence[str] = (ISO_FORMAT,), today: date | None = None
) -> str:
    """Return a birth date as YYYY-MM-DD.

    The first format by which the text is a date that exists decides; a date out of range is then
    refused without trying the others. ISO dates are exactly 4-2-2 digits. In the other formats a
    day or a month may be one digit where it stands between separators (`1/2/1985`).

    Args:
        raw: the text; spaces around it are dropped.
        formats: as for `check_date_format`; tried in order.
        today: the last date that is accepted, or None for the clock's date.

    Raises:
        InvalidField: reason `length`, `empty`, `format`, `calendar` (no such day) or `range`
            (before 1870 or in the future).
        InvalidMapping: a format cannot be used.
    """
    (born,) = _read(raw, formats, today, _YEAR)
    return born


def possible_birth_dates(
    raw: str, *, formats: Sequence[str], today: date | None = None
) -> list[str]:
    """Return every birth date that a file's text can mean, each as YYYY-MM-DD.

    It is the one that `normalise_birth_date` returns, but that a format may have `%y` for `%Y`:
    two digits of a year mean one of the twentieth and one of the twenty-first century, and both
    are returned where both are in the past. A question has a whole year (protocol §1), so this is
    for files alone.

    Args:
        raw: as for `normalise_birth_date`.
        formats: as for `check_file_date_format`; tried in order.
        today: as for `normalise_birth_date`.

    Raises:
        InvalidField: as for `normalise_birth_date`.
        InvalidMapping: a format cannot be used.
    """
    return _read(raw, formats, today, _SHORT_YEAR)


def check_date_format(date_format: str) -> None:
    """Refuse a format that does not give a whole date in one reading.

    Usable are `%Y`, `%m`, `%d`, once each; `%H`, `%M`, `%S`, `%f` for a time that is dropped; and
    any other character for itself. Not usable are `%y`, which leaves the century to a guess, and
    month names, which depend on the process's locale.

    Raises:
        InvalidMapping: with the format's fault; a format is no personal data.
    """
    _pattern(date_format, _YEAR)


def check_file_date_format(date_format: str) -> None:
    """Refuse a format of a file's dates that does not give a day, a month and a year.

    As `check_date_format`, but that `%y` may stand for `%Y`.

    Raises:
        InvalidMapping: with the format's fault.
    """
    _pattern(date_format, _SHORT_YEAR)


def _read(raw: str, formats: Sequence[str], today: date | None, shortest_year: str) -> list[str]:
    check_raw_length("birth_date", raw)
    text = raw.strip(SPACES)
    if not text:
        raise InvalidField("birth_date", "empty", "no date in it", hint="give the birth date")
    dates = _first_dates(text, formats, shortest_year)
    last = today or datetime.now().astimezone().date()
    accepted = [born.isoformat() for born in dates if _EARLIEST <= born <= last]
    if not accepted:
        raise InvalidField(
            "birth_date",
            "range",
            f"before {EARLIEST_YEAR} or in the future",
            hint="check the year, and the order of day and month",
        )
    return accepted


def _first_dates(text: str, formats: Sequence[str], shortest_year: str) -> list[date]:
    """Return what the first format that reads the text reads: one date, of `%y` up to two."""
    read = False
    for date_format in formats:
        pattern = _pattern(date_format, shortest_year)
        if match := pattern.fullmatch(text):
            read = True
            if dates := _dates(match):
                return dates
    if read:
        raise InvalidField(
            "birth_date", "calendar", "no such day in the calendar", hint="check day and month"
        )
    raise InvalidField(
        "birth_date",
        "format",
        "not a date in the expected form",
        hint="write it as year-month-day, 4, 2 and 2 digits"
        if tuple(formats) == (ISO_FORMAT,)
        else "check the date formats of the mapping",
    )


def _dates(match: re.Match[str]) -> list[date]:
    """Return those of a match that exist; 30 February does not, nor 29 in most years."""
    year, month, day = match["year"], int(match["month"]), int(match["day"])
    dates = []
    for century in _CENTURIES[len(year)]:
        try:
            dates.append(date(century + int(year), month, day))
        except ValueError:  # 1900 was no leap year, 2000 was
            continue
    return dates


@lru_cache(maxsize=64)
def _pattern(date_format: str, shortest_year: str) -> re.Pattern[str]:
    tokens = _TOKEN.findall(date_format)
    year = shortest_year if shortest_year in tokens else _YEAR
    for directive in (year, "%m", "%d"):
        if tokens.count(directive) != 1:
            raise InvalidMapping(
                f"a date format has {directive} not exactly once",
                hint="write the format with %Y, %m and %d, as in %d/%m/%Y",
            )
    parts = []
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        if not token.startswith("%"):
            parts.append(re.escape(token))
            continue
        if token not in _DIRECTIVES or token in {_YEAR, _SHORT_YEAR} - {year}:
            raise InvalidMapping(
                "a date format has a directive that cannot be used",
                hint="only %Y, %m, %d, %H, %M, %S, %f and %% are read",
            )
        alone = date_format != ISO_FORMAT and not (_touches(before) or _touches(after))
        parts.append(
            _SHORT_DIRECTIVES.get(token, _DIRECTIVES[token]) if alone else _DIRECTIVES[token]
        )
    return re.compile("".join(parts))


def _touches(neighbour: str) -> bool:
    return neighbour.startswith("%") or neighbour.isdigit()

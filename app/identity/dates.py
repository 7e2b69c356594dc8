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

_DIRECTIVES: Final = {
    "%Y": "(?P<year>[0-9]{4})",
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
    check_raw_length("birth_date", raw)
    text = raw.strip(SPACES)
    if not text:
        raise InvalidField("birth_date", "empty", "no date in it", hint="give the birth date")
    born = _first_date(text, formats)
    if born.year < EARLIEST_YEAR or born > (today or datetime.now().astimezone().date()):
        raise InvalidField(
            "birth_date",
            "range",
            f"before {EARLIEST_YEAR} or in the future",
            hint="check the year, and the order of day and month",
        )
    return born.isoformat()


def check_date_format(date_format: str) -> None:
    """Refuse a format that does not give a whole date in one reading.

    Usable are `%Y`, `%m`, `%d`, once each; `%H`, `%M`, `%S`, `%f` for a time that is dropped; and
    any other character for itself. Not usable are `%y`, which leaves the century to a guess, and
    month names, which depend on the process's locale.

    Raises:
        InvalidMapping: with the format's fault; a format is no personal data.
    """
    _pattern(date_format)


def _first_date(text: str, formats: Sequence[str]) -> date:
    read = False
    for date_format in formats:
        if match := _pattern(date_format).fullmatch(text):
            read = True
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:  # such as 30 February; another format may read it otherwise
                continue
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


@lru_cache(maxsize=64)
def _pattern(date_format: str) -> re.Pattern[str]:
    tokens = _TOKEN.findall(date_format)
    for directive in ("%Y", "%m", "%d"):
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
        if token not in _DIRECTIVES:
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

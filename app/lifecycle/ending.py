"""Every dataset ends: on which day, by default and at the latest, and when that day has come.

Days are those of UTC. A dataset ends with the beginning of its day.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime

from app.errors import InvalidInput

LIFETIME_YEARS_DEFAULT = 1
# As long as somebody harmed by the leak can bring a claim in France: article 2224 of the civil
# code gives five years. Whoever needs more reads the source again.
LIFETIME_YEARS_MAXIMUM = 5


def today() -> date:
    """Return today's date, in UTC."""
    return datetime.now(UTC).date()


def default_end(begins_on: date) -> date:
    """Return the end of a dataset for which nobody gave one."""
    return _years_later(begins_on, LIFETIME_YEARS_DEFAULT)


def check_end(ends_on: date, begins_on: date) -> date:
    """Return the end date if a dataset that begins on a day can have it.

    Raises:
        InvalidInput: it has come already, or is too far away.
    """
    latest = _years_later(begins_on, LIFETIME_YEARS_MAXIMUM)
    if not begins_on < ends_on <= latest:
        raise InvalidInput(
            f"a dataset cannot end on {ends_on}",
            hint=f"give a day after today, {begins_on}, and not after {latest}, "
            f"{LIFETIME_YEARS_MAXIMUM} years from now",
        )
    return ends_on


def has_ended(ends_on: date, day: date) -> bool:
    """Tell whether a dataset with that end answers nobody any more."""
    return day >= ends_on


def _years_later(day: date, years: int) -> date:
    year = day.year + years
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=year, day=28 if is_leap_day and not calendar.isleap(year) else day.day)

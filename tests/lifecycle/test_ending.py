"""Every dataset has an end, which is neither past nor beyond five years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.lifecycle.ending import check_end, default_end, has_ended

DAYS = st.dates(date(2020, 1, 1), date(2100, 12, 31))


@given(DAYS)
def test_the_default_is_the_same_day_of_next_year_and_acceptable(day: date) -> None:
    end = default_end(day)
    assert (end.year, end.month) == (day.year + 1, day.month)
    assert end.day == day.day or (day.month, day.day, end.day) == (2, 29, 28)
    assert check_end(end, day) == end


@given(DAYS, st.integers(-5000, 5000))
def test_an_end_is_after_today_and_within_five_years(day: date, days: int) -> None:
    end = day + timedelta(days=days)
    if 0 < days <= 5 * 365:
        assert check_end(end, day) == end
    if days <= 0 or days > 5 * 366:
        with pytest.raises(InvalidInput, match=str(end)):
            check_end(end, day)


def test_the_last_day_that_is_accepted_is_five_years_on() -> None:
    today = date(2026, 11, 25)
    assert check_end(date(2031, 11, 25), today) == date(2031, 11, 25)
    with pytest.raises(InvalidInput) as refusal:
        check_end(date(2031, 11, 26), today)
    assert "2031-11-25" in refusal.value.hint
    check_end(date(2029, 2, 28), date(2024, 2, 29))


def test_a_dataset_ends_with_the_beginning_of_its_day() -> None:
    end = date(2027, 1, 2)
    assert not has_ended(end, date(2027, 1, 1))
    assert has_ended(end, end)
    assert has_ended(end, date(2027, 1, 3))

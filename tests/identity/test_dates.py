"""Birth dates: the ISO form, other formats, the calendar and the range."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidField, InvalidMapping
from app.identity.characters import SPACES
from app.identity.dates import (
    check_date_format,
    check_file_date_format,
    normalise_birth_date,
    possible_birth_dates,
)

TODAY = date(2026, 3, 1)
DATES = st.dates(date(1870, 1, 1), TODAY)
COMMON = ["%d/%m/%Y", "%Y%m%d", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y", "%d%m%Y"]
WITH_TIME = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%d/%m/%Y %H:%M", "%Y%m%d%H%M%S"]


def reason(raw: str, *formats: str, today: date | None = TODAY) -> str:
    with pytest.raises(InvalidField) as caught:
        normalise_birth_date(raw, formats=formats or ("%Y-%m-%d",), today=today)
    assert caught.value.field == "birth_date"
    return caught.value.reason


@given(DATES)
def test_an_iso_date_is_its_own_normal_form(born: date) -> None:
    assert normalise_birth_date(born.isoformat(), today=TODAY) == born.isoformat()


@pytest.mark.parametrize("space", SPACES)
def test_spaces_around_a_date_are_dropped(space: str) -> None:
    assert normalise_birth_date(f"{space}1985-05-12{space}", today=TODAY) == "1985-05-12"


@pytest.mark.parametrize(
    "raw",
    [
        "1985-5-12",
        "1985-05-2",
        "85-05-12",
        "1985/05/12",
        "19850512",
        "12/05/1985",
        "1985-05-12T00:00:00",
        "1985- 5-12",
        "1985-05-1２",
        "١٩٨٥-٠٥-١٢",
        "1985–05–12",
        "+1985-05-12",
        "1985-05-12\x00",
        "1985-W19-7",
        "1985-13-01",
        "1985-00-10",
        "1985-01-32",
        "1985-01-00",
    ],
)
def test_only_four_two_and_two_ascii_digits_are_an_iso_date(raw: str) -> None:
    assert reason(raw) == "format"


@pytest.mark.parametrize("raw", ["1985-02-29", "1900-02-29", "1985-04-31", "2024-02-30"])
def test_a_day_that_does_not_exist_is_refused(raw: str) -> None:
    assert reason(raw) == "calendar"


@pytest.mark.parametrize("raw", ["1984-02-29", "2000-02-29", "1872-02-29"])
def test_leap_days_exist(raw: str) -> None:
    assert normalise_birth_date(raw, today=TODAY) == raw


def test_years_begin_with_1870() -> None:
    assert normalise_birth_date("1870-01-01", today=TODAY) == "1870-01-01"
    assert reason("1869-12-31") == "range"
    assert reason("0001-01-01") == "range"
    assert reason("0000-01-01") == "calendar"


def test_today_is_accepted_and_tomorrow_is_not() -> None:
    assert normalise_birth_date("2026-03-01", today=TODAY) == "2026-03-01"
    assert reason("2026-03-02") == "range"
    assert reason("9999-12-31") == "range"


def test_without_today_the_clock_decides() -> None:
    """Two days away from any zone's present, so that the clock's zone does not matter."""
    now = datetime.now(UTC).date()
    past, future = now - timedelta(days=2), now + timedelta(days=2)
    assert normalise_birth_date(past.isoformat()) == past.isoformat()
    assert reason(future.isoformat(), today=None) == "range"


@pytest.mark.parametrize("raw", ["", " ", "\u00a0"])
def test_nothing_is_empty(raw: str) -> None:
    assert reason(raw) == "empty"


def test_more_than_256_characters_are_refused() -> None:
    assert normalise_birth_date("1985-05-12".ljust(256), today=TODAY) == "1985-05-12"
    assert reason("1985-05-12".ljust(257)) == "length"


@pytest.mark.parametrize("date_format", COMMON + WITH_TIME)
@given(born=st.datetimes(datetime(1870, 1, 1), datetime(2026, 2, 28)))  # noqa: DTZ001 - wall time
def test_what_strftime_prints_is_read_back(date_format: str, born: datetime) -> None:
    # strftime does not fill the year up to four digits on every platform; none is below 1000 here.
    raw = born.strftime(date_format)
    assert normalise_birth_date(raw, formats=[date_format], today=TODAY) == born.date().isoformat()


@pytest.mark.parametrize("date_format", COMMON + WITH_TIME)
@given(data=st.data())
def test_what_is_read_is_read_by_strptime_as_the_same_date(
    date_format: str, data: st.DataObject
) -> None:
    """Python's own parser is the oracle: it accepts more, and never something else."""
    shapes = {"%Y": "(19|20)[0-9]{2}", "%f": "[0-9]{1,7}"}
    shape = "".join(
        shapes.get(token, "[0-3]?[0-9]") if token.startswith("%") else re.escape(token)
        for token in re.findall("%.|.", date_format)
    )
    raw = data.draw(st.from_regex(shape, fullmatch=True))
    try:
        result = normalise_birth_date(raw, formats=[date_format], today=TODAY)
    except InvalidField:
        return
    assert datetime.strptime(raw, date_format).date().isoformat() == result  # noqa: DTZ007 - a date


@pytest.mark.parametrize(
    ("raw", "date_format"),
    [
        ("1/2/1985", "%d/%m/%Y"),
        ("01/2/1985", "%d/%m/%Y"),
        ("1.02.1985", "%d.%m.%Y"),
        ("1/2/1985 0:00", "%d/%m/%Y %H:%M"),
    ],
)
def test_one_digit_is_enough_between_separators(raw: str, date_format: str) -> None:
    assert normalise_birth_date(raw, formats=[date_format], today=TODAY) == "1985-02-01"


@pytest.mark.parametrize(
    ("raw", "date_format"),
    [
        ("1985112", "%Y%m%d"),  # 11 February's twin: 2 November or 12 January
        ("198512", "%Y%m%d"),
        ("1121985", "%d%m%Y"),
        ("1/2/85", "%d/%m/%Y"),
        (" 1/ 2/1985", "%d/%m/%Y"),
        ("1/2/1985 ?", "%d/%m/%Y"),
        ("１/2/1985", "%d/%m/%Y"),
        ("12/05/1985 24:00", "%d/%m/%Y %H:%M"),
        ("1985-5-12 00:00", "%Y%m-%d %H:%M"),
    ],
)
def test_text_with_more_than_one_reading_or_none_is_refused(raw: str, date_format: str) -> None:
    assert reason(raw, date_format) == "format"


def test_the_first_format_that_gives_a_day_decides() -> None:
    day_first, month_first = "%d/%m/%Y", "%m/%d/%Y"
    for formats, result in [
        ((day_first, month_first), "1985-02-01"),
        ((month_first, day_first), "1985-01-02"),
    ]:
        assert normalise_birth_date("01/02/1985", formats=formats, today=TODAY) == result
    mixed = (day_first, month_first, "%Y%m%d")
    assert normalise_birth_date("12/25/1985", formats=mixed, today=TODAY) == "1985-12-25"
    assert normalise_birth_date("19851225", formats=mixed, today=TODAY) == "1985-12-25"
    assert reason("02/30/1985", *mixed) == "calendar"


def test_a_date_out_of_range_is_not_read_again_by_another_format() -> None:
    assert reason("31121869", "%d%m%Y", "%Y%m%d") == "range"


@pytest.mark.parametrize(
    "date_format",
    [
        "",
        "%d/%m",
        "%Y-%m",
        "%d/%m/%y",
        "%d/%m/%y %Y",
        "%d %B %Y",
        "%Y-%m-%d%",
        "%x",
        "%Y%Y-%m-%d",
        "%Y-%m-%d %z",
        "%Y-%m-%-d",
        "%Y-%m-%é%d",
    ],
)
def test_a_format_without_one_whole_reading_is_a_fault_of_the_mapping(date_format: str) -> None:
    with pytest.raises(InvalidMapping):
        check_date_format(date_format)
    with pytest.raises(InvalidMapping):
        normalise_birth_date("1985-05-12", formats=[date_format], today=TODAY)


@pytest.mark.parametrize("date_format", COMMON + WITH_TIME)
def test_usual_formats_are_usable(date_format: str) -> None:
    check_date_format(date_format)


def test_other_characters_of_a_format_stand_for_themselves() -> None:
    formats = ["né(e) le %d.%m.%Y [100%%]"]
    result = normalise_birth_date("né(e) le 12.05.1985 [100%]", formats=formats, today=TODAY)
    assert result == "1985-05-12"
    assert reason("né(e) le 12x05x1985 [100%]", *formats) == "format"


def possible(raw: str, *formats: str) -> list[str]:
    return possible_birth_dates(raw, formats=formats, today=TODAY)


@pytest.mark.parametrize(
    ("raw", "dates"),
    [
        ("01/02/21", ["1921-02-01", "2021-02-01"]),
        ("1/2/85", ["1985-02-01"]),
        ("28/02/26", ["1926-02-28", "2026-02-28"]),
        ("02/03/26", ["1926-03-02"]),
        ("29/02/00", ["2000-02-29"]),
        ("01/02/1921", ["1921-02-01"]),
    ],
)
def test_a_year_of_two_digits_is_of_two_centuries_if_both_are_past(
    raw: str, dates: list[str]
) -> None:
    assert possible(raw, "%d/%m/%y", "%d/%m/%Y") == dates
    check_file_date_format("%d/%m/%y")


@pytest.mark.parametrize("raw", ["31/02/21", "29/02/21", "1/2/5", "01/02/021"])
def test_no_century_makes_a_date_of_what_is_none(raw: str) -> None:
    with pytest.raises(InvalidField):
        possible(raw, "%d/%m/%y")


@given(st.dates(date(1900, 1, 1), TODAY))
def test_the_date_that_was_meant_is_among_those_that_are_possible(born: date) -> None:
    for form in ("%d/%m/%y", "%y%m%d", "%d.%m.%y 00:00"):
        assert born.isoformat() in possible(born.strftime(form), form)


@given(st.text(st.sampled_from("0123456789/-. "), max_size=12) | DATES.map(date.isoformat))
def test_with_whole_years_a_file_is_read_as_a_question_is(raw: str) -> None:
    try:
        asked = [normalise_birth_date(raw, formats=COMMON, today=TODAY)]
    except InvalidField as refusal:
        with pytest.raises(InvalidField, match=refusal.message):
            possible(raw, *COMMON)
    else:
        assert possible(raw, *COMMON) == asked


@pytest.mark.parametrize("form", ["%d/%m/%y", "%y-%m-%d"])
def test_a_question_has_a_whole_year(form: str) -> None:
    with pytest.raises(InvalidMapping, match="%Y"):
        check_date_format(form)
    with pytest.raises(InvalidMapping, match="%Y"):
        normalise_birth_date("01/02/21", formats=[form])


@pytest.mark.parametrize("form", ["%d/%m/%y/%Y", "%y/%y/%m/%d", "%d/%m"])
def test_a_format_of_a_file_has_one_year(form: str) -> None:
    with pytest.raises(InvalidMapping):
        check_file_date_format(form)

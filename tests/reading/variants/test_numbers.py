"""Numbers that a spreadsheet changed are read where their digits are all there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidField
from app.reading.variants.numbers import (
    ROUNDED,
    is_rounded_nir,
    unrounded_nir,
    whole_number,
    zero_for_o,
)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1850556950048.0", "1850556950048"),
        ("185055695004846,00", "185055695004846"),
        ("1,850556950048E+12", "1850556950048"),
        ("1.85055695004846e14", "185055695004846"),
        ("639980001.0", "639980001"),
    ],
)
def test_digits_that_are_all_there_are_read(text: str, digits: str) -> None:
    assert whole_number(text) == (digits,)
    assert not is_rounded_nir(text)


@pytest.mark.parametrize("text", ["1,85056E+12", "1.85E+12", "2E12", "1.85055695E+14"])
def test_digits_that_are_lost_are_not_made_up(text: str) -> None:
    assert whole_number(text) == ()
    assert is_rounded_nir(text)


@pytest.mark.parametrize(
    "text",
    ["1850560000000", "1850000000000", "185056000000000", "1 85 05 60 000 000", "185-056-0000000"],
)
def test_what_is_left_of_lost_digits_is_nobodys_number(text: str) -> None:
    assert is_rounded_nir(text)
    with pytest.raises(InvalidField):
        unrounded_nir(text)


@given(st.integers(1, 999_999))
def test_a_number_of_a_register_is_taken_as_the_frozen_rules_take_it(number: int) -> None:
    nir = f"1850556{number:06}"
    assert unrounded_nir(nir) == nir
    assert not is_rounded_nir(nir)


def test_a_number_that_ends_as_none_does_is_refused_with_a_right_key_too() -> None:
    with pytest.raises(InvalidField) as refusal:
        unrounded_nir(f"1850556000000{97 - 1850556000000 % 97:02}")
    assert refusal.value.reason == ROUNDED


@pytest.mark.parametrize("text", ["", "1850556950048", "01.99.00.00.00", "NC", "1.5", "1E+3"])
def test_other_text_is_left(text: str) -> None:
    assert whole_number(text) == ()
    assert not is_rounded_nir(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1 85 O5 56 95O O48", ("1 85 05 56 950 048",)),
        ("18505o56950048", ("18505056950048",)),
        ("1850556950048", ()),
        ("INCONNU", ()),
        ("", ()),
    ],
)
def test_an_o_in_a_number_is_a_zero(text: str, read: tuple[str, ...]) -> None:
    assert zero_for_o(text) == read


@given(st.integers(10**12, 10**13 - 1))
def test_no_digit_is_ever_changed(number: int) -> None:
    text = str(number)
    for written in (f"{text}.0", f"{text[0]},{text[1:]}E+12"):
        assert whole_number(written) == (text,)

"""The NIR's rule: structure, key, and what spreadsheets and keyboards make of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir as oracle

from app.errors import InvalidField
from app.identity.nir import nir_key, normalise_nir

BODIES = st.from_regex(r"[1-8][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}", fullmatch=True)


def with_key(body: str) -> str:
    return f"{body}{nir_key(body):02d}"


def reason(raw: str) -> str:
    with pytest.raises(InvalidField) as caught:
        normalise_nir(raw)
    assert caught.value.field == "nir"
    return caught.value.reason


@given(BODIES)
def test_python_stdnum_accepts_what_gets_our_key(body: str) -> None:
    assert oracle.validate(with_key(body)) == with_key(body)
    assert oracle.calc_check_digits(body) == f"{nir_key(body):02d}"


@given(BODIES, st.integers(0, 99))
def test_a_key_is_accepted_exactly_when_python_stdnum_accepts_it(body: str, key: int) -> None:
    number = f"{body}{key:02d}"
    if oracle.is_valid(number):
        assert normalise_nir(number) == body
    else:
        assert reason(number) == "key"


@given(BODIES)
def test_the_result_is_the_body_with_and_without_key(body: str) -> None:
    assert normalise_nir(with_key(body)) == normalise_nir(body) == body


@given(BODIES, st.integers(0, 14), st.sampled_from("0123456789"))
def test_with_the_key_every_single_wrong_digit_is_noticed(
    body: str, position: int, digit: str
) -> None:
    right = with_key(body)
    wrong = right[:position] + digit + right[position + 1 :]
    if wrong != right:
        assert reason(wrong) in {"key", "format"}


@given(BODIES, st.integers(0, 11))
def test_with_the_key_two_neighbouring_digits_swapped_are_noticed(body: str, position: int) -> None:
    right = with_key(body)
    a, b = right[position], right[position + 1]
    wrong = right[:position] + b + a + right[position + 2 :]
    if wrong != right:
        assert reason(wrong) in {"key", "format"}


def test_the_other_corsican_department_has_another_key() -> None:
    assert nir_key("285052A004111") != nir_key("285052B004111")
    assert normalise_nir(with_key("285052B004111")) == "285052B004111"


def test_a_lower_case_corsican_letter_is_raised() -> None:
    assert normalise_nir("285052b004111") == "285052B004111"


@pytest.mark.parametrize(
    "raw",
    [
        "28505A2004111",  # the letter one place too early
        "2850520A04111",  # one too late
        "285051A004111",  # there is no department 1A
        "A850578006048",
        "18505780060 4O",  # the letter O for a zero
    ],
)
def test_a_letter_out_of_place_is_refused(raw: str) -> None:
    assert reason(raw) == "format"


@pytest.mark.parametrize("first", "12345678")
def test_first_digits_from_one_to_eight_are_accepted(first: str) -> None:
    """3, 4, 7 and 8 are temporary numbers, 5 and 6 the insurer's own."""
    assert normalise_nir(first + "850578006048") == first + "850578006048"


@pytest.mark.parametrize("first", "09")
def test_first_digits_zero_and_nine_are_refused(first: str) -> None:
    assert reason(first + "850578006048") == "format"


@pytest.mark.parametrize("month", [0, 1, 12, 13, 19, 20, 21, 30, 42, 43, 50, 99])
def test_no_month_is_refused(month: int) -> None:
    body = f"185{month:02d}78006048"
    assert normalise_nir(with_key(body)) == body


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("1.85058E+12", "length"),
        ("1,85057800604830E+14", "length"),
        ("1850578006048.0", "length"),
        ("1.85057801E+12", "format"),  # as long as a NIR once the full stop is gone
        ("185057800600000", "key"),  # rounded to ten digits
    ],
)
def test_what_a_spreadsheet_makes_of_a_nir_is_refused(raw: str, why: str) -> None:
    assert reason(raw) == why


@pytest.mark.parametrize(
    "separator", [" ", "\u00a0", "\u202f", "\u2009", "\u3000", "\t", "\u0085", ".", "-", "_", "'"]
)
def test_separators_that_the_rule_names_are_removed(separator: str) -> None:
    assert normalise_nir(separator.join("185057800604830")) == "1850578006048"


@pytest.mark.parametrize("separator", ["\u2013", "\u2019", "\u200b", "\u00ad", "/", ",", "\x00"])
def test_separators_that_the_rule_does_not_name_are_refused(separator: str) -> None:
    assert reason(f"1{separator}850578006048") == "length"
    assert reason(f"1{separator}85057800604") == "format"


def test_full_width_digits_are_digits() -> None:
    assert normalise_nir("１８５０５７８００６０４８３０") == "1850578006048"


def test_arabic_indic_digits_are_refused() -> None:
    assert reason("١٨٥٠٥٧٨٠٠٦٠٤٨") == "format"


@pytest.mark.parametrize("length", [0, 1, 12, 14, 16, 256])
def test_other_lengths_than_13_and_15_are_refused(length: int) -> None:
    assert reason("1" * length) == "length"


def test_more_than_256_characters_are_refused_even_if_they_are_spaces() -> None:
    assert normalise_nir("1850578006048".ljust(256)) == "1850578006048"
    assert reason("1850578006048".ljust(257)) == "length"


def test_the_message_for_a_wrong_key_says_what_to_check() -> None:
    with pytest.raises(InvalidField) as caught:
        normalise_nir("185057800604831")
    assert caught.value.message == "the two-digit key does not match; check the number"


@pytest.mark.parametrize("key", ["00", "98", "99"])
def test_keys_that_no_number_has_are_refused(key: str) -> None:
    assert reason("1850578006048" + key) == "key"


@given(BODIES)
def test_a_key_lies_between_1_and_97(body: str) -> None:
    assert 1 <= nir_key(body) <= 97


@pytest.mark.parametrize("raw", ["", "185057800604830", "1 85 05 78 006 048", "١٨٥٠٥٧٨٠٠٦٠٤٨"])
def test_the_key_of_something_that_is_not_normalised_is_refused(raw: str) -> None:
    with pytest.raises(InvalidField, match="not where it can be"):
        nir_key(raw)


@given(st.text(alphabet="0123456789abAB .-_'２"))
def test_a_result_has_13_characters_of_the_rule(raw: str) -> None:
    try:
        result = normalise_nir(raw)
    except InvalidField:
        return
    assert re.fullmatch(r"[1-8][0-9]{4}([0-9]{2}|2[AB])[0-9]{6}", result)

"""Several numbers or addresses in one cell are each found, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.contact import normalise_email, normalise_phone
from app.reading.variants.contacts import several_addresses, several_numbers

ONE, OTHER = "+33199000001", "+262639980001"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0199000001 / 0639980001", [ONE, OTHER]),
        ("01 99 00 00 01 / 06 39 98 00 01", [ONE, OTHER]),
        ("01.99.00.00.01;06.39.98.00.01", [ONE, OTHER]),
        ("01/99/00/00/01 ou 06/39/98/00/01", [ONE, OTHER]),
        ("01 99 00 00 01 06 39 98 00 01", [ONE, OTHER]),
        ("+33 1 99 00 00 01, 0033 (0)6 39 98 00 01", [ONE, OTHER]),
        ("DOM: 0199000001 PORT: 0639980001", [ONE, OTHER]),
        ("0199000001 (BUREAU)", [ONE]),
        ("199000001/639980001", [ONE, OTHER]),
        ("+447700900123 / 0199000001", ["+447700900123", ONE]),
    ],
)
def test_numbers_are_found(text: str, numbers: list[str]) -> None:
    assert [normalise_phone(found) for found in several_numbers(text)] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "NC", "", "0199000001 poste 12", "01990000010639980001", "019900000",
        "0199000001 / 06399800", "0199000001\ufffd", "0199000001 / 0639980001 / \ufffd",
    ],
)  # fmt: skip
def test_where_digits_are_left_over_nothing_is_taken(text: str) -> None:
    """Nor where bytes are left over that may have been some."""
    assert several_numbers(text) == ()


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("a@x.example;b@y.example", ["a@x.example", "b@y.example"]),
        ("a@x.example / b@y.example", ["a@x.example", "b@y.example"]),
        ("a@x.example/b@y.example", ["a@x.example", "b@y.example"]),
        ("A@X.EXAMPLE OU b@y.example", ["a@x.example", "b@y.example"]),
        ("CLAIRE MARTIN <a@x.example>", ["a@x.example"]),
        ("mailto:a@x.example", ["a@x.example"]),
        ("a/b@x.example, NC", ["a/b@x.example"]),
    ],
)
def test_addresses_are_found(text: str, addresses: list[str]) -> None:
    assert [normalise_email(found) for found in several_addresses(text)] == addresses


def test_a_cell_without_an_address_has_none() -> None:
    assert several_addresses("PAS D'ADRESSE") == several_addresses("") == ()


@given(
    st.lists(st.integers(0, 9999), min_size=1, max_size=4),
    st.sampled_from([" / ", ";", " ", ", ", " ou ", "\n", " - "]),
    st.sampled_from(["", " ", "."]),
)
def test_every_number_that_was_written_is_found(ends: list[int], between: str, inside: str) -> None:
    """In the range that is kept for fiction, however they are written."""
    numbers = [f"019900{end:04d}" for end in ends]
    written = [inside.join(n[i : i + 2] for i in range(0, 10, 2)) for n in numbers]
    found = several_numbers(between.join(written))
    assert [normalise_phone(each) for each in found] == ["+33" + n[1:] for n in numbers]

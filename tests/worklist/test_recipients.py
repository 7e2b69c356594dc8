"""A row says how its person can be told, and nothing that shows whom when it is printed."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import InvalidMapping
from app.worklist.columns import Channel
from app.worklist.recipients import ENGLISH, FRENCH, KEYS, Recipient, parse_recipients

HEADER = (
    "NUM", "NOM", "PRENOM", "ADR1", "ADR2", "CP", "VILLE", "PAYS", "MAIL", "TEL", "LANGUE",
)  # fmt: skip
SECTION: dict[str, Any] = {
    "name": ["PRENOM", "NOM"],
    "address": ["ADR1", "ADR2"],
    "postcode": "CP",
    "town": "VILLE",
    "country": "PAYS",
    "email": "MAIL",
    "phone": "TEL",
    "language": "LANGUE",
    "reference": "NUM",
}
ROW = (
    "P-17", "LE GOFF", "Anaïs", "", "3 rue de l’Église", "56000", "Vannes", "", "a@b.example",
    "01 99 00 12 34", "",
)  # fmt: skip


def recipient(**changes: str) -> Recipient:
    """Return what the example row says, some of its cells changed."""
    row = [changes.get(name, cell) for name, cell in zip(HEADER, ROW, strict=True)]
    return parse_recipients(SECTION).bound(HEADER).of(row)


def refusal(section: dict[str, Any]) -> str:
    """Return what is said of a section that cannot be used with the header, hint included."""
    with pytest.raises(InvalidMapping) as caught:
        parse_recipients(section).bound(HEADER)
    return f"{caught.value.message} | {caught.value.hint}"


def test_each_field_is_read_from_its_columns() -> None:
    assert set(SECTION) == set(KEYS)
    found = recipient()
    assert found.name == "Anaïs LE GOFF"
    assert found.address == ("3 rue de l’Église",)
    assert (found.postcode, found.town, found.country) == ("56000", "Vannes", "")
    assert (found.email, found.phone) == ("a@b.example", "01 99 00 12 34")
    assert (found.language, found.reference) == (FRENCH, "P-17")
    assert found.channels == (Channel.POST, Channel.EMAIL, Channel.PHONE)


def test_a_list_may_have_none_of_them() -> None:
    nobody = parse_recipients({}).bound(HEADER).of(ROW)
    assert nobody == Recipient()
    assert nobody.channels == ()


@pytest.mark.parametrize("column", ["CP", "VILLE", "ADR2"])
def test_a_letter_needs_a_whole_address(column: str) -> None:
    assert Channel.POST not in recipient(**{column: " "}).channels


def test_a_letter_needs_a_name() -> None:
    assert Channel.POST not in recipient(NOM="", PRENOM="\t").channels


@pytest.mark.parametrize("address", ["", "néant", "a@b", "a@b.example; c@d.example", "A <a@b.fr>"])
def test_what_is_no_address_opens_no_channel(address: str) -> None:
    assert Channel.EMAIL not in recipient(MAIL=address).channels


@pytest.mark.parametrize("number", ["", "12", "au bureau"])
def test_what_is_no_number_opens_no_channel(number: str) -> None:
    assert Channel.PHONE not in recipient(TEL=number).channels


@pytest.mark.parametrize(
    ("written", "language"), [("en", ENGLISH), ("EN ", ENGLISH), ("fr", FRENCH), ("enfant", FRENCH)]
)
def test_english_is_asked_for_by_its_code_only(written: str, language: str) -> None:
    assert recipient(LANGUE=written).language == language


def test_a_postcode_has_back_the_zero_that_a_spreadsheet_took() -> None:
    assert recipient(CP="1000").postcode == "01000"
    assert recipient(CP="1000", PAYS="France").postcode == "01000"
    assert recipient(CP="1000", PAYS="Belgique").postcode == "1000"
    assert recipient(CP="100").postcode == "100"


def test_france_is_no_country_to_write_on_a_letter() -> None:
    assert recipient(PAYS="france").country == ""
    assert recipient(PAYS="Suisse").country == "Suisse"


def test_what_cannot_be_printed_is_taken_out_and_lines_are_kept_apart() -> None:
    found = recipient(NOM="LE\u202e  GOFF\x07", ADR1="Bât. B\r\n\r\nEscalier 2")
    assert found.name == "Anaïs LE GOFF"
    assert found.address == ("Bât. B", "Escalier 2", "3 rue de l’Église")


def test_letters_and_accents_that_stand_apart_are_joined() -> None:
    assert recipient(PRENOM="Anai\u0308s").name == "Anaïs LE GOFF"


def test_nothing_of_a_person_is_shown_when_one_is_printed() -> None:
    shown = repr(recipient()) + str([recipient()])
    assert not any(cell in shown for cell in ROW if cell)


def test_columns_can_be_given_by_their_positions() -> None:
    bound = parse_recipients({"name": [3, 2], "town": 7}).bound(("",) * len(HEADER))
    assert (bound.of(ROW).name, bound.of(ROW).town) == ("Anaïs LE GOFF", "Vannes")


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"surname": "NOM"}, "[recipient] has no 'surname'"),
        ({"email": ["MAIL", "TEL"]}, "email in [recipient] is several columns"),
        ({"town": {"constant": "Vannes"}}, "town in [recipient] is a table"),
        ({"name": 0}, "name in [recipient] is no column"),
        ({"address": []}, "address in [recipient] is no column"),
        ({"town": "COMMUNE"}, "town in [recipient]: the column 'COMMUNE'"),
        ({"town": 12}, "town in [recipient]: the column 12"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_key(section: dict[str, Any], said: str) -> None:
    assert said in refusal(section)


def test_a_column_that_is_missing_is_told_with_those_that_are_there() -> None:
    assert "'NUM', 'NOM', 'PRENOM'" in refusal({"town": "COMMUNE"})

from __future__ import annotations

import datetime

import pytest

from app.errors import InvalidField
from app.identity.contact import normalise_email, normalise_phone
from app.identity.names import normalise_given_name, normalise_surname
from app.identity.nir import normalise_nir
from app.synthesis import dirt
from app.synthesis.draw import Draw
from tests.synthesis.reading import read_date

TIMES = 3_000


@pytest.mark.parametrize("nir", ["1850578950048", "285052A950111", "7850578950048"])
def test_a_nir_that_is_said_to_read_reads_and_one_that_is_not_is_refused(nir: str) -> None:
    draw = Draw(1)
    for _ in range(TIMES):
        written, reads = dirt.write_nir(draw, nir)
        if reads:
            assert normalise_nir(written) == nir
        else:
            with pytest.raises(InvalidField):
                normalise_nir(written)


def test_a_spreadsheet_writes_a_nir_as_a_french_one_does() -> None:
    draw = Draw(1)
    written = {dirt.write_nir(draw, "1850578950048")[0] for _ in range(TIMES)}
    assert "1,85058E+12" in written


def test_a_spreadsheet_leaves_a_corsican_nir_alone() -> None:
    draw = Draw(1)
    assert not any("E+" in dirt.write_nir(draw, "285052A950111")[0] for _ in range(TIMES))


def test_a_date_that_is_said_to_read_reads_and_one_that_is_not_does_not() -> None:
    draw = Draw(2)
    born = datetime.date(1985, 5, 12)
    for _ in range(TIMES):
        written, reads = dirt.write_birth_date(draw, born)
        assert read_date(written, ["%d/%m/%Y", "%Y%m%d"]) == (born if reads else None)


@pytest.mark.parametrize("name", ["Le Goff", "L'Hostis", "Crèvecœur", "Quéré-Martin"])
def test_a_surname_stays_the_same_to_the_protocol(name: str) -> None:
    draw = Draw(3)
    written = {dirt.write_name(draw, name) for _ in range(TIMES)}
    assert {normalise_surname(text) for text in written} == {normalise_surname(name)}
    assert len(written) >= 4


@pytest.mark.parametrize("name", ["Jean", "Jean-Pierre", "Jean Pierre", "Zoé Anne-Marie"])
def test_a_given_name_stays_the_same_to_the_protocol(name: str) -> None:
    draw = Draw(4)
    written = {dirt.write_given_name(draw, name) for _ in range(TIMES)}
    assert {normalise_given_name(text) for text in written} == {normalise_given_name(name)}


@pytest.mark.parametrize("number", ["0639981234", "0261910001"])
def test_a_phone_number_stays_the_same_to_the_protocol(number: str) -> None:
    draw = Draw(5)
    written = {dirt.write_phone(draw, number) for _ in range(TIMES)}
    assert {normalise_phone(text) for text in written} == {normalise_phone(number)}
    assert len(written) == 9


@pytest.mark.parametrize("junk", dirt.JUNK_PHONES)
def test_a_word_in_place_of_a_number_is_refused(junk: str) -> None:
    with pytest.raises(InvalidField):
        normalise_phone(junk)


@pytest.mark.parametrize(
    "email", ["zoe.legoff12@courrier.example", "yann.morvan3@courriel-privé.example"]
)
def test_an_address_stays_the_same_to_the_protocol(email: str) -> None:
    draw = Draw(6)
    written = {dirt.write_email(draw, email) for _ in range(TIMES)}
    assert {normalise_email(text) for text in written} == {normalise_email(email)}
    assert email.upper() in written

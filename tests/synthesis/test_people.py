from __future__ import annotations

import datetime
import itertools

import pytest

from app.identity.names import normalise_given_name, normalise_surname
from app.synthesis.draw import Draw
from app.synthesis.people import (
    ADULT,
    BABY,
    CHILD,
    DAY_WITHOUT_BIRTHS,
    LAST_EXAM,
    make_birth_date,
    make_email,
    make_nir,
    make_person,
)
from app.synthesis.spelling import capitals, squeezed
from app.synthesis.vocabulary import (
    ABSENT_SURNAMES,
    LABORATORIES,
    MEN,
    STREETS,
    SURNAMES,
    TOWNS,
    WOMEN,
)


def test_names_are_squeezed_as_the_protocol_normalises_them() -> None:
    for name in SURNAMES + ABSENT_SURNAMES:
        assert normalise_surname(name) == squeezed(name)
    for name in WOMEN + MEN:
        assert normalise_given_name(name) == squeezed(name)


def test_capitals_keep_what_stands_between() -> None:
    assert capitals("Lœuillet-Quéré") == "LOEUILLET-QUERE"
    assert capitals("Le Mée") == "LE MEE"


def test_no_absent_surname_is_one_of_the_leak_nor_two_of_them_joined() -> None:
    single = {squeezed(name) for name in SURNAMES}
    double = {a + b for a, b in itertools.product(sorted(single), repeat=2)}
    assert not {squeezed(name) for name in ABSENT_SURNAMES} & (single | double)


def test_the_vocabulary_says_each_thing_once() -> None:
    for vocabulary in (SURNAMES, ABSENT_SURNAMES, WOMEN, MEN, STREETS, TOWNS, LABORATORIES):
        assert len(set(vocabulary)) == len(vocabulary)


def test_28_laboratories_in_six_departments_say_that_they_are_made_up() -> None:
    assert len(LABORATORIES) == 28
    departments = {laboratory.department for laboratory in LABORATORIES}
    assert departments == {"56", "27", "45", "22", "41", "35"}
    assert all(laboratory.name.startswith("LABORATOIRE FICTIF ") for laboratory in LABORATORIES)


@pytest.mark.parametrize(
    ("kind", "youngest", "oldest"), [(ADULT, 18, 96), (CHILD, 2, 16), (BABY, 0, 2)]
)
def test_a_birth_date_fits_the_kind_and_is_never_the_17th(
    kind: str, youngest: int, oldest: int
) -> None:
    draw = Draw(4)
    exam = datetime.date.fromordinal(LAST_EXAM)
    for _ in range(2_000):
        born = make_birth_date(draw, kind, LAST_EXAM)
        assert born.day != DAY_WITHOUT_BIRTHS
        assert youngest - 0.1 <= (exam - born).days / 365.25 <= oldest
        assert born < exam


def test_corsica_has_letters_since_1976_only() -> None:
    draw = Draw(5)
    old = {make_nir(draw, "M", datetime.date(1975, 12, 31), "56")[5:7] for _ in range(3_000)}
    new = {make_nir(draw, "M", datetime.date(1976, 1, 1), "56")[5:7] for _ in range(3_000)}
    assert "20" in old
    assert not {"2A", "2B"} & old
    assert {"2A", "2B"} <= new
    assert "20" not in new


def test_a_child_can_have_a_parents_number_and_its_own_birth_date() -> None:
    draw = Draw(6)
    parent = make_person(draw, ADULT, "F", LAST_EXAM, None)
    child = make_person(draw, CHILD, "M", LAST_EXAM, parent)
    assert child.nir == parent.nir
    assert child.born > parent.born
    assert child.surname == parent.surname


def test_no_two_numbers_give_one_address() -> None:
    draw = Draw(7)
    addresses = {make_email(draw, "Zoé", "Le Goff", number) for number in range(1, 500)}
    assert len(addresses) == 499
    assert all(address.startswith("zoe.legoff") for address in addresses)

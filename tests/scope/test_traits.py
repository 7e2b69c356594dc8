"""What one row says of a leak's shape, and what it does not."""

from __future__ import annotations

from datetime import date

import pytest

from app.reading.mapping import parse_mapping
from app.scope.places import DEPARTMENTS, REGION_OF, department_of
from app.scope.traits import KINDS, Named, TraitReader, Traits, laboratory_of
from tests.scope.microdata import COLUMNS, MAPPING

TODAY = date(2026, 1, 1)
ROW = dict.fromkeys(COLUMNS, "")


def read(named: Named | None = None, **cells: str) -> Traits:
    reader = TraitReader(parse_mapping(MAPPING), COLUMNS, TODAY)
    return reader.read(list((ROW | cells).values()), named or Named())


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("56", "56"), ("056", "56"), ("1", "01"), ("2a", "2A"), ("Côtes d'Armor", "22"),
        ("56000", "56"), ("1000", "01"), ("20090", "2A"), ("20200", "2B"), ("97410", "974"),
        ("99", None), ("", None), ("MARTIN", None), ("560001", None),
    ],
)  # fmt: skip
def test_a_departement_is_read_from_code_name_and_postcode(cell: str, code: str | None) -> None:
    assert department_of(cell) == code


def test_every_departement_has_a_region_and_a_name() -> None:
    assert len(DEPARTMENTS) == 101
    assert set(DEPARTMENTS) == set(REGION_OF)
    assert len(set(REGION_OF.values())) == 18


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("  LABO  DU   PORT ", "LABO DU PORT"), ("", None), ("1850556000123", ""),
        ("claire@labo.example", ""), ("x" * 81, ""),
    ],
)  # fmt: skip
def test_what_is_no_name_of_a_laboratory_is_never_kept(cell: str, name: str | None) -> None:
    assert laboratory_of(cell) == name


def test_a_child_is_marked_or_young_on_the_day_of_the_examination() -> None:
    assert read(QUALITE="Bébé").is_child
    born = Named(born="2004-05-06")
    assert read(born, DATE_EXAM="2019-05-05").is_child
    assert not read(born, DATE_EXAM="2019-05-06").is_child
    assert not read(born).is_child


def test_a_childs_row_takes_neither_sex_nor_decade_from_a_number_that_may_be_a_parents() -> None:
    named = Named(nir="2850595000001")
    assert read(named).sex == "woman"
    assert read(named).decade == 1980
    child = read(named, QUALITE="ENFANT")
    assert child.sex is None
    assert child.decade is None


def test_two_digits_of_a_year_that_can_be_of_two_centuries_tell_no_decade() -> None:
    assert read(Named(nir="2150595000001")).decade is None


def test_kinds_of_data_are_columns_that_say_something() -> None:
    traits = read(NUM_SECU="x", PRESCRIPTEUR="DR X", COMMENTAIRE=" 0 ")
    found = {kind for bit, kind in enumerate(KINDS) if traits.kinds >> bit & 1}
    assert found == {"number", "prescriber"}

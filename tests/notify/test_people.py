"""Each person gets one letter, and nobody gets none because another has their name."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from app.errors import InvalidWorkList
from app.notify.people import Person, people_of
from app.worklist.columns import Channel
from app.worklist.recipients import Recipient
from tests.notify.examples import CANARY_NIR

KEY = b"k" * 32
ANNE = Recipient(
    name="Anne LE GOFF", address=("3 rue de l’Église",), postcode="56000", town="Vannes"
)


def people(*recipients: Recipient, key: bytes = KEY) -> list[Person]:
    return list(people_of(enumerate(recipients, start=2), key))


def test_rows_of_one_name_and_address_are_one_person() -> None:
    (person,) = people(ANNE, replace(ANNE, name="ANNE LE-GOFF", address=("3, rue de l'Eglise",)))
    assert person.lines == (2, 3)
    assert person.recipient == ANNE


def test_each_of_a_household_is_a_person() -> None:
    assert len(people(ANNE, replace(ANNE, name="Léo LE GOFF"))) == 2
    both = Recipient(name="Anne", email="a@b.example"), Recipient(name="Léo", email="a@b.example")
    assert len(people(*both)) == 2


def test_rows_of_one_name_and_email_are_one_person_who_can_be_told_in_both_ways() -> None:
    mail = replace(ANNE, email="a@b.example")
    only_mail = Recipient(name="Anne Le Goff", email="A@B.example", phone="01 99 00 12 34")
    for rows in permutations((ANNE, mail, only_mail)):
        (person,) = people(*rows)
        assert set(person.channels) == set(Channel)
        assert person.lines == (2, 3, 4)
        assert len(person.keys) == 2


def test_a_namesake_elsewhere_is_another_person() -> None:
    assert len(people(ANNE, replace(ANNE, address=("4 rue de l’Église",)))) == 2


def test_father_and_son_of_one_name_and_address_have_their_own_numbers() -> None:
    assert len(people(replace(ANNE, reference="1"), replace(ANNE, reference="2"))) == 2


def test_one_number_is_one_person_only_under_one_name() -> None:
    """A family's number is on the rows of all of them."""
    moved = replace(ANNE, reference="1", address=("9 rue Neuve",))
    assert len(people(replace(ANNE, reference="1"), moved)) == 1
    assert len(people(replace(ANNE, reference="1"), replace(moved, name="Léo"))) == 2


def test_nobody_disappears_because_nothing_tells_how_to_reach_them() -> None:
    found = people(Recipient(), Recipient(), Recipient(name="Anne"), Recipient(name="Anne"))
    assert [person.lines for person in found] == [(2,), (3,), (4,), (5,)]
    assert all(person.channels == () for person in found)


def test_the_digest_needs_the_key_and_shows_no_name() -> None:
    (one,), (other,) = people(ANNE), people(ANNE, key=b"o" * 32)
    assert set(one.keys).isdisjoint(other.keys)
    assert people(ANNE)[0].keys == one.keys
    assert "GOFF" not in repr(one)


@pytest.mark.parametrize("field", ["name", "postcode", "town", "country", "reference"])
@pytest.mark.parametrize(
    "nir",
    [
        CANARY_NIR,
        CANARY_NIR[:13],
        f"{CANARY_NIR[:14]}7",
        "1 85 05 56 950 048 46",
        f"Anne {CANARY_NIR} x",
    ],
)
def test_a_nir_where_it_would_be_printed_or_kept_is_refused(field: str, nir: str) -> None:
    changed: dict[str, Any] = {field: nir}
    with pytest.raises(InvalidWorkList) as caught:
        people(ANNE, replace(ANNE, **changed))
    assert f"line 3 has in a column of {field}" in caught.value.message
    assert CANARY_NIR[:13] not in caught.value.message


def test_a_long_number_that_is_no_nir_is_a_reference() -> None:
    assert len(people(replace(ANNE, reference="9850556950048"))) == 1

"""A name's cell is read as what its bearer may type, and never takes the cell itself away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.variants.names import (
    PARTS_MAXIMUM,
    double_names,
    married_names,
    several_given_names,
    without_titles,
)

LETTERS = st.text("ABCDEFÉÈÇabcdéè", min_size=3, max_size=8)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("MME DUPONT", "DUPONT"),
        ("M. DUPONT", "DUPONT"),
        ("M.DUPONT", "DUPONT"),
        ("Mlle Le Goff", "Le Goff"),
        ("DR DUPONT", "DUPONT"),
        ("ENFANT DUPONT", "DUPONT"),
        ("BÉBÉ DUPONT", "DUPONT"),
        ("BEBE DE MME DUPONT", "DUPONT"),
        ("BEBE DE LA TOUR", "DE LA TOUR"),
        ("DUPONT (ENFANT)", "DUPONT"),
        ("DUPONT BEBE", "DUPONT"),
        ("DUPONT MME", "DUPONT"),
        ("MME DUPONT EP MARTIN", "DUPONT EP MARTIN"),
    ],
)
def test_a_title_is_left_out(text: str, read: str) -> None:
    assert without_titles(text) == (read,)


@pytest.mark.parametrize(
    "text", ["DUPONT", "M", "MME", "BEBE", "L'ENFANT", "M'BARKI", "MADAMET", "DRUON", "PRIMM", ""]
)
def test_what_only_looks_like_a_title_is_left(text: str) -> None:
    assert without_titles(text) == ()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("DUPONT EP MARTIN", ("DUPONT", "MARTIN")),
        ("DUPONT EPOUSE MARTIN", ("DUPONT", "MARTIN")),
        ("Dupont épouse Martin", ("Dupont", "Martin")),
        ("MARTIN NEE LE GOFF", ("MARTIN", "LE GOFF")),
        ("MARTIN NÉE DUPONT", ("MARTIN", "DUPONT")),
        ("MARTIN NE\u0301E DUPONT", ("MARTIN", "DUPONT")),
        ("NEE LE GOFF", ("LE GOFF",)),
        ("MARTIN VVE DUPONT", ("MARTIN", "DUPONT")),
        ("MARTIN DIV. DUPONT", ("MARTIN", "DUPONT")),
        ("MARTIN DIT DUPONT", ("MARTIN", "DUPONT")),
        ("MARTIN EP. DUPONT", ("MARTIN", "DUPONT")),
        ("MARTIN (DUPONT)", ("MARTIN", "DUPONT")),
        ("MARTIN (NÉE DUPONT)", ("MARTIN", "DUPONT")),
        ("MARTIN/DUPONT", ("MARTIN", "DUPONT")),
        ("MARTIN NEE DUPONT VVE LE GOFF", ("MARTIN", "DUPONT", "LE GOFF")),
    ],
)
def test_two_surnames_in_one_cell_are_two_names(text: str, read: tuple[str, ...]) -> None:
    assert married_names(text) == read


@pytest.mark.parametrize(
    "text", ["DUPONT", "LE GOFF", "EPONINE", "RENEE", "PEPE", "DIVOIRE", "NEE", "VEUVE", "", "/"]
)
def test_letters_inside_a_name_part_nothing(text: str) -> None:
    assert married_names(text) == ()


def test_a_sentence_is_no_list_of_names() -> None:
    assert len(married_names("A/B/C/D")) == PARTS_MAXIMUM
    assert married_names("A/B/C/D/E") == ()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("DUPONT-MARTIN", ("DUPONT-MARTIN", "DUPONT", "MARTIN")),
        ("LE GOFF-MARTIN", ("LE GOFF-MARTIN", "LE GOFF", "MARTIN")),
        ("DUPONT – MARTIN", ("DUPONT – MARTIN", "DUPONT", "MARTIN")),
        ("SAINT-MARTIN", ()),
        ("LE-GOFF", ()),
        ("ABD-ALLAH", ()),
        ("A-B-C", ()),
        ("DUPONT MARTIN", ()),
        ("LE GOFF", ()),
        ("-", ()),
    ],
)
def test_a_double_name_has_halves_and_a_particle_is_none(text: str, read: tuple[str, ...]) -> None:
    assert double_names(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("MARIE ANNE SOPHIE", ("MARIE ANNE SOPHIE", "MARIE-ANNE")),
        ("MARIE-ANNE", ("MARIE-ANNE", "MARIE")),
        ("MARIE-ANNE SOPHIE", ("MARIE-ANNE SOPHIE", "MARIE")),
        ("Zoé Anne-Marie", ()),
        ("MARIE, ANNE", ()),
        ("MARIE", ()),
        ("J-PIERRE", ()),
        ("MARIE A", ()),
        ("", ()),
        (",", ()),
    ],
)
def test_given_names_are_joined_and_parted(text: str, read: tuple[str, ...]) -> None:
    assert several_given_names(text) == read


@given(LETTERS, LETTERS, st.sampled_from(["EP", "ep", "ÉPOUSE", "NEE", "née", "VVE", "DIV."]))
def test_both_names_come_out_as_they_went_in(one: str, other: str, marker: str) -> None:
    assert married_names(f"{one} {marker} {other}") == (one, other)


@given(LETTERS, LETTERS)
def test_what_one_types_with_a_hyphen_is_found_where_the_file_has_a_space(
    one: str, other: str
) -> None:
    assert f"{one}-{other}" in several_given_names(f"{one} {other}")
    assert one in several_given_names(f"{one}-{other}")

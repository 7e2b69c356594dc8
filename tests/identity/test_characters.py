"""The frozen character sets against this Python's Unicode tables."""

from __future__ import annotations

import unicodedata

import pytest

from app.errors import InvalidField
from app.identity.characters import (
    APOSTROPHES,
    HYPHENS,
    MAX_CHARACTERS,
    SPACES,
    check_raw_length,
)

EVERY_CHARACTER = "".join(map(chr, range(0x110000)))

# `str.isspace` also counts the four information separators, by their bidirectional class.
WHITE_SPACE = {c for c in EVERY_CHARACTER if c.isspace()} - set("\x1c\x1d\x1e\x1f")


def test_spaces_are_unicodes_white_space() -> None:
    assert set(SPACES) == WHITE_SPACE


def test_every_dash_that_this_python_knows_is_a_hyphen() -> None:
    dashes = {c for c in EVERY_CHARACTER if unicodedata.category(c) == "Pd"}
    assert dashes <= set(HYPHENS)


def test_hyphens_beyond_the_dashes_are_the_soft_hyphen_the_minus_and_a_later_dash() -> None:
    beyond = {c for c in HYPHENS if unicodedata.category(c) != "Pd"}
    # U+10D6E came with Unicode 16, which older Pythons do not know.
    assert beyond - {"\U00010d6e"} == {"\u00ad", "\u2212"}


def test_the_usual_apostrophes_are_apostrophes() -> None:
    assert set("'’‘‛ʼʹʻʾʿ′´`՚ꞌ＇") <= set(APOSTROPHES)


@pytest.mark.parametrize("characters", [SPACES, HYPHENS, APOSTROPHES])
def test_no_set_names_a_character_twice_or_holds_a_letter_of_a_name(characters: str) -> None:
    assert len(set(characters)) == len(characters)
    assert not any(c.isascii() and c.isalnum() for c in characters)


def test_the_sets_have_nothing_in_common() -> None:
    everything = SPACES + HYPHENS + APOSTROPHES
    assert len(set(everything)) == len(everything)


def test_raw_text_may_have_256_characters_and_no_more() -> None:
    check_raw_length("nir", "1" * MAX_CHARACTERS)
    with pytest.raises(InvalidField) as caught:
        check_raw_length("nir", "1" * (MAX_CHARACTERS + 1))
    assert (MAX_CHARACTERS, caught.value.reason) == (256, "length")

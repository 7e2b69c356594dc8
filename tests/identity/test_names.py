"""The rules for surnames and given names."""

from __future__ import annotations

import sys
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidField
from app.identity.characters import APOSTROPHES, HYPHENS, SPACES
from app.identity.names import normalise_given_name, normalise_surname

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


def surname_reason(raw: str) -> str:
    with pytest.raises(InvalidField) as caught:
        normalise_surname(raw)
    assert caught.value.field == "surname"
    return caught.value.reason


def given_name_reason(raw: str) -> str:
    with pytest.raises(InvalidField) as caught:
        normalise_given_name(raw)
    assert caught.value.field == "given_name"
    return caught.value.reason


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        ("Æbelø", "AEBELO"),
        ("æbelø", "AEBELO"),
        ("Œuvrard", "OEUVRARD"),
        ("cœur", "COEUR"),
        ("Groß", "GROSS"),
        ("GROẞ", "GROSS"),
        ("Łukasz", "LUKASZ"),
        ("małek", "MALEK"),
        ("Đorđević", "DORDEVIC"),
        ("Ðuðmundur", "DUDMUNDUR"),
        ("Þórsdóttir", "THORSDOTTIR"),
        ("þór", "THOR"),
        ("İpekçi", "IPEKCI"),
        ("Işık", "ISIK"),
        ("yıldız", "YILDIZ"),
    ],
)
def test_letters_without_a_decomposition_are_mapped(raw: str, result: str) -> None:
    assert normalise_surname(raw) == result


@pytest.mark.parametrize("letter", ["ħ", "ŧ", "ŋ", "ə", "ɛ", "ĸ", "ƀ", "ŀ", "Ꝥ"])
def test_latin_letters_without_a_rule_are_refused(letter: str) -> None:
    assert surname_reason(f"Ma{letter}tin") == "characters"


@pytest.mark.parametrize(
    ("raw", "result"), [("ﬁlippi", "FILIPPI"), ("ﬃ", "FFI"), ("ǆ", "DZ"), ("Ⅳ", "IV"), ("ŉ", "N")]
)
def test_ligatures_are_taken_apart(raw: str, result: str) -> None:
    assert normalise_surname(raw) == result


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_composed_and_decomposed_accents_are_the_same_name(form: Form) -> None:
    raw = unicodedata.normalize(form, "Ångström-Kovářová Nguyễn")
    assert normalise_surname(raw) == "ANGSTROMKOVAROVANGUYEN"


@pytest.mark.parametrize("removed", [*SPACES, *HYPHENS, *APOSTROPHES, "."])
def test_spaces_hyphens_apostrophes_and_full_stops_are_removed(removed: str) -> None:
    assert normalise_surname(f"Le{removed}Goff") == "LEGOFF"
    assert surname_reason(removed) == "empty"


def test_a_pasted_soft_hyphen_changes_nothing() -> None:
    assert normalise_surname("Mar\u00adtin") == "MARTIN"


@pytest.mark.parametrize(
    "character",
    ["2", "_", "/", ",", "&", "\u200b", "\ufeff", "\x00", "\x1f", "\ud800", "?"],
)
def test_any_other_character_is_refused_and_not_dropped(character: str) -> None:
    assert surname_reason(f"Mar{character}tin") == "characters"


@pytest.mark.parametrize("raw", ["Иванов", "Παππάς", "李", "محمد", "Маrtin"])
def test_other_scripts_are_refused_also_where_letters_look_alike(raw: str) -> None:
    assert surname_reason(raw) == "characters"


@pytest.mark.parametrize("raw", ["", " ", "\u00a0", "-", "'", "...", "\u0301"])
def test_a_name_without_a_letter_is_empty(raw: str) -> None:
    assert surname_reason(raw) == "empty"
    assert given_name_reason(raw) == "empty"


@pytest.mark.parametrize("end", [*SPACES, ",", ";"])
def test_a_space_a_comma_or_a_semicolon_ends_the_first_given_name(end: str) -> None:
    assert normalise_given_name(f"Anne{end}Marie") == "ANNE"


@pytest.mark.parametrize("joint", [*HYPHENS, *APOSTROPHES, "."])
def test_hyphens_apostrophes_and_full_stops_join_a_given_name(joint: str) -> None:
    assert normalise_given_name(f"Jean{joint}Pierre") == "JEANPIERRE"


def test_what_follows_the_first_given_name_is_not_looked_at() -> None:
    assert normalise_given_name("Jean 2 李") == "JEAN"


@pytest.mark.parametrize("raw", [", Marie", ";", " , Anne", "- Marie"])
def test_nothing_before_the_end_of_the_first_given_name_is_empty(raw: str) -> None:
    assert given_name_reason(raw) == "empty"


def test_a_full_width_comma_ends_no_given_name_and_is_refused() -> None:
    assert given_name_reason("Anne，Marie") == "characters"


def test_spaces_around_a_given_name_are_dropped_first() -> None:
    assert normalise_given_name("\u00a0\t Zoé \u3000") == "ZOE"


def test_more_than_256_characters_are_refused_before_and_after_the_rules() -> None:
    assert normalise_surname("a" * 256) == "A" * 256
    assert surname_reason("a" * 257) == "length"
    assert surname_reason(" " * 257) == "length"
    assert given_name_reason("Anne" + " " * 253) == "length"
    # 256 characters that become 768 letters
    assert surname_reason("ﬃ" * 256) == "length"


def test_every_single_character_is_normalised_to_letters_or_refused() -> None:
    """No character of Unicode alone escapes the rule, and each result is its own result."""
    for code in range(sys.maxunicode + 1):
        try:
            result = normalise_surname(chr(code))
        except InvalidField:
            continue
        assert result.isascii()
        assert result.isalpha()
        assert result.isupper()
        assert normalise_surname(result) == result


@given(st.text(alphabet=st.characters(max_codepoint=0x24F)))
def test_case_does_not_matter(raw: str) -> None:
    def outcome(text: str) -> str:
        try:
            return normalise_surname(text)
        except InvalidField as refusal:
            return refusal.reason

    assert outcome(raw.upper()) == outcome(raw)

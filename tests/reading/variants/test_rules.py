"""Rules are pure, bounded, asked in an order, and chosen by a mapping."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.schemes import FIELD_NAMES
from app.reading.variants.rules import RULES, Rule, other_readings, rules_for

TEXTS = st.text(max_size=60) | st.text("AÉÃ‰ÂŒ€ -'.,;:/()@MEP0123+O", max_size=60)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(text=TEXTS)
def test_a_rule_reads_any_text_and_makes_nothing_up(rule: Rule, text: str) -> None:
    """No text breaks it; it gives the same again, few readings, and none longer than the text."""
    read = rule.read(text)
    assert read == rule.read(text)
    assert len(read) <= max(4, len(text))
    assert all(each and len(each) <= len(text) for each in read)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_reads_what_is_very_long_at_once(rule: Rule) -> None:
    for text in ("É’" * 50_000, "M. " * 50_000, "0 " * 50_000, "(" * 50_000, "a@" * 50_000):
        rule.read(text)


def test_every_rule_has_a_field_that_there_is() -> None:
    assert {field for rule in RULES.values() for field in rule.fields} <= set(FIELD_NAMES)


def test_the_rules_of_a_field_are_all_or_those_that_are_named() -> None:
    names = [rule.name for rule in rules_for("surname")]
    assert names == ["twice-decoded", "titles", "married-names", "double-names"]
    assert rules_for("surname", ()) == rules_for("birth_date") == ()
    assert [rule.name for rule in rules_for("surname", ("titles", "zero-for-o"))] == ["titles"]


def test_each_rule_reads_what_the_one_before_has_read() -> None:
    assert other_readings("MME DUPONT-MARTIN NÃ‰E LE GOFF", rules_for("surname")) == [
        "DUPONT-MARTIN",
        "DUPONT",
        "MARTIN",
        "LE GOFF",
    ]
    assert other_readings("BÃ©bÃ© MARIE ANNE", rules_for("given_name")) == [
        "MARIE ANNE",
        "MARIE-ANNE",
    ]


def test_where_no_rule_has_anything_to_say_there_is_no_other_reading() -> None:
    assert other_readings("LE GOFF", rules_for("surname")) == []


@given(TEXTS, st.sampled_from(FIELD_NAMES))
def test_the_text_itself_and_no_reading_twice_are_among_them(text: str, field: str) -> None:
    read = other_readings(text, rules_for(field))
    assert text not in read
    assert len(set(read)) == len(read)

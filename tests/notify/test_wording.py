"""The words are the laboratory's to change, and facts are put into them as they are."""

from __future__ import annotations

import pytest

from app.errors import InvalidNotice
from app.notify.notice import FACT_NAMES, Fact
from app.notify.wording import Block, Content, parse_wording

TEXT = """
subject = "Vos données"
greeting = "Bonjour {person},"
opening = ["Un mot : bonjour !"]
closing = "Bien à vous, {signatory}"
[[parts]]
title = "Quoi ?"
text = [
  "{nature}", "Avant : {notified_on}", "- {data}", "- le {happened_on}", "- {measures}", "Fin",
]
"""
FACTS: dict[str, Fact] = {
    **dict.fromkeys(FACT_NAMES, ""),
    "signatory": "Nous",
    "nature": "Un vol.",
    "data": ("nom", "prénom"),
    "happened_on": "3 mai",
    "measures": (),
}


def filled(text: str = TEXT, language: str = "fr", person: str = "Zoë") -> Content:
    return parse_wording(text, language).filled(FACTS, person)


def test_facts_are_put_in_and_lists_are_spread_out() -> None:
    content = filled()
    assert content.greeting == "Bonjour Zoë,"
    assert content.closing == "Bien à vous, Nous"
    assert content.parts[1].blocks == (
        Block(("Un vol.",)),
        Block(("nom", "prénom", "le 3 mai"), is_list=True),
        Block(("Fin",)),
    )


def test_french_signs_keep_their_space_and_english_ones_have_none() -> None:
    assert filled().parts[0].blocks[0].lines == ("Un mot\u00a0: bonjour\u00a0!",)
    assert filled().parts[1].title == "Quoi\u00a0?"
    assert filled(language="en").parts[1].title == "Quoi ?"


def test_a_brace_in_a_name_is_a_brace() -> None:
    assert filled(person="{nature} {x}").greeting == "Bonjour {nature} {x},"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{nature}", "{nir}", "puts in 'nir', which is no fact"),
        ("{nature}", "", "text of part 1 of the text in 'fr' is empty"),
        ('closing = "Bien à vous, {signatory}"', "", "lacks 'closing'"),
        ('title = "Quoi ?"', 'titre = "Quoi ?"', "has an unknown key 'titre'"),
        ("Vos données", "Vos données de santé", "tells of health"),
        ("Vos données", "Pour {person}", "puts in a fact, which others would see"),
        ("[[parts]]", "[[parts", "is not TOML"),
        ("[[parts]]", "[parts]", "has no parts"),
    ],
)
def test_what_cannot_be_used_is_said(old: str, new: str, said: str) -> None:
    with pytest.raises(InvalidNotice) as caught:
        parse_wording(TEXT.replace(old, new, 1), "fr")
    assert said in caught.value.message

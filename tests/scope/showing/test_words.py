"""The words of a shown report: all of them in both languages, well set, and for all it brings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.scope.cells import AGES
from app.scope.showing.words import LOCALES, WORDS, Words
from app.scope.tables import RULE
from app.scope.traits import KINDS, MAN, WOMAN

# What French sets with a no-break space.
BARE = re.compile(r"[^\u00a0\u202f\s][;?!»](?!\w)|[ ][;:?!»]|«[^\u00a0\u202f]")


def texts() -> Iterator[tuple[str, dict[str, str]]]:
    found = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    for section, entries in found.items():
        pairs: Any = entries.items() if isinstance(entries, dict) else enumerate(entries)
        yield from ((f"{section}.{name}", each) for name, each in pairs)


def test_every_text_is_there_in_both_languages_with_the_same_parts() -> None:
    assert len(dict(texts())) > 80
    for name, each in texts():
        assert set(each) == set(LOCALES), name
        assert all(each.values()), name
        parts = [set(re.findall(r"\{\w+\}", each[language])) for language in LOCALES]
        assert parts[0] == parts[1], name


def test_french_is_well_set() -> None:
    for name, each in texts():
        assert "'" not in each["fr"], name
        assert BARE.search(each["fr"]) is None, name


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("value", [*KINDS, *AGES, WOMAN, MAN])
def test_every_word_that_a_report_brings_has_a_translation(language: str, value: str) -> None:
    found = tomllib.loads(WORDS.read_text(encoding="utf-8"))["values"]
    assert Words(language).value(value) == found[value][language]


@pytest.mark.parametrize("language", LOCALES)
def test_the_rule_of_the_program_is_told_in_both_languages(language: str) -> None:
    assert Words(language).rule(RULE)[1] == language
    assert Words(language).rule("Another rule.") == ("Another rule.", "en")


def test_numbers_and_dates_are_those_of_the_language() -> None:
    french, english = Words("fr"), Words("en")
    assert (french.number(491840), english.number(491840)) == ("491\u202f840", "491,840")
    assert (french.share(1, 3), english.share(1, 3)) == ("33,3\u00a0%", "33.3%")
    assert english.share(0, 0) == "0.0%"
    assert (french.month("2019-07"), english.month("2019-07")) == ("juillet 2019", "July 2019")
    assert french.day(date(2021, 2, 23)) == "23 février 2021"
    assert (french.people(None), english.people(None)) == (
        "moins de 11, ou masqué",
        "under 11, or hidden",
    )

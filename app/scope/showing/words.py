"""The words of a shown report, and how numbers and dates are written, in one language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

LOCALES: Final[Mapping[str, str]] = {"fr": "fr", "en": "en_GB"}
"""The languages, and how each writes numbers and dates."""

WORDS: Final = Path(__file__).parent / "words.toml"


class Words:
    """One language.

    Args:
        language: `fr` or `en`.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = LOCALES[language]
        self._found: Mapping[str, Any] = _read()

    def __call__(self, name: str, **parts: object) -> str:
        """Return a text, its parts filled in."""
        text: str = self._found["texts"][name][self.language]
        return text.format(**parts) if parts else text

    def title(self, table: str) -> str:
        """Return a table's title; one that is not known has its name."""
        return self._of("titles", table)

    def dimension(self, name: str) -> str:
        """Return what the values of a dimension are."""
        return self._of("dimensions", name)

    def value(self, value: str) -> str:
        """Return a value that is a word of the report; any other stands for itself."""
        return self._of("values", value)

    def scheme(self, scheme: str) -> str:
        """Return what a scheme asks by."""
        return self._of("schemes", scheme)

    def reason(self, reason: str) -> str:
        """Return why a row was rejected."""
        return self._of("reasons", reason)

    def rule(self, rule: str) -> tuple[str, str]:
        """Return the report's rule, and the language in which it could be had."""
        for known in self._found["rules"]:
            if known["en"] == rule:
                return known[self.language], self.language
        return rule, "en"

    def number(self, number: int) -> str:
        """Write a number, or that it is hidden."""
        return format_decimal(number, locale=self._locale)

    def people(self, people: int | None) -> str:
        """Write a number of people, or that it is hidden."""
        return self("masked") if people is None else self.number(people)

    def share(self, part: int, whole: int) -> str:
        """Write a share to one decimal place."""
        share = part / whole if whole else 0.0
        return format_percent(share, format=self("percent"), locale=self._locale)

    def day(self, day: date) -> str:
        """Write a date."""
        return format_date(day, "long", locale=self._locale)

    def month(self, month: str) -> str:
        """Write a month that is given as 2019-07."""
        return format_date(date.fromisoformat(f"{month}-01"), "MMMM y", locale=self._locale)

    def _of(self, section: str, name: str) -> str:
        found = self._found[section].get(name)
        return name if found is None else found[self.language]


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))

"""The languages of the pages, their addresses, and which one a visitor gets first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Page(Enum):
    """Every page that has an address of its own."""

    QUESTION = "question"
    PLAIN = "plain"
    ANSWER = "answer"
    HOW = "how"
    LEAK = "leak"
    SCOPE = "scope"
    LEGAL = "legal"
    FEED = "feed"
    LABORATORY = "laboratory"


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Args:
        code: as in `<html lang>` and at the start of each address.
        name: in the language itself.
        locale: how dates and counts are written.
        paths: each page's address.
    """

    code: str
    name: str
    locale: str
    paths: Mapping[Page, str]

    @property
    def prefix(self) -> str:
        """What every address of this language starts with."""
        return f"/{self.code}/"

    def path(self, page: Page, **parts: str) -> str:
        """Return the address of a page, its parameters filled in."""
        return self.paths[page].format(**parts)


FRENCH: Final = Language(
    "fr",
    "Français",
    "fr",
    {
        Page.QUESTION: "/fr/",
        Page.PLAIN: "/fr/sans-script",
        Page.ANSWER: "/fr/reponse",
        Page.HOW: "/fr/fonctionnement",
        Page.LEAK: "/fr/fuites/{dataset}",
        Page.SCOPE: "/fr/fuites/{dataset}/etendue",
        Page.LEGAL: "/fr/mentions-legales",
        Page.FEED: "/fr/publications.atom",
        Page.LABORATORY: "/fr/laboratoire",
    },
)
ENGLISH: Final = Language(
    "en",
    "English",
    "en_GB",
    {
        Page.QUESTION: "/en/",
        Page.PLAIN: "/en/without-script",
        Page.ANSWER: "/en/answer",
        Page.HOW: "/en/how-it-works",
        Page.LEAK: "/en/leaks/{dataset}",
        Page.SCOPE: "/en/leaks/{dataset}/scope",
        Page.LEGAL: "/en/legal-notice",
        Page.FEED: "/en/publications.atom",
        Page.LABORATORY: "/en/laboratory",
    },
)
LANGUAGES: Final = (FRENCH, ENGLISH)
"""In the order of the switch; the first is the one for who asks for none of them."""


def negotiate(accept_language: str) -> Language:
    """Return the language that an `Accept-Language` header prefers (RFC 9110 §12.5.4).

    What cannot be read counts as not said: nobody is refused a page for a header.
    """
    weights: dict[str, float] = {}
    for item in accept_language.lower().split(","):
        tag, _, parameter = item.partition(";")
        code = tag.strip().partition("-")[0]
        weights[code] = max(weights.get(code, 0.0), _weight(parameter))
    anything = weights.get("*", 0.0)
    # `max` keeps the first of equals, which is French.
    return max(LANGUAGES, key=lambda language: weights.get(language.code, anything))


def language_of(path: str) -> Language | None:
    """Return the language of an address, or None when it is no page's."""
    for language in LANGUAGES:
        if path == f"/{language.code}" or path.startswith(language.prefix):
            return language
    return None


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0

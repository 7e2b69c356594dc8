"""Translations, read from their .po files when the program starts: nothing compiled is kept.

The source strings are French, so French needs no catalogue; only its rule for plurals is here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

from app.web.pages.languages import FRENCH, Language

LOCALE: Final = Path(__file__).parents[1] / "locale"

_Plural = tuple[str, str]


def catalogue_path(language: Language) -> Path:
    """Return where a language's catalogue is."""
    return LOCALE / language.code / "LC_MESSAGES" / "messages.po"


class Texts:
    """The strings of one language.

    Args:
        language: which one.
        singles: translations of single strings.
        plurals: translations of strings that have a plural: for one, and for more.
    """

    def __init__(
        self, language: Language, singles: dict[str, str], plurals: dict[str, _Plural]
    ) -> None:
        self._language = language
        self._singles = singles
        self._plurals = plurals

    def gettext(self, message: str) -> str:
        """Return the translation; a string that has none stays French rather than fails."""
        return self._singles.get(message, message)

    def ngettext(self, single: str, plural: str, count: int) -> str:
        """Return the translation for that many; in French, none is singular."""
        one, more = self._plurals.get(single, (single, plural))
        is_one = count < 2 if self._language is FRENCH else count == 1
        return one if is_one else more


def load_texts(language: Language) -> Texts:
    """Read the strings of a language."""
    singles: dict[str, str] = {}
    plurals: dict[str, _Plural] = {}
    if language is not FRENCH:
        with catalogue_path(language).open("rb") as file:
            for message in read_po(file, locale=language.code):
                if isinstance(message.string, str):
                    if message.string:
                        singles[str(message.id)] = message.string
                elif message.string:
                    one, more = message.string
                    plurals[message.id[0]] = one, more
    return Texts(language, singles, plurals)

"""Which characters count as a space, a hyphen or an apostrophe, and how long raw text may be.

The sets are spelled out, not computed from Python's Unicode tables: the rules that use them are
frozen (protocol §1), a new Unicode version must not change them, and the TypeScript twin copies
them.
"""

from __future__ import annotations

from typing import Final

from app.errors import InvalidField

MAX_CHARACTERS: Final = 256
"""Longest raw text, and longest result, in code points; no identifier comes near it."""

SPACES: Final = (
    "\u0009\u000a\u000b\u000c\u000d\u0020\u0085\u00a0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""Unicode's White_Space property. U+200B and U+FEFF are not in it, so they are refused."""

HYPHENS: Final = (
    "\u002d"  # hyphen-minus
    "\u00ad"  # soft hyphen: invisible, pasted from web pages and PDF files
    "\u058a\u05be\u1400\u1806"  # Armenian, Hebrew, Canadian syllabics, Mongolian
    "\u2010\u2011\u2012\u2013\u2014\u2015"  # hyphen, non-breaking, figure, en, em, bar
    "\u2212"  # minus
    "\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d"  # editors' and double dashes
    "\u301c\u3030\u30a0"  # Japanese
    "\ufe31\ufe32\ufe58\ufe63\uff0d"  # vertical, small and full-width forms
    "\U00010d6e\U00010ead"  # Garay, Yezidi
)
"""Every dash of Unicode 16 (category Pd), the soft hyphen and the minus."""

APOSTROPHES: Final = (
    "\u0027\u0060\u00b4"  # typewriter apostrophe, grave accent, acute accent
    "\u02b9\u02bb\u02bc\u02bd\u02be\u02bf"  # modifier letters, as in transliterated names
    "\u02c8\u02ca\u02cb\u02f4"  # stress and tone marks of the same look
    "\u0374\u0384\u055a\u05f3\u07f4\u07f5"  # Greek, Armenian, Hebrew, N'Ko
    "\u1fbd\u1fbf\u1fef\u1ffd\u1ffe"  # Greek breathings and accents that stand alone
    "\u2018\u2019\u201b"  # single quotation marks
    "\u2032\u2035"  # prime, reversed prime
    "\u275b\u275c"  # ornaments
    "\ua78b\ua78c"  # saltillo; upper-casing turns the second into the first
    "\uff07\uff40"  # full-width forms
)
"""Whatever keyboards, word processors and transliterations put for an apostrophe."""


def check_raw_length(field: str, raw: str) -> None:
    """Refuse text that is too long to be an identifier, before any work is spent on it.

    Raises:
        InvalidField: reason `length`.
    """
    if len(raw) > MAX_CHARACTERS:
        raise InvalidField(
            field,
            "length",
            f"more than {MAX_CHARACTERS} characters",
            hint="give this one value only, nothing before or after it",
        )

"""What a name's cell holds besides one name: titles, a second surname, several given names.

What each rule is worth was weighed so. An input costs 20 ms, once. A reading that nobody types
costs that and harms nobody. A reading that is another person's name could tell that person a
wrong yes, but only if they share the given name and the birth date as well: some 2,000 people are
born in France on a day, a common given name is one of a hundred, and a surname, weighed by how
common it is, one of two thousand, so that for each reading one living namesake in a hundred is
to be expected, the same as for the name as it stands. A reading that is missing is a patient who
is told no.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from app.identity.characters import HYPHENS, SPACES

# More names than this in one cell are a sentence.
PARTS_MAXIMUM: Final = 4


def _all_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLES: Final = _all_of("""
    M MR MME MLLE MONSIEUR MADAME MADEMOISELLE DR DOCTEUR PR PROFESSEUR
    ENFANT ENF BEBE BÉBÉ BB
""")
_TITLE: Final = f"(?:{'|'.join(sorted(_TITLES))})"
_APART: Final = f"[{SPACES}.]+"
_LEADING_TITLES: Final = re.compile(
    # BEBE DE MME DUPONT is Dupont, but BEBE DE LA TOUR is De La Tour.
    f"(?:{_TITLE}{_APART}(?:DE{_APART}(?={_TITLE}{_APART}))?)+",
    re.IGNORECASE,
)
_TRAILING_TITLE: Final = re.compile(
    rf"(?:{_APART}|[{SPACES}]*\((?=[^()]*\)$)){_TITLE}\.?\)?$", re.IGNORECASE
)
_MARKERS: Final = _all_of("""
    EP EPS EPSE EPOUSE NEE VVE VEUVE DIV DIVORCEE DIT DITE
    ÉP ÉPS ÉPSE ÉPOUSE NÉE DIVORCÉE
""")
_PARTING: Final = "/()"
_WORDS: Final = re.compile(f"[/()]|[^{SPACES}.,;:/()]+")
_TO_SPACE: Final = str.maketrans(dict.fromkeys(SPACES + ".,;:/()", " "))

_HYPHEN: Final = re.compile(f"[{re.escape(HYPHENS)}]")
# What stands before a hyphen and is no surname by itself.
_PARTICLES: Final = _all_of("""
    ABD ABDEL ABDOUL ABDUL AIT AÏT BEN BENT BOU DER DES LES MAC NOTRE SAINT SAINTE STE VAN VON
""")
_HALF_LETTERS_MINIMUM: Final = 3
_GIVEN_LETTERS_MINIMUM: Final = 2
_END_OF_FIRST: Final = re.compile("[,;]")


def without_titles(text: str) -> tuple[str, ...]:
    """Read MME DUPONT, DUPONT (ENFANT) and BEBE DE MME DUPONT as DUPONT.

    A title alone is left: there are people called Bébé.
    """
    if _TITLES.isdisjoint(_words(text)):
        return ()
    bare = _TRAILING_TITLE.sub("", text)
    bare = _LEADING_TITLES.sub("", bare, count=1) if _LEADING_TITLES.match(bare) else bare
    bare = bare.strip(SPACES)
    return (bare,) if bare and bare != text.strip(SPACES) else ()


def married_names(text: str) -> tuple[str, ...]:
    """Read DUPONT EP MARTIN, MARTIN NÉE DUPONT and MARTIN (DUPONT) as two names each.

    The cards of these women show one of the two, or both in two places. Both in one go, in one
    order or the other, is what hardly anybody types, and would double what these rows cost.
    """
    if _MARKERS.isdisjoint(_words(text)) and not any(sign in text for sign in _PARTING):
        return ()
    parts: list[str] = []
    name: list[str] = []
    for word in (*_WORDS.findall(unicodedata.normalize("NFC", text)), "/"):
        if word not in _PARTING and word.upper() not in _MARKERS:
            name.append(word)
        elif name:
            parts.append(" ".join(name))
            name = []
    return tuple(parts) if len(parts) <= PARTS_MAXIMUM else ()


def double_names(text: str) -> tuple[str, ...]:
    """Read DUPONT-MARTIN as it stands, as DUPONT and as MARTIN.

    One half is what many had before they took the other, and what their card or the laboratory's
    list may still say; one row in thirty has two names, so that the halves cost a fifteenth of
    one scheme. Two names with a space between them are not taken apart: LE GOFF, BEN AMAR and
    DE LA TOUR look the same, and their halves are nobody's name or too many people's.
    """
    halves = [half.strip(SPACES) for half in _HYPHEN.split(text)]
    if len(halves) != 2 or halves[0].upper() in _PARTICLES:
        return ()
    if any(sum(map(str.isalpha, half)) < _HALF_LETTERS_MINIMUM for half in halves):
        return ()
    return (text, *halves)


def several_given_names(text: str) -> tuple[str, ...]:
    """Read MARIE ANNE SOPHIE also as MARIE-ANNE, and MARIE-ANNE also as MARIE.

    Files drop the hyphen, people put it: one who is called Marie-Anne and finds MARIE ANNE in
    the file would be asked for as MARIEANNE, and one who types Marie Anne is asked for as MARIE
    (protocol §1). With a comma between them they are two names, and the first is the one.
    """
    first, *more = _END_OF_FIRST.split(text, maxsplit=1)[0].split() or ("",)
    if _HYPHEN.search(first):
        beginning = _HYPHEN.split(first, maxsplit=1)[0]
        return (text, beginning) if len(beginning) >= _GIVEN_LETTERS_MINIMUM else ()
    if not more or _HYPHEN.search(more[0]):
        return ()
    if any(sum(map(str.isalpha, name)) < _GIVEN_LETTERS_MINIMUM for name in (first, more[0])):
        return ()
    return (text, f"{first}-{more[0]}")


def _words(text: str) -> list[str]:
    """Return the words of a name in upper case: a quick look before a thorough one."""
    return unicodedata.normalize("NFC", text).upper().translate(_TO_SPACE).split(" ")

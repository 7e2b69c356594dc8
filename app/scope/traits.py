"""What one row says of the shape of a leak: where, when, who by sex, age and kinds of data.

Only mapped columns are looked at. What cannot be read is counted as not told; nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from app.errors import InvalidField
from app.identity.dates import normalise_birth_date
from app.reading.columns import Columns, looks_like_data
from app.reading.mapping import SourceMapping
from app.scope.places import department_of

CHILD_BEFORE_YEARS: Final = 15
LABORATORY_CHARACTERS_MAXIMUM: Final = 80
WOMAN, MAN = "woman", "man"

# Kinds of data, in the order of the bits of a mask, and the columns that make each.
_KINDS: Final = (
    ("number", "fields", ("nir",)),
    ("birth-date", "fields", ("birth_date",)),
    ("name", "fields", ("surname", "given_name")),
    ("email", "fields", ("email",)),
    ("phone", "fields", ("phone",)),
    ("address", "scope", ("address", "postcode")),
    ("prescriber", "scope", ("prescriber",)),
    ("comment", "scope", ("comment",)),
)
KINDS: Final = tuple(name for name, _, _ in _KINDS)

_SEXES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("F", "FEMME", "FEMININ", "W", "2", "MME", "MLLE", "MADAME"), WOMAN),
    **dict.fromkeys(("M", "H", "HOMME", "MASCULIN", "1", "MR", "MONSIEUR"), MAN),
}
# INSEE: 1 and 2, and for temporary numbers 3 and 7 for men, 4 and 8 for women.
_SEX_OF_NIR: Final = {"1": MAN, "3": MAN, "7": MAN, "2": WOMAN, "4": WOMAN, "8": WOMAN}
_CHILD_WORDS: Final = re.compile(r"\b(ENFANT|BEBE|NOURRISSON|NOUVEAU[ -]NE)")
_SAYS_SOMETHING: Final = re.compile(r"[^\W0_]")
_REMEMBERED: Final = 65536


@dataclass(frozen=True, slots=True)
class Named:
    """What the identifying fields of a row say, normalised; empty where they say nothing."""

    nir: str = ""
    born: str = ""


@dataclass(frozen=True, slots=True)
class Traits:
    """One row's traits; None where it does not tell.

    Args:
        laboratory: its name with normalised spaces, or empty where what stands there is no name
            and will never be printed.
        department: a code.
        exam: year and month.
        decade: first year of the decade of birth.
        is_child: by the marker, or by the age on the day of the examination.
        kinds: a mask over KINDS.
    """

    laboratory: str | None
    department: str | None
    exam: tuple[int, int] | None
    sex: str | None
    decade: int | None
    is_child: bool
    kinds: int


class TraitReader:
    """Reads traits from rows.

    Args:
        mapping: whose columns are looked at, and no others.
        header: the source's column names, or as many empty ones.
        today: after which no date is accepted.
    """

    def __init__(self, mapping: SourceMapping, header: Sequence[str], today: date) -> None:
        self._today = today
        self._last_year = mapping.breach_date.year
        self._cells = {
            name: _reader(columns, columns.positions(header))
            for name, columns in mapping.scope.items()
        }
        exam = mapping.scope.get("exam_date")
        self._exam_formats = exam.formats if exam else ()
        sections = {"fields": mapping.fields, "scope": mapping.scope}
        self._kinds = [
            (1 << bit, _filled([sections[s][f] for f in names if f in sections[s]], header))
            for bit, (_, s, names) in enumerate(_KINDS)
        ]
        self.kinds = sum(
            1 << bit
            for bit, (_, s, names) in enumerate(_KINDS)
            if any(name in sections[s] for name in names)
        )

    def read(self, row: Sequence[str], named: Named) -> Traits:
        """Return what a row tells.

        Args:
            row: its cells.
            named: what its identifier says.
        """
        cells = {name: cell(row) for name, cell in self._cells.items()}
        exam = read_date(cells.get("exam_date", ""), self._exam_formats, self._today)
        is_child = is_marked_child(cells.get("child", "")) or _is_young(named.born, exam)
        kinds = 0
        for bit, is_filled in self._kinds:
            if is_filled(row):
                kinds |= bit
        return Traits(
            laboratory=laboratory_of(cells.get("laboratory", "")),
            department=department_of(cells.get("department") or cells.get("postcode", "")),
            exam=(int(exam[:4]), int(exam[5:7])) if exam else None,
            sex=sex_of(cells.get("sex", "")) or _sex_of_nir(named.nir, is_child=is_child),
            decade=self._decade(named, is_child=is_child),
            is_child=is_child,
            kinds=kinds,
        )

    def _decade(self, named: Named, *, is_child: bool) -> int | None:
        if named.born:
            return int(named.born[:3]) * 10
        # A child's row can carry a parent's number; and two digits of a year are of this century
        # or of the last where both are possible.
        if not named.nir or is_child or int(named.nir[1:3]) <= self._last_year % 100:
            return None
        return 1900 + int(named.nir[1]) * 10


def _reader(columns: Columns, positions: Sequence[int]) -> Callable[[Sequence[str]], str]:
    """Return what gives a row's one text of some columns: the first that is filled, or joined."""
    if columns.constant is not None:
        constant = columns.constant.strip()
        return lambda _row: constant

    def read(row: Sequence[str]) -> str:
        cells = (row[position].strip() for position in positions)
        filled = (cell for cell in cells if cell and cell.upper() not in columns.empty)
        return columns.separator.join(filled) if columns.is_joined else next(filled, "")

    return read


def _filled(each: Sequence[Columns], header: Sequence[str]) -> Callable[[Sequence[str]], bool]:
    """Return what tells whether a row has anything in some columns: a letter, or a digit but 0."""
    readers = [_reader(columns, columns.positions(header)) for columns in each]
    return lambda row: any(_SAYS_SOMETHING.search(reader(row)) for reader in readers)


@lru_cache(maxsize=_REMEMBERED)
def read_date(cell: str, formats: tuple[str, ...], today: date) -> str:
    """Return a date as YYYY-MM-DD, or nothing."""
    if not cell:
        return ""
    try:
        return normalise_birth_date(cell, formats=formats, today=today)
    except InvalidField:
        return ""


@lru_cache(maxsize=4096)
def laboratory_of(cell: str) -> str | None:
    """Return a name as it is counted, empty for what is none, or None where there is nothing.

    What looks like somebody's data is counted with the other laboratories and never kept.
    """
    name = " ".join(unicodedata.normalize("NFC", cell).split())
    if not name:
        return None
    is_name = len(name) <= LABORATORY_CHARACTERS_MAXIMUM and name.isprintable()
    return name if is_name and not looks_like_data(name) else ""


@lru_cache(maxsize=4096)
def sex_of(cell: str) -> str | None:
    """Return a sex that a cell tells, or None."""
    return _SEXES.get(_plain(cell).rstrip("."))


@lru_cache(maxsize=4096)
def is_marked_child(cell: str) -> bool:
    """Tell whether a cell marks a child, as laboratories do: `ENFANT`, `BÉBÉ`."""
    return _CHILD_WORDS.search(_plain(cell)) is not None


def _plain(cell: str) -> str:
    decomposed = unicodedata.normalize("NFKD", cell).upper().strip()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _is_young(born: str, exam: str) -> bool:
    """Tell whether somebody was a child on the day of an examination; both as YYYY-MM-DD."""
    if not born or not exam:
        return False
    years = int(exam[:4]) - int(born[:4]) - (exam[5:] < born[5:])
    return years < CHILD_BEFORE_YEARS


def _sex_of_nir(nir: str, *, is_child: bool) -> str | None:
    # A child's row can carry a parent's number.
    return None if is_child or not nir else _SEX_OF_NIR.get(nir[0])

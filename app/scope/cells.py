"""The cells that people are counted in, each as one number of 32 bits.

The upper eight bits name the table, the others the place in it. Two tables hold masks: there one
person's places are put together by `or`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Final

from app.scope.places import DEPARTMENTS, REGION_OF, REGIONS
from app.scope.traits import MAN, WOMAN, Traits

_TABLE_SHIFT: Final = 24
_SECOND_SHIFT: Final = 12
_LOW: Final = (1 << _SECOND_SHIFT) - 1
# Numbers of laboratories: 0 where the row tells none, 1 for what is no name.
NO_LABORATORY, NAMELESS, FIRST_LABORATORY = 0, 1, 2
LABORATORIES_MAXIMUM: Final = 1000

DEPARTMENT_CODES: Final = ("", *DEPARTMENTS)
REGION_NAMES: Final = ("", *REGIONS)
SEXES: Final = ("", WOMAN, MAN)
AGES: Final = ("child", "adult-or-not-told")
_DEPARTMENT_NUMBER: Final = {code: number for number, code in enumerate(DEPARTMENT_CODES)}
_REGION_NUMBER: Final = {
    code: REGION_NAMES.index(REGION_OF[code]) if code else 0 for code in DEPARTMENT_CODES
}


class Counted(IntEnum):
    """What is counted; the numbers are stored while a draft is filled."""

    PEOPLE = 1
    # Rows that nobody could be told by, known by their line.
    ROWS_APART = 2
    LABORATORY = 3
    LABORATORY_YEAR = 4
    DEPARTMENT = 5
    REGION = 6
    EXAM_YEAR = 7
    EXAM_MONTH = 8
    SEX = 9
    BIRTH_DECADE = 10
    CHILDREN = 11
    # Masks of kinds.
    KINDS = 12
    DEPARTMENT_KIND = 13
    # One person's different laboratories.
    LABORATORIES_PER_PERSON = 14
    # In no table: which laboratories make up a département, where the column tells theirs.
    LABORATORY_DEPARTMENT = 15


def code_of(table: Counted, first: int = 0, second: int = 0) -> int:
    """Return the number of a cell."""
    return table << _TABLE_SHIFT | first << _SECOND_SHIFT | second


def place_of(code: int) -> tuple[int, int]:
    """Return the first and the second place that a cell's number holds."""
    return code >> _SECOND_SHIFT & _LOW, code & _LOW


def cells_of(traits: Traits, laboratory: int | None) -> Iterator[int]:
    """Yield the cells that a row counts its person in.

    Args:
        traits: of the row.
        laboratory: its number, or None where laboratories are not counted.
    """
    year, month = traits.exam or (0, 0)
    department = _DEPARTMENT_NUMBER[traits.department or ""]
    yield code_of(Counted.PEOPLE)
    if laboratory is not None:
        yield code_of(Counted.LABORATORY, laboratory)
        yield code_of(Counted.LABORATORY_YEAR, laboratory, year)
        yield code_of(Counted.LABORATORIES_PER_PERSON, laboratory)
        if department:
            yield code_of(Counted.LABORATORY_DEPARTMENT, laboratory, department)
    yield code_of(Counted.DEPARTMENT, department)
    yield code_of(Counted.REGION, _REGION_NUMBER[traits.department or ""])
    yield code_of(Counted.EXAM_YEAR, year)
    yield code_of(Counted.EXAM_MONTH, year, month)
    yield code_of(Counted.SEX, SEXES.index(traits.sex or ""))
    yield code_of(Counted.BIRTH_DECADE, 0 if traits.decade is None else traits.decade)
    yield code_of(Counted.CHILDREN, 0 if traits.is_child else 1)
    yield code_of(Counted.KINDS, 0, traits.kinds)
    yield code_of(Counted.DEPARTMENT_KIND, department, traits.kinds)


# Tables that come of some columns alone; where one of them is not mapped, there is no such table.
_COLUMNS: Final[Mapping[Counted, frozenset[str]]] = {
    Counted.LABORATORY_YEAR: frozenset({"laboratory", "exam_date"}),
    Counted.LABORATORY_DEPARTMENT: frozenset({"laboratory", "department"}),
    Counted.DEPARTMENT: frozenset({"department"}),
    Counted.REGION: frozenset({"department"}),
    Counted.EXAM_YEAR: frozenset({"exam_date"}),
    Counted.EXAM_MONTH: frozenset({"exam_date"}),
    Counted.SEX: frozenset({"sex"}),
    Counted.BIRTH_DECADE: frozenset({"born"}),
    Counted.DEPARTMENT_KIND: frozenset({"department"}),
}


def counted_of(columns: frozenset[str], kinds: int) -> frozenset[int]:
    """Return the tables that are worth counting: cells of the others would all tell the same.

    Args:
        columns: what the mapping says anything of.
        kinds: whose columns are mapped, as a mask.
    """
    left_out = {table for table, needed in _COLUMNS.items() if not needed <= columns}
    if "child" not in columns and not {"born", "exam_date"} <= columns:
        left_out.add(Counted.CHILDREN)
    if kinds.bit_count() <= 1:
        left_out |= {Counted.KINDS, Counted.DEPARTMENT_KIND}
    return frozenset(Counted) - left_out


def table_of(code: int) -> int:
    """Return the table of a cell's number."""
    return code >> _TABLE_SHIFT


def known_by(code: int) -> int:
    """Return what a person's place is known by: equal numbers are put together for one person."""
    table = table_of(code)
    if table in (Counted.KINDS, Counted.DEPARTMENT_KIND):
        return code & ~_LOW
    if table == Counted.LABORATORIES_PER_PERSON:
        return table << _TABLE_SHIFT
    return code

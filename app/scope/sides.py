"""The values that a source's tables list, and how many people have each.

Values that fewer than eleven people have are put together as `other`, whose number is never shown:
a name that hardly anybody shares may be somebody's. A table with one value only would tell the same
of everybody, and is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.scope.cells import (
    AGES,
    DEPARTMENT_CODES,
    NAMELESS,
    NO_LABORATORY,
    REGION_NAMES,
    SEXES,
    Counted,
    code_of,
    place_of,
)
from app.scope.table import NOT_TOLD, OTHER, PEOPLE_MINIMUM
from app.scope.tallying import Counts
from app.scope.traits import KINDS

# Crossings: the name, and the tables of its sides.
CROSSINGS: Final = (
    ("laboratory-year", "laboratory", "exam-year"),
    ("department-kind", "department", "kinds"),
)
_SHIFT: Final = 24
_MOST_LABORATORIES: Final = 3
# Kinds that identifiers are made of: how many there are of each stands in the dataset's parameters.
TOLD_KINDS: Final = ("number", "email", "phone")
# Some typing errors do not hide what a column holds.
_NEARLY_ALL: Final = 0.9


@dataclass(frozen=True, slots=True)
class Side:
    """The values of one table of one dimension.

    Args:
        name: of the table and of the dimension.
        people: by value; in the order in which they are listed.
        rare: of values that are put together, likewise.
        is_folded: what hardly anybody has is put together, so that everybody knows that what is
            listed is not of a few people.
    """

    name: str
    people: Mapping[str, int]
    rare: Mapping[str, int] = field(default_factory=dict)
    is_folded: bool = False

    @property
    def listed(self) -> tuple[str, ...]:
        """All values as they are listed; those that are put together are the last."""
        return (*self.people, OTHER) if self.rare else tuple(self.people)

    def place(self, value: str) -> str:
        """Return what a value is listed as."""
        return value if value in self.people else OTHER


@dataclass(frozen=True, slots=True)
class Homes:
    """Which laboratories make up which départements.

    Args:
        of: the département of each laboratory nearly all of whose people are of one.
        rare: départements that are nearly made up of such, and how many people of each are in
            laboratories that are not listed by name.
    """

    of: Mapping[str, str]
    rare: Mapping[str, int]


class Sides:
    """What was counted of a source, as the sides of tables.

    Args:
        counts: people by cell.
        names: of laboratories, by number.
        columns: what the mapping says anything of; tables of other things are left out.
        kinds: whose columns are mapped, as a mask.
    """

    def __init__(
        self, counts: Counts, names: Mapping[int, str], columns: frozenset[str], kinds: int
    ) -> None:
        self._counts = counts
        self._names = names
        self._kinds = [(bit, kind) for bit, kind in enumerate(KINDS) if kinds >> bit & 1]
        self.by_name: Mapping[str, Side] = {
            side.name: side for side in self._all_sides(columns) if _is_worth(side)
        }

    @property
    def people(self) -> int:
        """All of them."""
        return self._counts.get(code_of(Counted.PEOPLE), 0)

    def _all_sides(self, columns: frozenset[str]) -> Iterable[Side]:
        if "laboratory" in columns:
            yield self._folded("laboratory", Counted.LABORATORY, self._laboratory)
            yield Side("laboratories-per-person", self._laboratories_per_person())
        if "department" in columns:
            yield self._folded("department", Counted.DEPARTMENT, _department)
            yield self._folded("region", Counted.REGION, lambda at, _: REGION_NAMES[at])
        if "exam_date" in columns:
            yield self._folded("exam-year", Counted.EXAM_YEAR, lambda year, _: _year(year))
            yield self._folded("exam-month", Counted.EXAM_MONTH, _month)
        if "sex" in columns:
            yield self._fixed("sex", Counted.SEX, SEXES)
        if "born" in columns:
            yield self._folded("birth-decade", Counted.BIRTH_DECADE, lambda year, _: _year(year))
        if "child" in columns or {"born", "exam_date"} <= columns:
            # Whoever is a child in any row is one: nobody is both, in a number of few people.
            child, other = AGES
            children = self._at(Counted.CHILDREN, AGES.index(child))
            yield Side("children", {child: children, other: self.people - children})
        kinds = {kind: self._at(Counted.KINDS, 0, bit) for bit, kind in self._kinds}
        yield Side("kinds", kinds)

    def _at(self, table: Counted, first: int, second: int = 0) -> int:
        return self._counts.get(code_of(table, first, second), 0)

    def _fixed(self, name: str, table: Counted, values: Sequence[str]) -> Side:
        """Return values that are listed also where nobody has them: that would tell it."""
        people = {value: self._at(table, at) for at, value in enumerate(values)}
        return Side(name, {v: n for v, n in people.items() if n or v != NOT_TOLD})

    def _of(self, table: Counted) -> Iterable[tuple[int, int, int]]:
        for code, people in self._counts.items():
            if code >> _SHIFT == table:
                yield (*place_of(code), people)

    def _folded(self, name: str, table: Counted, value_of: Callable[[int, int], str]) -> Side:
        """Return the values that enough people have, and those that are put together."""
        people: dict[str, int] = {}
        for first, second, number in self._of(table):
            value = value_of(first, second)
            people[value] = people.get(value, 0) + number
        listed = sorted(people, key=lambda value: (value == NOT_TOLD, value))
        kept = {v: people[v] for v in listed if people[v] >= PEOPLE_MINIMUM and v != OTHER}
        rare = {v: people[v] for v in listed if v not in kept}
        return Side(name, kept, rare, is_folded=True)

    def _laboratory(self, number: int, _: int) -> str:
        if number == NO_LABORATORY:
            return NOT_TOLD
        # What has no name here was told by too few rows, or is no name.
        return OTHER if number == NAMELESS else self._names.get(number, OTHER)

    def _laboratories_per_person(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for _, number, people in sorted(self._of(Counted.LABORATORIES_PER_PERSON)):
            value = f"{number}" if number <= _MOST_LABORATORIES else f"{_MOST_LABORATORIES + 1}+"
            value = value if number else NOT_TOLD
            found[value] = found.get(value, 0) + people
        return found

    def of(self, table: str) -> tuple[Side, ...]:
        """Return the one or two sides of a table, or none where it would say nothing."""
        names = next((names for name, *names in CROSSINGS if name == table), [table])
        sides = tuple(self.by_name[name] for name in names if name in self.by_name)
        if len(names) == len(sides) == 2 and names[1] == "kinds":
            sides = (sides[0], self._crossed_kinds(sides[1]))
        return sides if len(sides) == len(names) and all(side.listed for side in sides) else ()

    def _crossed_kinds(self, kinds: Side) -> Side:
        """Leave out what stands elsewhere and hardly anybody has, or hardly anybody lacks.

        Its cells could be told from the number that stands elsewhere.
        """
        most = self.people - PEOPLE_MINIMUM
        kept = {
            kind: people
            for kind, people in kinds.people.items()
            if kind not in TOLD_KINDS or PEOPLE_MINIMUM <= people <= most
        }
        return Side(kinds.name, kept)

    def homes(self) -> Homes:
        """Return which laboratories seem to stand in which département.

        Where the column tells the laboratories' département and not the people's, everybody can
        find out which of them make it up.
        """
        laboratories = self.by_name.get("laboratory")
        among: Counter[tuple[str, str]] = Counter()
        rare = Counter[str]()
        for number, department, people in self._of(Counted.LABORATORY_DEPARTMENT):
            name, code = self._laboratory(number, 0), _department(department, 0)
            if laboratories is not None and name in laboratories.people:
                among[name, code] += people
            else:
                rare[code] += people
        each = laboratories.people if laboratories is not None else {}
        of = {name: code for (name, code), n in among.items() if _is_nearly(n, each[name])}
        accounted = Counter(rare)
        for name, code in of.items():
            accounted[code] += among[name, code]
        departments = self.by_name["department"].people if "department" in self.by_name else {}
        return Homes(
            of, {c: rare[c] for c, n in departments.items() if _is_nearly(accounted[c], n)}
        )

    def crossed(self, name: str) -> Mapping[tuple[str, str], int]:
        """Return the people of a crossing by the values of its sides, before any is folded."""
        # Several laboratories without a name to be printed are one here.
        found: Counter[tuple[str, str]] = Counter()
        if name == "laboratory-year":
            for laboratory, year, people in self._of(Counted.LABORATORY_YEAR):
                found[self._laboratory(laboratory, 0), _year(year)] += people
        else:
            kinds = dict(self._kinds)
            for department, bit, people in self._of(Counted.DEPARTMENT_KIND):
                found[_department(department, 0), kinds[bit]] = people
        return found


def _is_nearly(part: int, whole: int) -> bool:
    """Tell whether a part is nearly the whole: what is missing would hide nobody."""
    return part >= _NEARLY_ALL * whole or (2 * part > whole and whole - part < PEOPLE_MINIMUM)


def _is_worth(side: Side) -> bool:
    return len(side.listed) > 1


def _department(number: int, _: int) -> str:
    return DEPARTMENT_CODES[number]


def _year(year: int) -> str:
    return f"{year}" if year else NOT_TOLD


def _month(year: int, month: int) -> str:
    return f"{year}-{month:02}" if year else NOT_TOLD

"""The tables of one source: which values they list, how they hang together, what of them is shown.

Values that fewer than eleven people have are put together as `other`, whose number is never shown:
a name that hardly anybody shares may be somebody's. A table with one value only would tell the same
of everybody, and is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.errors import Unavailable
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
from app.scope.model import Cell, TableModel
from app.scope.places import REGION_OF
from app.scope.report import NOT_TOLD, OTHER, PEOPLE_MINIMUM, Dimension, ScopeTable
from app.scope.suppression import Protection, Unprotected, audit, suppress
from app.scope.tallying import Counts
from app.scope.traits import KINDS

# By what a person is told apart, the strongest first.
PERSON_SCHEMES: Final = ("nir-dob", "nir", "name-dob")
# Fewer people than these have no tables at all.
REPORT_PEOPLE_MINIMUM: Final = 100
RULE: Final = (
    f"Shown only where at least {PEOPLE_MINIMUM} people are counted and at least {PEOPLE_MINIMUM}"
    " of the people of the total are not; zeros are not shown. Further numbers are left out until,"
    " from all tables and totals together, each small one could be 0 or"
    f" {PEOPLE_MINIMUM}, and any other is uncertain by {PEOPLE_MINIMUM} at least."
)
# What is lost with a total counts more than what is lost with a cell of a crossing.
_TOTAL_WEIGHT: Final = 5.0
_SHIFT: Final = 24
_MOST_LABORATORIES: Final = 3


@dataclass(frozen=True, slots=True)
class _Side:
    """The values of one table of one dimension.

    Args:
        name: of the table and of the dimension.
        people: by value; in the order in which they are listed.
        rare: of values that are put together, likewise.
    """

    name: str
    people: Mapping[str, int]
    rare: Mapping[str, int] = field(default_factory=dict)

    @property
    def listed(self) -> tuple[str, ...]:
        return (*self.people, OTHER) if self.rare else tuple(self.people)

    def place(self, value: str) -> str:
        """Return what a value is listed as."""
        return value if value in self.people else OTHER


def tables_of(
    counts: Counts, names: Mapping[int, str], columns: frozenset[str], kinds: int
) -> tuple[ScopeTable, ...]:
    """Return the tables of a source as they may be published.

    Args:
        counts: people by cell.
        names: of laboratories, by number.
        columns: what the mapping says anything of; tables of other things are left out.
        kinds: whose columns are mapped, as a mask.

    Raises:
        Unavailable: what was found to be safe does not hold when it is checked again.
    """
    people = counts.get(code_of(Counted.PEOPLE), 0)
    if people < REPORT_PEOPLE_MINIMUM:
        return ()
    builder = _Builder(counts, names, columns, kinds)
    left_out: set[str] = set()
    while True:
        model = builder.model(people, left_out)
        found = suppress(model, PEOPLE_MINIMUM)
        if not isinstance(found, Unprotected):
            break
        left_out |= _tables_to_leave_out(model, found.places)
    if audit(model, found, PEOPLE_MINIMUM) is not Protection.HOLDS:
        raise Unavailable("the tables could not be protected; nothing was published")
    return tuple(builder.published(model, found, left_out))


def _tables_to_leave_out(model: TableModel, places: frozenset[int]) -> set[str]:
    keys = {place: key for key, place in model.places.items()}
    tables = {str(keys[place][0]) for place in places}  # type: ignore[index]
    crossings = {name for name, _, _ in _CROSSINGS} & tables
    return crossings or {name.removesuffix(_REST) for name in tables}


_REST: Final = " in rare values"
# Crossings: the name, and the tables of its sides.
_CROSSINGS: Final = (
    ("laboratory-year", "laboratory", "exam-year"),
    ("department-kind", "department", "kinds"),
)
_ORDER: Final = (
    "laboratory", "department", "region", "exam-year", "exam-month", "sex", "birth-decade",
    "kinds", "laboratory-year", "department-kind", "children", "laboratories-per-person",
)  # fmt: skip


class _Builder:
    """Builds the model of all tables, and reads the tables out of it again."""

    def __init__(
        self, counts: Counts, names: Mapping[int, str], columns: frozenset[str], kinds: int
    ) -> None:
        self._counts = counts
        self._names = names
        self._kinds = [(bit, kind) for bit, kind in enumerate(KINDS) if kinds >> bit & 1]
        self._sides = {side.name: side for side in self._all_sides(columns) if _is_worth(side)}

    def _all_sides(self, columns: frozenset[str]) -> Iterable[_Side]:
        if "laboratory" in columns:
            yield self._folded("laboratory", Counted.LABORATORY, self._laboratory)
            yield _Side("laboratories-per-person", self._laboratories_per_person())
        if "department" in columns:
            yield self._folded("department", Counted.DEPARTMENT, _department)
            yield self._folded("region", Counted.REGION, lambda at, _: REGION_NAMES[at])
        if "exam_date" in columns:
            yield self._folded("exam-year", Counted.EXAM_YEAR, lambda year, _: _year(year))
            yield self._folded("exam-month", Counted.EXAM_MONTH, _month)
        if "sex" in columns:
            sexes = {value: self._at(Counted.SEX, at) for at, value in enumerate(SEXES)}
            yield _Side("sex", {value: people for value, people in sexes.items() if people})
        if "born" in columns:
            yield self._folded("birth-decade", Counted.BIRTH_DECADE, lambda year, _: _year(year))
        if "child" in columns or {"born", "exam_date"} <= columns:
            ages = {value: self._at(Counted.CHILDREN, at) for at, value in enumerate(AGES)}
            yield _Side("children", {value: people for value, people in ages.items() if people})
        kinds = {kind: self._at(Counted.KINDS, 0, bit) for bit, kind in self._kinds}
        yield _Side("kinds", kinds)

    def _at(self, table: Counted, first: int, second: int = 0) -> int:
        return self._counts.get(code_of(table, first, second), 0)

    def _of(self, table: Counted) -> Iterable[tuple[int, int, int]]:
        for code, people in self._counts.items():
            if code >> _SHIFT == table:
                yield (*place_of(code), people)

    def _folded(self, name: str, table: Counted, value_of: Callable[[int, int], str]) -> _Side:
        """Return the values that enough people have, and those that are put together."""
        people: dict[str, int] = {}
        for first, second, number in self._of(table):
            value = value_of(first, second)
            people[value] = people.get(value, 0) + number
        listed = sorted(people, key=lambda value: (value == NOT_TOLD, value))
        kept = {v: people[v] for v in listed if people[v] >= PEOPLE_MINIMUM and v != OTHER}
        return _Side(name, kept, {v: people[v] for v in listed if v not in kept})

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

    def model(self, people: int, left_out: set[str]) -> TableModel:
        """Return the model of all tables that are not left out."""
        model = TableModel(people)
        for name in _ORDER:
            side = self._sides.get(name)
            if side is not None and name not in left_out:
                _add_side(model, side)
        self._link(model, "region", "department", lambda code: REGION_OF.get(code, NOT_TOLD))
        self._link(model, "exam-year", "exam-month", lambda month: month[:4])
        self._link_laboratories(model)
        for name, *sides in _CROSSINGS:
            if name not in left_out and all((side, _SOME) in model.places for side in sides):
                first, second = (self._sides[side] for side in sides)
                _add_crossing(model, name, first, second, self._crossed(name))
        return model

    def _crossed(self, name: str) -> Mapping[tuple[str, str], int]:
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

    def _link(
        self, model: TableModel, name: str, finer: str, value_of: Callable[[str], str]
    ) -> None:
        """Note that what is shown of a finer table adds up to the coarser one's values."""
        if not all((table, _SOME) in model.places for table in (name, finer)):
            return
        coarse, fine = self._sides[name], self._sides[finer]
        rests: list[int] = []
        for value in coarse.people:
            parts = [model.places[finer, v] for v in fine.people if value_of(v) == value]
            whole = model.places[name, value]
            model.within.extend((part, whole) for part in parts)
            rare = sum(number for v, number in fine.rare.items() if value_of(v) == value)
            if rare:
                cell = Cell(rare, is_hidden=True)
                rests.append(model.add((finer + _REST, value), cell))
                parts.append(rests[-1])
            model.known_sum(parts, whole)
        elsewhere = sum(n for v, n in fine.rare.items() if value_of(v) not in coarse.people)
        if elsewhere:
            rests.append(model.add((finer + _REST, OTHER), Cell(elsewhere, is_hidden=True)))
        if fine.rare:
            model.known_sum(rests, model.places[finer, OTHER])

    def _link_laboratories(self, model: TableModel) -> None:
        """Note that people times their laboratories make the laboratories' people."""
        name = "laboratories-per-person"
        if not all((table, _SOME) in model.places for table in (name, "laboratory")):
            return
        terms = {
            model.places["laboratory", value]: 1
            for value in self._sides["laboratory"].listed
            if value != NOT_TOLD
        }
        for value in self._sides[name].people:
            if value != NOT_TOLD:
                terms[model.places[name, value]] = -int(value.rstrip("+"))
        model.equations.append(terms)

    def published(
        self, model: TableModel, suppressed: Sequence[bool], left_out: set[str]
    ) -> Iterable[ScopeTable]:
        """Yield the tables, with what is suppressed left out."""

        def shown(*key: str) -> int | None:
            place = model.places[key]
            return None if suppressed[place] else model.cells[place].people

        crossings = {name: sides for name, *sides in _CROSSINGS}
        for name in _ORDER:
            if name in left_out or (name, _SOME) not in model.places:
                continue
            names = crossings.get(name, [name])
            sides = [self._sides[each] for each in names]
            dimensions = tuple(Dimension(side.name, side.listed) for side in sides)
            if len(sides) == 1:
                cells = [*(shown(name, v) for v in sides[0].listed), model.people]
            else:
                first, second = sides
                cells = []
                for value in first.listed:
                    cells += [shown(name, value, other) for other in second.listed]
                    cells.append(shown(first.name, value))
                cells += [shown(second.name, other) for other in second.listed]
                cells.append(model.people)
            yield ScopeTable(name, dimensions, tuple(cells), RULE)


# Under this key a model notes that it has a table.
_SOME: Final = " "


def _is_worth(side: _Side) -> bool:
    return len(side.listed) > 1


def _add_side(model: TableModel, side: _Side) -> None:
    model.places[side.name, _SOME] = -1
    parts = []
    for value, people in side.people.items():
        place = model.add((side.name, value), Cell(people, weight=_TOTAL_WEIGHT))
        model.is_part(place, None)
        parts.append(place)
    if side.rare:
        rest = Cell(sum(side.rare.values()), is_hidden=True)
        parts.append(model.add((side.name, OTHER), rest))
    # Somebody has several kinds of data, and nobody knows how many.
    if side.name != "kinds":
        model.known_sum(parts, None)


def _add_crossing(
    model: TableModel,
    name: str,
    first: _Side,
    second: _Side,
    crossed: Mapping[tuple[str, str], int],
) -> None:
    model.places[name, _SOME] = -1
    people: dict[tuple[str, str], int] = {}
    for (one, other), number in crossed.items():
        key = (first.place(one), second.place(other))
        people[key] = people.get(key, 0) + number
    for one in first.listed:
        for other in second.listed:
            is_hidden = OTHER in (one, other)
            cell = Cell(people.get((one, other), 0), is_hidden=is_hidden)
            place = model.add((name, one, other), cell)
            if not is_hidden:
                model.is_part(place, model.places[first.name, one])
                model.is_part(place, model.places[second.name, other])
    for one in first.listed:
        if second.name != "kinds":
            parts = [model.places[name, one, other] for other in second.listed]
            model.known_sum(parts, model.places[first.name, one])
    for other in second.listed:
        parts = [model.places[name, one, other] for one in first.listed]
        model.known_sum(parts, model.places[second.name, other])


def _department(number: int, _: int) -> str:
    return DEPARTMENT_CODES[number]


def _year(year: int) -> str:
    return f"{year}" if year else NOT_TOLD


def _month(year: int, month: int) -> str:
    return f"{year}-{month:02}" if year else NOT_TOLD

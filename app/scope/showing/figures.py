"""What each table of a report is shown as: lines with bars, columns of months, a map, a grid.

Everything that a template prints is a text here, so that a web page, a file and a PDF say the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from app.scope.places import DEPARTMENTS
from app.scope.showing.words import Words
from app.scope.source import ScopeSource
from app.scope.table import NOT_TOLD, OTHER, PEOPLE_MINIMUM, ScopeTable

LEVELS: Final = 5
_BAR_UNITS: Final = 1000
# Of these a person is one of the values and no other: lines add up.
_EXCLUSIVE: Final = frozenset({"children", "sex", "birth-decade", "laboratories-per-person"})


class Chart(StrEnum):
    """How a table is drawn. A grid is coloured as a map is."""

    BARS = "bars"
    COLUMNS = "columns"
    MAP = "map"
    GRID = "grid"


_CHARTS: Final = {"department": Chart.MAP, "exam-month": Chart.COLUMNS}


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a table of one dimension.

    Args:
        value: as in the report.
        label: for people.
        people: None where it is hidden.
        shown: the number as it is written.
        share: of all people, as it is written; empty where it is hidden.
        length: of the bar, of 1000; 0 where it is hidden.
        level: 1 to 5, of its length; 0 where it is hidden.
    """

    value: str
    label: str
    people: int | None
    shown: str
    share: str
    length: int
    level: int


@dataclass(frozen=True, slots=True)
class GridLine:
    """One line of a table of two dimensions: its label, and in each column the text and level."""

    label: str
    cells: tuple[tuple[str, int], ...]
    total: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One table as it is shown.

    Args:
        name: the table's.
        chart: how it is drawn.
        title: for people.
        heads: what the columns are called.
        lines: of a table of one dimension.
        grid: of one of two.
        total: of all; in a grid, the last line.
        rule: as it is printed, and its language.
        overlaps: one person can be in several lines.
        levels: what each colour stands for, the lightest first; empty but for map and grid.
        table: what is shown.
    """

    name: str
    chart: Chart
    title: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    grid: tuple[GridLine, ...]
    total: str
    rule: tuple[str, str]
    overlaps: bool
    levels: tuple[tuple[int, str], ...]
    table: ScopeTable


def figures_of(source: ScopeSource, words: Words) -> Sequence[Figure]:
    """Return every table of a source as a figure, in the report's order."""
    return [_figure(table, words) for table in source.tables]


def _figure(table: ScopeTable, words: Words) -> Figure:
    is_grid = len(table.dimensions) > 1
    scale = _Scale.of(table)
    first = words.dimension(table.dimensions[0].name)
    if is_grid:
        second = table.dimensions[1]
        columns = (_label(second.name, value, words) for value in second.values)
        heads = (first, *columns, words("total"))
    else:
        heads = (first, words("count"), words("share"))
    chart = Chart.GRID if is_grid else _CHARTS.get(table.name, Chart.BARS)
    return Figure(
        name=table.name,
        chart=chart,
        title=words.title(table.name),
        heads=heads,
        lines=() if is_grid else tuple(_lines(table, scale, words)),
        grid=tuple(_grid(table, scale, words)) if is_grid else (),
        total=words.people(table.cells[-1]),
        rule=words.rule(table.rule),
        overlaps=table.name not in _EXCLUSIVE,
        levels=scale.told(words) if chart in (Chart.GRID, Chart.MAP) else (),
        table=table,
    )


def _lines(table: ScopeTable, scale: _Scale, words: Words) -> Sequence[Line]:
    (dimension,) = table.dimensions
    whole = table.cells[-1] if dimension.has_total else None
    lines = [
        Line(
            value=value,
            label=_label(dimension.name, value, words),
            people=people,
            shown=_short(people, words),
            share=words.share(people, whole) if people is not None and whole else "",
            length=scale.length(people),
            level=scale.level(people),
        )
        for place, value in enumerate(dimension.values)
        for people in (table.cell(place),)
    ]
    if dimension.name in ("laboratory", "region", "kinds"):
        # The longest first; what is no name, and what is hidden, last.
        lines.sort(key=lambda line: (line.value in (NOT_TOLD, OTHER), -(line.people or 0)))
    return lines


def _grid(table: ScopeTable, scale: _Scale, words: Words) -> Sequence[GridLine]:
    first, second = table.dimensions
    labels = [*(_label(first.name, value, words) for value in first.values), words("total")]
    found = []
    for place, label in enumerate(labels[: first.size]):
        is_total = place == len(first.values)
        cells = [table.cell(place, column) for column in range(len(second.values))]
        shown = tuple(
            (_short(people, words), 0 if is_total else scale.level(people)) for people in cells
        )
        total = table.cell(place, len(second.values)) if second.has_total else None
        found.append(GridLine(label, shown, _short(total, words)))
    return found


def _short(people: int | None, words: Words) -> str:
    return words("masked_short") if people is None else words.number(people)


def _label(dimension: str, value: str, words: Words) -> str:
    if value in (NOT_TOLD, OTHER):
        return words.value(value)
    if dimension == "department":
        return f"{DEPARTMENTS[value]} ({value})" if value in DEPARTMENTS else value
    if dimension == "exam-month":
        return words.month(value)
    if dimension == "birth-decade":
        return f"{value}–{int(value) + 9}"
    if dimension in ("laboratory", "region", "exam-year"):
        # A laboratory may be called anything, even a word of the report.
        return value
    return words.value(value)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From numbers of people to lengths and colours; totals are not drawn."""

    most: int

    @classmethod
    def of(cls, table: ScopeTable) -> _Scale:
        drawn = list(table.cells)
        if len(table.dimensions) == 1:
            drawn = drawn[: len(table.dimensions[0].values)]
        else:
            first, second = table.dimensions
            drawn = [
                table.cell(line, column)
                for line in range(len(first.values))
                for column in range(len(second.values))
            ]
        return cls(max((people for people in drawn if people is not None), default=1))

    def length(self, people: int | None) -> int:
        return 0 if people is None else max(1, people * _BAR_UNITS // self.most)

    def level(self, people: int | None) -> int:
        return 0 if people is None else bisect_left(self._ends, people, lo=1)

    def told(self, words: Words) -> tuple[tuple[int, str], ...]:
        """Return the levels that there are, and which numbers each stands for."""
        return tuple(
            (level, words("level", first=words.number(below + 1), last=words.number(end)))
            for level, (below, end) in enumerate(pairwise(self._ends), start=1)
            if below < end
        )

    @property
    def _ends(self) -> Sequence[int]:
        """The last number of each level, from what is never shown on."""
        below = min(PEOPLE_MINIMUM, self.most) - 1
        return [below + (self.most - below) * level // LEVELS for level in range(LEVELS + 1)]

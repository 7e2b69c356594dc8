"""Somebody who has all published tables, a linear solver, and more luck than anybody.

Beside what is published they are told, exactly, by how much the numbers of each line exceed its
total because people are in several of them; and they know that what is listed by its name is of
eleven people at least, shown or not. Nothing here uses the program's own model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import highspy
import numpy as np

from app.scope.places import REGION_OF
from app.scope.solver import _Quiet
from app.scope.table import OTHER, PEOPLE_MINIMUM, ScopeTable
from tests.scope.microdata import FOLDED, REST

Key = tuple[str, ...]
# One person may have as many of the values that are put together.
_VALUES = 20


@dataclass(frozen=True)
class Interval:
    """Between which numbers a cell must be."""

    key: Key
    lowest: float
    highest: float


class Attack:
    """One source's tables under attack.

    Args:
        tables: as published.
        truth: the true number of each cell by table and values, of `other` the sum of what it
            is put together from: only to tell the attacker what lines exceed their totals by.
        people: in all.
        homes: where each laboratory stands, if the column of départements tells that.
        is_read_off: whoever has no postcode has no address, and whose sex is not told is a child.
        is_whole: they know as well that people are whole.
    """

    def __init__(
        self,
        tables: Sequence[ScopeTable],
        truth: Mapping[Key, int],
        people: int,
        *,
        homes: Callable[[str], str] | None = None,
        is_read_off: bool = False,
        is_whole: bool = False,
    ) -> None:
        self._people = people
        self._truth = truth
        self._places: dict[Key, int] = {}
        self._shown: dict[Key, int] = {}
        self._highs: Any = _Quiet()  # type: ignore[no-untyped-call]
        for table in tables:
            self._learn(table)
        for table in tables:
            self._add_up(table)
        self._link(tables, "region", "department", lambda code: REGION_OF.get(code, ""))
        self._link(tables, "exam-year", "exam-month", lambda month: month[:4])
        if homes is not None:
            self._link(tables, "department", "laboratory", homes, is_strict=False)
        if is_read_off:
            self._read_off(("kinds", "address"), ("department", ""), 1.0)
            self._read_off(("children", "child"), ("sex", ""), -1.0)
        for kind in ("number", "email", "phone"):
            self._read_off(("kinds", kind), None, 1.0)
        if is_whole:
            columns = np.arange(len(self._places), dtype=np.int32)
            kinds = np.full(len(columns), highspy.HighsVarType.kInteger)
            self._highs.changeColsIntegrality(len(columns), columns, kinds)

    def _read_off(self, one: Key, other: Key | None, factor: float) -> None:
        """A sum or a difference of two cells is known, or a cell itself."""
        if one not in self._places or (other is not None and other not in self._places):
            return
        terms = {one: 1.0} if other is None else {one: 1.0, other: factor}
        right = float(sum(f * self._truth.get(key, 0) for key, f in terms.items()))
        self._row(right, right, terms)

    def suppressed(self) -> list[Key]:
        """Return the cells that are not shown, but those of rare values, which are several.

        How many people have a number, an address or a telephone stands in the parameters.
        """
        told = {("kinds", "number"), ("kinds", "email"), ("kinds", "phone")}
        hidden = [key for key in self._places if key not in self._shown and OTHER not in key]
        return [key for key in hidden if key not in told]

    def true(self, key: Key) -> int:
        """Return the true number of a cell."""
        return self._truth.get(key, 0)

    def interval(self, terms: Mapping[Key, int]) -> tuple[float, float]:
        """Return between which bounds a sum of cells must be."""
        columns = np.arange(len(self._places), dtype=np.int32)
        costs = np.zeros(len(self._places))
        for key, factor in terms.items():
            costs[self._places[key]] += factor
        bounds = []
        for sign in (1.0, -1.0):
            self._highs.changeColsCost(len(columns), columns, sign * costs)
            self._highs.run()
            assert self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
            bounds.append(sign * self._highs.getInfo().objective_function_value)
        return bounds[0], bounds[1]

    def totals_of(self, key: Key, tables: Sequence[ScopeTable]) -> Iterator[Key | None]:
        """Yield the totals of a cell in its table; None is everybody."""
        (table,) = (table for table in tables if table.name == key[0])
        if len(table.dimensions) == 1:
            yield None
        else:
            for dimension, value in zip(table.dimensions, key[1:], strict=True):
                yield (dimension.name, value)

    def _learn(self, table: ScopeTable) -> None:
        sides = [dimension.values for dimension in table.dimensions]
        for at in product(*(range(len(side)) for side in sides)):
            values = tuple(side[place] for side, place in zip(sides, at, strict=True))
            key = (table.name, *values)
            shown = table.cell(*at)
            self._places[key] = len(self._places)
            if shown is None:
                is_listed = table.name in FOLDED and OTHER not in key
                self._highs.addVar(
                    float(PEOPLE_MINIMUM if is_listed else 0),
                    float(self._people * (_VALUES if OTHER in key else 1)),
                )
            else:
                self._shown[key] = shown
                self._highs.addVar(float(shown), float(shown))
        if len(table.dimensions) == 2:
            self._check_margins(table)

    def _check_margins(self, table: ScopeTable) -> None:
        """Check that a crossing shows the same totals as the tables of its sides."""
        first, second = table.dimensions
        for at, value in enumerate(first.values):
            assert table.cell(at, len(second.values)) == self._shown.get((first.name, value))
        for at, value in enumerate(second.values):
            assert table.cell(len(first.values), at) == self._shown.get((second.name, value))

    def _add_up(self, table: ScopeTable) -> None:
        if len(table.dimensions) == 1:
            if table.name != "kinds":
                self._line([(table.name, v) for v in table.dimensions[0].values], None)
            return
        first, second = table.dimensions
        for value in first.values:
            line = [(table.name, value, other) for other in second.values]
            for cell in line:
                self._within(cell, (first.name, value))
            if second.name != "kinds":
                self._line(line, (first.name, value))
        for other in second.values:
            line = [(table.name, value, other) for value in first.values]
            for cell in line:
                self._within(cell, (second.name, other))
            self._line(line, (second.name, other))

    def _line(self, parts: Sequence[Key], whole: Key | None) -> None:
        """What a line exceeds its total by is known."""
        total = self._people if whole is None else self._truth.get(whole, 0)
        surplus = sum(self._truth.get(part, 0) for part in parts) - total
        terms = dict.fromkeys(parts, 1.0)
        right = float(surplus)
        if whole is None:
            right += self._people
        else:
            terms[whole] = -1.0
        self._row(right, right, terms)

    def _within(self, part: Key, whole: Key) -> None:
        if OTHER not in part:
            self._row(-highspy.kHighsInf, 0.0, {part: 1.0, whole: -1.0})

    def _link(
        self,
        tables: Sequence[ScopeTable],
        coarse: str,
        fine: str,
        value_of: Callable[[str], str],
        *,
        is_strict: bool = True,
    ) -> None:
        sides = {t.name: t.dimensions[0].values for t in tables if len(t.dimensions) == 1}
        if coarse not in sides or fine not in sides:
            return
        self._read_off_rests(fine, [v for v in sides[coarse] if v or is_strict])
        for value in sides[coarse]:
            # Who tells no département is of any laboratory.
            if value == OTHER or (not value and not is_strict):
                continue
            parts = [(fine, v) for v in sides[fine] if v != OTHER and value_of(v) == value]
            # A few rows tell a laboratory and no département.
            for part in parts if is_strict else ():
                self._within(part, (coarse, value))
            rest = (fine + REST, value)
            self._line([*parts, rest] if rest in self._places else parts, (coarse, value))

    def _read_off_rests(self, fine: str, values: Sequence[str]) -> None:
        """Who has a rare value of one table is somewhere in the coarser one."""
        rests = [(fine + REST, v) for v in values if self._truth.get((fine + REST, v), 0)]
        elsewhere = self._truth.get((fine, OTHER), 0) - sum(map(self.true, rests))
        for key in rests:
            self._add_unseen(key)
        if elsewhere > 0:
            rests.append((fine + REST, OTHER))
            self._truth = {**self._truth, rests[-1]: elsewhere}
            self._add_unseen(rests[-1])
        if rests:
            self._line(rests, (fine, OTHER))

    def _add_unseen(self, key: Key) -> None:
        self._places[key] = len(self._places)
        self._shown[key] = -1
        self._highs.addVar(0.0, float(self._people * _VALUES))

    def _row(self, lower: float, upper: float, terms: Mapping[Key, float]) -> None:
        columns = np.array([self._places[key] for key in terms], dtype=np.int32)
        self._highs.addRow(lower, upper, len(columns), columns, np.array(list(terms.values())))

"""Linear programs over a model of tables, by HiGHS (https://highs.dev).

Two questions: between which bounds does all that is published leave a number; and which further
numbers have to be left out so that a number can be another one, at the least loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import highspy
import numpy as np

from app.errors import Unavailable
from app.scope.model import TableModel, Target, Terms

_TOLERANCE = 1e-6
_INFINITY = highspy.kHighsInf


class _Quiet(highspy.Highs):
    """The solver, which would print a banner on standard output as soon as it is made."""

    def enableCallbacks(self) -> Any:  # noqa: N802 the library's name
        """Be quiet first: this is the first thing that the library does."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003 likewise
        return super().enableCallbacks()  # type: ignore[no-untyped-call]


class TableProgram:
    """The changes of all cells that leave everything that is known as it is.

    Each cell's change is the sum of three columns: a free one if the cell is suppressed; else one
    up and one down, which cost its weight.

    Args:
        model: the cells and what is known of them.
    """

    def __init__(self, model: TableModel) -> None:
        self._model = model
        self._size = len(model.cells)
        self._is_forgotten = False
        self._highs: Any = _Quiet()  # type: ignore[no-untyped-call]
        for option, value in (("threads", 1), ("presolve", "off")):
            self._highs.setOptionValue(option, value)
        self._highest = [float(_highest(model, place)) for place in range(self._size)]
        for _ in range(3 * self._size):
            self._highs.addVar(0.0, 0.0)
        for terms in model.equations:
            self._add_row(0.0, 0.0, terms)
        for part, whole in model.within:
            if whole is not None:
                room = model.cells[whole].people - model.cells[part].people
                self._add_row(-_INFINITY, float(room), {part: 1, whole: -1})
        self._columns = np.arange(3 * self._size, dtype=np.int32)
        self._weights = np.array([cell.weight for cell in model.cells])

    def bounds(self, suppressed: Sequence[bool], target: Target) -> tuple[float, float]:
        """Return how far a number can be below and above what it is, both at least 0."""
        self._open(suppressed, is_open=False)
        self._forget_surplus(is_forgotten=target.is_surplus)
        costs = np.zeros(3 * self._size)
        for place, factor in target.terms.items():
            costs[place] = factor
        found = []
        for sign in (1.0, -1.0):
            self._cost(sign * costs)
            found.append(max(0.0, -self._solve_or_fail()))
        below, above = found
        return below, above

    def cheapest(
        self, suppressed: Sequence[bool], target: Target, change: int
    ) -> tuple[float, list[int]] | None:
        """Return the cells to suppress so that a number can be another one, or None if none do.

        Args:
            suppressed: those that are so already, which cost nothing.
            target: the number.
            change: by how much it must be possible that it is another.
        """
        self._open(suppressed, is_open=True)
        self._forget_surplus(is_forgotten=target.is_surplus)
        self._cost(np.concatenate([np.zeros(self._size), self._weights, self._weights]))
        self._add_row(float(change), float(change), target.terms)
        try:
            if not self._is_solved():
                return None
            columns = np.array(self._highs.getSolution().col_value)
        finally:
            last = np.array([self._highs.getNumRow() - 1], dtype=np.int32)
            self._highs.deleteRows(1, last)
        moved = columns[self._size : 2 * self._size] + columns[2 * self._size :]
        places = np.flatnonzero(moved > _TOLERANCE)
        return float(self._weights[places].sum()), [int(place) for place in places]

    def _forget_surplus(self, *, is_forgotten: bool) -> None:
        """Let each sum exceed its whole by what it may, or by what it does. A row is an equation's.

        What it does not exceed by any stays known: of most of these it is so for everybody.
        """
        if is_forgotten == self._is_forgotten:
            return
        self._is_forgotten = is_forgotten
        for equation, people in self._model.surplus.items():
            if people > 0:
                bounds = (-float(people), _INFINITY) if is_forgotten else (0.0, 0.0)
                self._highs.changeRowBounds(equation, *bounds)

    def _open(self, suppressed: Sequence[bool], *, is_open: bool) -> None:
        """Let suppressed cells change freely, and the others at a cost or not at all."""
        free = np.array(suppressed)
        people = np.array([float(cell.people) for cell in self._model.cells])
        down = people - np.array([float(cell.least) for cell in self._model.cells])
        highest = np.array(self._highest) - people
        shown = ~free & is_open
        lower = np.concatenate([np.where(free, -down, 0.0), np.zeros(2 * self._size)])
        upper = np.concatenate(
            [np.where(free, highest, 0.0), np.where(shown, highest, 0), np.where(shown, down, 0)]
        )
        self._highs.changeColsBounds(len(self._columns), self._columns, lower, upper)

    def _cost(self, costs: Any) -> None:
        self._highs.changeColsCost(len(self._columns), self._columns, costs)

    def _add_row(self, lower: float, upper: float, terms: Terms) -> None:
        columns = [place + part * self._size for part in range(3) for place in terms]
        signs = (1.0, 1.0, -1.0)
        factors = [sign * factor for sign in signs for factor in terms.values()]
        self._highs.addRow(
            lower, upper, len(columns), np.array(columns, dtype=np.int32), np.array(factors)
        )

    def _is_solved(self) -> bool:
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return True
        if status == highspy.HighsModelStatus.kInfeasible:
            return False
        raise Unavailable(f"the solver came to no end: {self._highs.modelStatusToString(status)}")

    def _solve_or_fail(self) -> float:
        if not self._is_solved():
            raise Unavailable("the solver finds the true numbers impossible")
        return float(self._highs.getInfo().objective_function_value)


def _highest(model: TableModel, place: int) -> int:
    """Return the most people that can be in a cell: all, but that values are put together."""
    cell = model.cells[place]
    return model.people + cell.people if cell.is_hidden else model.people

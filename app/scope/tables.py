"""The tables of one source as they may be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Final

from app.errors import Unavailable
from app.scope.linking import ORDER, has_table, model_of, table_of_key
from app.scope.model import CellKey, TableModel
from app.scope.sides import CROSSINGS, Side, Sides
from app.scope.suppression import Protection, Unprotected, audit, suppress
from app.scope.table import PEOPLE_MINIMUM, Dimension, ScopeTable
from app.scope.tallying import Counts

# By what a person is told apart, the strongest first.
PERSON_SCHEMES: Final = ("nir-dob", "nir", "name-dob")
# Fewer people than these have no tables at all.
REPORT_PEOPLE_MINIMUM: Final = 100
# A value's place behind the others: of all of them together.
_TOTAL: Final = None
RULE: Final = (
    f"Shown only where at least {PEOPLE_MINIMUM} people are counted and at least {PEOPLE_MINIMUM}"
    " of the people of the total are not; zeros are not shown. Further numbers are left out until,"
    " from all tables and totals together, each small one could be 0 or"
    f" {PEOPLE_MINIMUM}, and any other is uncertain by {PEOPLE_MINIMUM} at least."
)


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
    sides = Sides(counts, names, columns, kinds)
    if sides.people < REPORT_PEOPLE_MINIMUM:
        return ()
    left_out: set[str] = set()
    while True:
        model = model_of(sides, left_out)
        found = suppress(model, PEOPLE_MINIMUM)
        if not isinstance(found, Unprotected):
            break
        left_out |= _tables_to_leave_out(model, found.places)
    if audit(model, found, PEOPLE_MINIMUM) is not Protection.HOLDS:
        raise Unavailable("the tables could not be protected; nothing was published")
    return tuple(_published(model, sides, found))


def _tables_to_leave_out(model: TableModel, places: frozenset[int]) -> set[str]:
    keys = {place: key for key, place in model.places.items()}
    tables = {table_of_key(keys[place]) for place in places}
    return {name for name, _, _ in CROSSINGS} & tables or tables


def _published(model: TableModel, sides: Sides, suppressed: Sequence[bool]) -> Iterable[ScopeTable]:
    """Yield the tables, with what is suppressed left out."""
    shown = {
        key: None if suppressed[place] else model.cells[place].people
        for key, place in model.places.items()
        if place >= 0
    }
    for name in ORDER:
        if not has_table(model, name):
            continue
        its = sides.of(name)
        lines = product(*((*side.listed, _TOTAL) for side in its))
        cells = tuple(
            model.people if not key else shown[key]
            for key in (_key_of(name, its, line) for line in lines)
        )
        dimensions = tuple(Dimension(side.name, side.listed) for side in its)
        yield ScopeTable(name, dimensions, cells, RULE)


def _key_of(name: str, sides: Sequence[Side], line: Sequence[str | None]) -> CellKey:
    """Return what the model calls a table's cell: a total is the cell of its own table."""
    told = [(side.name, v) for side, v in zip(sides, line, strict=True) if v is not None]
    if len(told) == len(sides):
        return (name, *(value for _, value in told))
    return told[0] if told else ()

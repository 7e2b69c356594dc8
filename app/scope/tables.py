"""The tables of one source as they may be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.errors import Unavailable
from app.scope.linking import ORDER, has_table, model_of, table_of_key
from app.scope.model import TableModel
from app.scope.sides import CROSSINGS, Sides
from app.scope.suppression import Protection, Unprotected, audit, suppress
from app.scope.table import PEOPLE_MINIMUM, Dimension, ScopeTable
from app.scope.tallying import Counts

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

    def shown(*key: str) -> int | None:
        place = model.places[key]
        return None if suppressed[place] else model.cells[place].people

    crossings = {name: sides for name, *sides in CROSSINGS}
    for name in ORDER:
        if not has_table(model, name):
            continue
        names = crossings.get(name, [name])
        its = [sides.by_name[each] for each in names]
        dimensions = tuple(Dimension(side.name, side.listed) for side in its)
        if len(its) == 1:
            cells = [*(shown(name, v) for v in its[0].listed), model.people]
        else:
            first, second = its
            cells = []
            for value in first.listed:
                cells += [shown(name, value, other) for other in second.listed]
                cells.append(shown(first.name, value))
            cells += [shown(second.name, other) for other in second.listed]
            cells.append(model.people)
        yield ScopeTable(name, dimensions, tuple(cells), RULE)

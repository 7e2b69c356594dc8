"""What somebody who has every published table knows of the numbers that are not in them.

One cell of two tables is one cell here: the total of a laboratory's line is its own number.
Whoever attacks is taken to know more than anybody does: by how much the numbers of overlapping
values exceed their total, exactly, for every line. So that what is safe from them is safe from all.
By how much they do is itself a number of people, those who are in several values: where it is of
few, it must not come out of what is shown, and there nobody is taken to know any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# What a table's cell is called: the table, and its values.
CellKey = tuple[str, ...]
Terms = Mapping[int, int]


@dataclass(slots=True)
class Cell:
    """One number of people.

    Args:
        people: the true number.
        is_hidden: it is never shown, whatever it is.
        weight: how much is lost when it is not shown.
        least: as many it is known to have, shown or not: what is listed by its name.
    """

    people: int
    is_hidden: bool = False
    weight: float = 1.0
    least: int = 0


@dataclass(slots=True)
class TableModel:
    """Cells, and what is known of them.

    Args:
        people: all of them: shown always.
        cells: by their places.
        places: of cells by key.
        equations: sums that are known: changes of the cells, times these factors, make nothing.
        within: pairs: whoever is counted in the first cell is counted in the second; None is all.
        parts: as `within`, of cells of one table with its totals: neither the cell nor what is
            left of the total may be of few people.
        told: places whose numbers stand elsewhere, so that nothing is safe behind them.
        surplus: by how many people the parts of a sum exceed its whole, by the equation's number.
    """

    people: int
    cells: list[Cell] = field(default_factory=list)
    places: dict[CellKey, int] = field(default_factory=dict)
    equations: list[Terms] = field(default_factory=list)
    within: list[tuple[int, int | None]] = field(default_factory=list)
    parts: list[tuple[int, int | None]] = field(default_factory=list)
    told: set[int] = field(default_factory=set)
    surplus: dict[int, int] = field(default_factory=dict)

    def add(self, key: CellKey, cell: Cell) -> int:
        """Add a cell, and return its place."""
        place = self.places[key] = len(self.cells)
        self.cells.append(cell)
        return place

    def known_sum(self, parts: Iterable[int], whole: int | None) -> None:
        """Note that the sum of some cells is known once the whole is; None is all people."""
        terms = dict.fromkeys(parts, 1)
        if whole is not None:
            terms[whole] = terms.get(whole, 0) - 1
        people = sum(factor * self.cells[place].people for place, factor in terms.items())
        self.surplus[len(self.equations)] = people - (self.people if whole is None else 0)
        self.equations.append(terms)

    def is_told(self, place: int) -> None:
        """Note that a number is known whether or not a table shows it."""
        self.equations.append({place: 1})
        self.told.add(place)

    def is_part(self, part: int, whole: int | None) -> None:
        """Note that a cell is a part of a total in one table."""
        self.within.append((part, whole))
        self.parts.append((part, whole))

    def of(self, whole: int | None) -> int:
        """Return the true number of a total."""
        return self.people if whole is None else self.cells[whole].people


@dataclass(frozen=True, slots=True)
class Target:
    """A number that must stay uncertain: of a cell, or of the people of a total outside a cell.

    Args:
        terms: cells with their factors; what is constant is left out.
        people: the true number.
        is_small: it is of few people: it must be possible that it is 0, and that it is enough to
            be shown. Otherwise it must be possible that it is another one by as much.
        is_surplus: it is by how much a sum exceeds its whole; so none of these is taken for known.
    """

    terms: Terms
    people: int
    is_small: bool
    is_surplus: bool = False


def targets_of(model: TableModel, suppressed: Sequence[bool], minimum: int) -> list[Target]:
    """Return what must stay uncertain when these cells are suppressed."""
    found = [
        Target({place: 1}, cell.people, cell.people < minimum)
        for place, cell in enumerate(model.cells)
        if suppressed[place] and place not in model.told
    ]
    for part, whole in model.parts:
        if part in model.told:
            continue
        rest = model.of(whole) - model.cells[part].people
        if rest < minimum and not model.cells[part].is_hidden:
            terms = {part: -1} if whole is None else {part: -1, whole: 1}
            found.append(Target(terms, rest, is_small=True))
    for number, people in model.surplus.items():
        if 0 < people < minimum:
            found.append(Target(model.equations[number], people, is_small=True, is_surplus=True))
    return found


def few_people(model: TableModel, minimum: int) -> list[bool]:
    """Return which cells are not shown for their own sake: of few people, or of nearly all."""
    found = [cell.is_hidden or cell.people < minimum for cell in model.cells]
    for part, whole in model.parts:
        if model.of(whole) - model.cells[part].people < minimum:
            found[part] = True
    return found

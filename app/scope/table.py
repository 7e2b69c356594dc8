"""One table of a report: distinct people by the values of one or two things.

A number is None where disclosure control suppressed it: it is not told, which is not the same as
zero. Numbers of overlapping values do not add up to their total, because one person may have been
in several laboratories, years or départements and is one person in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from app.errors import InvalidMessage
from app.protocol.documents import field_of, object_of, typed
from app.protocol.messages import Json

PEOPLE_MINIMUM = 11
UNIT = "people"
# What stands in the place of values that too few people have, or that cannot be read.
OTHER = "other"
# What a row that tells nothing is counted under.
NOT_TOLD = ""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One side of a table.

    Args:
        name: what the values are of, such as `laboratory`.
        values: as published, in the order of the cells.
        has_total: one more cell stands behind the values, for all of them together.
    """

    name: str
    values: tuple[str, ...]
    has_total: bool = True

    @property
    def size(self) -> int:
        """How many cells a line along this side has, its total included."""
        return len(self.values) + self.has_total


@dataclass(frozen=True, slots=True)
class ScopeTable:
    """One table: distinct people, or None where the number is suppressed.

    Args:
        name: such as `laboratory-year`.
        dimensions: one or two.
        cells: row by row, in each dimension the values and then the total.
        rule: by which numbers were suppressed, as a sentence to be printed under the table.
    """

    name: str
    dimensions: tuple[Dimension, ...]
    cells: tuple[int | None, ...]
    rule: str

    def cell(self, *places: int) -> int | None:
        """Return one cell, by its place in each dimension; the total's is `len(values)`."""
        at = 0
        for dimension, place in zip(self.dimensions, places, strict=True):
            if not 0 <= place < dimension.size:
                raise IndexError(f"{dimension.name} of {self.name} has no place {place}")
            at = at * dimension.size + place
        return self.cells[at]

    def to_json(self) -> Json:
        """Write the table."""
        return {
            "name": self.name,
            "dimensions": [
                {"name": d.name, "values": list(d.values), "total": d.has_total}
                for d in self.dimensions
            ],
            "unit": UNIT,
            "cells": list(self.cells),
            "rule": self.rule,
        }

    @classmethod
    def from_json(cls, document: object) -> ScopeTable:
        """Read a table; one with fewer or more cells than its sides say is refused."""
        fields = object_of(document, "a table")
        dimensions = tuple(map(_dimension_from_json, field_of(fields, "dimensions", list)))
        cells = tuple(map(people_from_json, field_of(fields, "cells", list)))
        if field_of(fields, "unit", str) != UNIT:
            raise InvalidMessage("a table counts something else than people")
        if not dimensions or len(cells) != prod(d.size for d in dimensions):
            raise InvalidMessage("a table has not as many cells as its dimensions say")
        name, rule = field_of(fields, "name", str), field_of(fields, "rule", str)
        return cls(name, dimensions, cells, rule)


def people_from_json(value: object) -> int | None:
    """Read a number of people, or that it is not told; one of too few is refused."""
    if value is None:
        return None
    people = typed(value, "a cell", int)
    if people < PEOPLE_MINIMUM:
        raise InvalidMessage(f"a cell tells of fewer than {PEOPLE_MINIMUM} people")
    return people


def _dimension_from_json(document: object) -> Dimension:
    fields = object_of(document, "a dimension")
    values: Sequence[object] = field_of(fields, "values", list)
    return Dimension(
        field_of(fields, "name", str),
        tuple(typed(value, "a value", str) for value in values),
        field_of(fields, "total", bool),
    )

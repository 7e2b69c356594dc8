"""Where one field stands in a source: in a column, in several, joined from several, or nowhere.

A column is a name of the header, or a position from 1. `app.reading.notation` reads how a mapping
writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.errors import InvalidMapping
from app.reading.variants.rules import rules_for

Column = str | int

# A date has as many digits, and a column's name seldom has; nor is it longer than this.
_DATA_DIGITS = 6
_COLUMN_NAME_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Columns:
    """Where one field stands.

    Args:
        names: the columns; each filled one gives a value of its own.
        formats: for dates, the formats that are tried in order.
        is_joined: the columns give one value together.
        separator: what then stands between them.
        empty: in upper case, what stands for nothing in these columns.
        variants: the rules by which a cell is read in more than one way; None is all there are.
        constant: the one value of all rows, in place of columns.
    """

    names: tuple[Column, ...]
    formats: tuple[str, ...] = ()
    is_joined: bool = False
    separator: str = " "
    empty: frozenset[str] = frozenset()
    variants: tuple[str, ...] | None = None
    constant: str | None = None

    @property
    def values_maximum(self) -> int:
        """How many values these columns give as they stand: a year of two digits gives two."""
        cells = 1 if self.is_joined else len(self.names)
        return cells * (1 + any("%y" in date_format for date_format in self.formats))

    @property
    def needs_care(self) -> bool:
        """Whether cells are not simply taken one by one."""
        return self.is_joined or bool(self.empty)

    def positions(self, header: Sequence[str]) -> tuple[int, ...]:
        """Return the columns' positions in a header, from 0.

        Args:
            header: the source's column names, or as many empty ones where it has none.

        Raises:
            InvalidMapping: a column is not there, or is there twice; those that are there are
                listed, if they are names and not somebody's data.
        """
        return tuple(_position(name, header) for name in self.names)

    def restricted(self, field: str, rules: Collection[str]) -> Columns:
        """Return the same columns, read by those rules only that are also in `rules`."""
        kept = (rule.name for rule in rules_for(field, self.variants) if rule.name in rules)
        return replace(self, variants=tuple(kept))


def _position(column: Column, header: Sequence[str]) -> int:
    if isinstance(column, int):
        if column > len(header):
            raise InvalidMapping(
                f"the column {column} of the mapping is not in the source",
                hint=f"the source has {len(header)} columns",
            )
        return column - 1
    found = header.count(column)
    if found != 1:
        what = "is not in the source" if found == 0 else f"is {found} times in the source"
        raise InvalidMapping(
            f"the column {column!r} of the mapping {what}", hint=_header_hint(header)
        )
    return header.index(column)


def _header_hint(header: Sequence[str]) -> str:
    """List the columns that are there, unless the first line is somebody's row."""
    if any(map(looks_like_data, header)):
        return (
            "the first line must name the columns; this one looks like data, and is not shown;"
            " without such a line, write header = false in [source] and positions in [fields]"
        )
    return f"the source has {', '.join(repr(column) for column in header)}"


def looks_like_data(cell: str) -> bool:
    """Tell whether a cell of a first line may be somebody's, and not a column's name."""
    digits = sum(character.isdigit() for character in cell)
    return digits >= _DATA_DIGITS or "@" in cell or len(cell) > _COLUMN_NAME_CHARACTERS

"""From the cells of one field in one row to its distinct normalised values.

A cell is read as it stands and, by the mapping's rules, as it was perhaps meant. What is returned
are values that the frozen rules of protocol §1 accept; what they refuse is counted, never kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from operator import itemgetter

from app.errors import InvalidField
from app.identity.characters import MAX_CHARACTERS
from app.identity.dates import possible_birth_dates
from app.identity.schemes import normaliser_of
from app.reading.columns import Columns
from app.reading.variants.numbers import ROUNDED, is_rounded_nir, unrounded_nir
from app.reading.variants.rules import other_readings, rules_for

_NIR = "nir"


class FieldReader:
    """Reads one field's cells.

    Args:
        name: the field.
        columns: where it stands, and how it is read.
        positions: of its columns in a row, from 0.
        refused: counts values that could not be normalised, by field and reason.
    """

    def __init__(
        self, name: str, columns: Columns, positions: Sequence[int], refused: Counter[str]
    ) -> None:
        self._name = name
        self._columns = columns
        self._positions = positions
        self._cells = self._cells_that_count if columns.needs_care else cells_at(positions)
        self._refused = refused
        self._normalise = unrounded_nir if name == _NIR else normaliser_of(name)
        rules = rules_for(name, columns.variants)
        self._rescues = rules
        self._adding = tuple(rule for rule in rules if not rule.is_rescue)

    def values(self, row: Sequence[str]) -> list[str]:
        """Return the distinct values of a row, those of cells as they stand first."""
        found: list[str] = []
        others: list[str] = []
        for padded in self._cells(row):
            cell = padded.strip()
            if not cell:
                continue
            try:
                value = self._normalise(cell)
            except InvalidField as refusal:
                self._rescue(cell, refusal, others)
                continue
            if value not in found:
                found.append(value)
            # Letters alone leave nothing to read otherwise, and most names are just that.
            if self._adding and not (cell.isascii() and cell.isalpha()):
                self._add(other_readings(cell, self._adding), others)
        if others:
            found += [value for value in dict.fromkeys(others) if value not in found]
        return found

    def values_as_they_stand(self, row: Sequence[str]) -> list[str]:
        """Return the distinct values of a row without any rule; nothing is counted."""
        found: list[str] = []
        self._add([cell for padded in self._cells(row) if (cell := padded.strip())], found)
        return list(dict.fromkeys(found))

    def _cells_that_count(self, row: Sequence[str]) -> Sequence[str]:
        """Return a row's cells without those that mean nothing; joined columns are one."""
        stripped = [row[position].strip() for position in self._positions]
        cells = [cell for cell in stripped if cell and cell.upper() not in self._columns.empty]
        if cells and self._columns.is_joined:
            return [self._columns.separator.join(cells)]
        return cells

    def _rescue(self, cell: str, refusal: InvalidField, others: list[str]) -> None:
        """Read a cell otherwise that is refused as it stands; count what is refused again."""
        # A cell that is longer than any identifier is another column's: no rule has to search it.
        texts = other_readings(cell, self._rescues) if len(cell) <= MAX_CHARACTERS else []
        reasons = self._add(texts, others) if texts else [refusal.reason]
        if self._name == _NIR and is_rounded_nir(cell):
            reasons = [ROUNDED]
        for reason in reasons:
            self._refused[f"{self._name}: {reason}"] += 1

    def _add(self, texts: Sequence[str], found: list[str]) -> list[str]:
        """Add the values of texts; return the reasons of those that are refused."""
        reasons: list[str] = []
        for text in texts:
            try:
                found.append(self._normalise(text))
            except InvalidField as refusal:
                reasons.append(refusal.reason)
        return reasons


class DateReader(FieldReader):
    """Reads birth dates, of which a year of two digits gives two.

    Args:
        today: the last date that is accepted: the day on which the run began, for all of its rows.
    """

    def __init__(
        self,
        name: str,
        columns: Columns,
        positions: Sequence[int],
        refused: Counter[str],
        *,
        today: date,
    ) -> None:
        super().__init__(name, columns, positions, refused)
        self._possible = partial(possible_birth_dates, formats=columns.formats, today=today)

    def values(self, row: Sequence[str]) -> list[str]:
        """Return the distinct dates of a row."""
        return self._dates(row, self._refused)

    def values_as_they_stand(self, row: Sequence[str]) -> list[str]:
        """Return the same as `values`, uncounted: no rule reads a date, its formats do."""
        return self._dates(row, Counter())

    def _dates(self, row: Sequence[str], refused: Counter[str]) -> list[str]:
        found: list[str] = []
        for padded in self._cells(row):
            cell = padded.strip()
            if not cell:
                continue
            try:
                dates = self._possible(cell)
            except InvalidField as refusal:
                refused[f"{self._name}: {refusal.reason}"] += 1
                continue
            found += [born for born in dates if born not in found]
        return found


def cells_at(positions: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """Return what takes the cells at these positions out of a row, and looks at no other."""
    if len(positions) > 1:
        return itemgetter(*positions)
    (position,) = positions
    return lambda row: (row[position],)

"""From one row to the inputs it gives under each scheme, and why it gives no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from itertools import product
from math import prod
from typing import Any

from app.identity.schemes import scheme_input, scheme_named
from app.reading.columns import Columns
from app.reading.fields import DateReader, FieldReader
from app.reading.mapping import SourceMapping
from app.reading.offered import ROW_INPUTS_MAXIMUM
from app.reading.sources.rows import Row

NOTHING_USABLE = "nothing usable"
# Line numbers kept for each reason; the counts are complete.
LINES_KEPT_MAXIMUM = 100
# However so many values are shared among the fields, they give no more inputs than a row may.
_FEW_VALUES = 12


@dataclass(slots=True)
class RowCounts:
    """Rows in = rows used + rows rejected, and which values were refused.

    Args:
        rows: all rows, ragged ones too.
        used: rows that gave at least one input.
        rejects: rows that gave none, by reason.
        reject_lines: for each reason, the first line numbers.
        refused_values: values that could not be normalised, by field and reason.
        scheme_rows: by scheme, rows that gave at least one input.
        crowded: rows whose cells have so many readings that they were read only as they stand.
        crowded_lines: the first line numbers of those.
    """

    rows: int = 0
    used: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    reject_lines: dict[str, list[int]] = field(default_factory=dict)
    refused_values: Counter[str] = field(default_factory=Counter)
    scheme_rows: Counter[str] = field(default_factory=Counter)
    crowded: int = 0
    crowded_lines: list[int] = field(default_factory=list)

    def copy(self) -> RowCounts:
        """Return the counts of now, which stay as they are."""
        return RowCounts.from_json(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Return a copy of them as what json can write."""
        return {each.name: deepcopy(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> RowCounts:
        """Return what `as_json` was called on."""
        empty = cls()
        return cls(**{name: type(getattr(empty, name))(v) for name, v in written.items()})

    @property
    def rejected(self) -> int:
        """Rows that gave no input at all."""
        return self.rejects.total()

    def reject(self, reason: str, line: int) -> None:
        """Count one row that gave no input."""
        self.rejects[reason] += 1
        lines = self.reject_lines.setdefault(reason, [])
        if len(lines) < LINES_KEPT_MAXIMUM:
            lines.append(line)

    def crowd(self, line: int) -> None:
        """Count one row that was read only as it stands, whether or not it gives an input so."""
        self.crowded += 1
        if len(self.crowded_lines) < LINES_KEPT_MAXIMUM:
            self.crowded_lines.append(line)


class RecordReader:
    """Turns rows into encoded inputs, and counts what became of them.

    Args:
        mapping: whose columns are looked at, and no others.
        header: the source's column names, or as many empty ones.
        on_reject: is told the line and the reason of each row that gives nothing.
        counts: what became of the rows before, which is gone on with.
        today: after which no birth date is accepted; the day of now if None.
    """

    def __init__(
        self,
        mapping: SourceMapping,
        header: Sequence[str],
        on_reject: Callable[[int, str], None] = lambda _line, _reason: None,
        *,
        counts: RowCounts | None = None,
        today: date | None = None,
    ) -> None:
        self.counts = counts or RowCounts()
        self._on_reject = on_reject
        self._schemes = [scheme_named(name) for name in mapping.schemes]
        needed = {field for scheme in self._schemes for field in scheme.fields}
        day = today or datetime.now().astimezone().date()
        self._readers = {
            name: _reader(name, mapping.fields[name], positions, self.counts.refused_values, day)
            for name, positions in mapping.positions(header).items()
            if name in needed
        }

    def inputs(self, row: Row) -> list[tuple[str, bytes]]:
        """Return (scheme, encoded input) for each identifier that the row gives.

        Several columns of one field, and several readings of one cell, give one identifier each,
        in every combination. Where these are too many the row is read as it stands, and counted.
        """
        self.counts.rows += 1
        cells = row.values
        if cells is None:
            self._reject(row.line, row.reason)
            return []
        values = {name: reader.values(cells) for name, reader in self._readers.items()}
        if sum(map(len, values.values())) > _FEW_VALUES and self._is_too_much(values):
            self.counts.crowd(row.line)
            values = {n: reader.values_as_they_stand(cells) for n, reader in self._readers.items()}
        found = self._encode(values)
        if found:
            self.counts.used += 1
        else:
            self._reject(row.line, NOTHING_USABLE)
        return found

    def _reject(self, line: int, reason: str) -> None:
        self.counts.reject(reason, line)
        self._on_reject(line, reason)

    def _is_too_much(self, values: Mapping[str, list[str]]) -> bool:
        inputs = sum(prod(len(values[f]) for f in scheme.fields) for scheme in self._schemes)
        return inputs > ROW_INPUTS_MAXIMUM

    def _encode(self, values: Mapping[str, list[str]]) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        for scheme in self._schemes:
            lists = [values[name] for name in scheme.fields]
            if all(lists):
                self.counts.scheme_rows[scheme.name] += 1
                found += [(scheme.name, scheme_input(scheme, each)) for each in product(*lists)]
        return found


def _reader(
    name: str, columns: Columns, positions: Sequence[int], refused: Counter[str], today: date
) -> FieldReader:
    if name == "birth_date":
        # The day on which the run began is the same for all of its rows.
        return DateReader(name, columns, positions, refused, today=today)
    return FieldReader(name, columns, positions, refused)

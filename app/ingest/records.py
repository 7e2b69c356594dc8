"""From one row to the inputs it gives under each scheme, and why it gives no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import partial
from itertools import product
from typing import Any, Protocol

from app.errors import InvalidField
from app.identity.dates import normalise_birth_date
from app.identity.schemes import normalise_field, scheme_input, scheme_named
from app.ingest.mapping import SourceMapping
from app.ingest.sources.rows import Row

NOTHING_USABLE = "nothing usable"
# Line numbers kept for each reason; the counts are complete.
LINES_KEPT_MAXIMUM = 100


class _Normalise(Protocol):
    def __call__(self, raw: str, /) -> str: ...


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
    """

    rows: int = 0
    used: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    reject_lines: dict[str, list[int]] = field(default_factory=dict)
    refused_values: Counter[str] = field(default_factory=Counter)
    scheme_rows: Counter[str] = field(default_factory=Counter)

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


class RecordReader:
    """Turns rows into encoded inputs, and counts what became of them.

    Args:
        mapping: whose columns are looked at, and no others.
        header: the source's column names.
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
        positions = mapping.positions(header)
        needed = {f for name in mapping.schemes for f in scheme_named(name).fields}
        self._columns = {f: p for f, p in positions.items() if f in needed}
        self._schemes = [scheme_named(name) for name in mapping.schemes]
        self._normalisers: dict[str, _Normalise] = {
            name: _normaliser(name, mapping.fields[name].formats, today or _today())
            for name in self._columns
        }

    def inputs(self, row: Row) -> list[tuple[str, bytes]]:
        """Return (scheme, encoded input) for each identifier that the row gives.

        Several columns of one field give one identifier each, in every combination.
        """
        self.counts.rows += 1
        if row.values is None:
            self._reject(row.line, row.reason)
            return []
        values = {name: self._values(name, row.values) for name in self._columns}
        found = self._encode(values)
        if found:
            self.counts.used += 1
        else:
            self._reject(row.line, NOTHING_USABLE)
        return found

    def _reject(self, line: int, reason: str) -> None:
        self.counts.reject(reason, line)
        self._on_reject(line, reason)

    def _values(self, name: str, row: Sequence[str]) -> list[str]:
        """Return the distinct normalised values that a row holds of one field."""
        normalise = self._normalisers[name]
        found: list[str] = []
        for position in self._columns[name]:
            raw = row[position].strip()
            if not raw:
                continue
            try:
                value = normalise(raw)
            except InvalidField as refusal:
                self.counts.refused_values[f"{name}: {refusal.reason}"] += 1
                continue
            if value not in found:
                found.append(value)
        return found

    def _encode(self, values: Mapping[str, list[str]]) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        for scheme in self._schemes:
            combinations = list(product(*(values[name] for name in scheme.fields)))
            self.counts.scheme_rows[scheme.name] += bool(combinations)
            found.extend((scheme.name, scheme_input(scheme, chosen)) for chosen in combinations)
        return found


def _today() -> date:
    return datetime.now().astimezone().date()


def _normaliser(name: str, formats: Sequence[str], today: date) -> _Normalise:
    if name == "birth_date":
        # The day on which the run began is the same for all of its rows.
        return partial(normalise_birth_date, formats=formats, today=today)
    return partial(normalise_field, name)

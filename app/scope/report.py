"""The scope report as data: how large a leak is and what shape it has, and not one person of it.

A number is None where disclosure control suppressed it: it is not told, which is not the same as
zero. Numbers of overlapping values do not add up to their total, because one person may have been
in several laboratories, years or départements and is one person in each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import prod
from typing import Any

from app.encoding import canonical_json, from_base64url, to_base64url
from app.errors import InvalidMessage
from app.protocol.documents import bytes_of, count_of, field_of, object_of, parsed_of, typed
from app.protocol.messages import Json

REPORT_KIND = "concerne-scope+jws"
REPORT_VERSION = 1
PEOPLE_MINIMUM = 11
UNIT = "people"
# What stands in the place of values that too few people have, or that cannot be read.
OTHER = "other"
# What a row that tells nothing is counted under.
NOT_TOLD = ""
_DIGEST_BYTES = 32


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
        cells = tuple(map(_cell_from_json, field_of(fields, "cells", list)))
        if field_of(fields, "unit", str) != UNIT:
            raise InvalidMessage("a table counts something else than people")
        if not dimensions or len(cells) != prod(d.size for d in dimensions):
            raise InvalidMessage("a table has not as many cells as its dimensions say")
        name, rule = field_of(fields, "name", str), field_of(fields, "rule", str)
        return cls(name, dimensions, cells, rule)


@dataclass(frozen=True, slots=True)
class SourceTables:
    """What was counted of one source: what is kept of it, and all that is.

    Args:
        people: distinct ones, or None where they are too few to be told.
        rows_apart: rows that were used and that nobody could be told by: they are in no table.
            None where they are few, or none.
        tables: as they are published.
    """

    people: int | None
    rows_apart: int | None
    tables: tuple[ScopeTable, ...]

    def to_json(self) -> Json:
        """Write them."""
        return {
            "people": self.people,
            "rows_apart": self.rows_apart,
            "tables": [table.to_json() for table in self.tables],
        }

    def to_text(self) -> str:
        """Write them as canonical JSON."""
        return canonical_json(self.to_json()).decode()

    @classmethod
    def from_json(cls, document: object) -> SourceTables:
        """Read them."""
        fields = object_of(document, "what was counted of a source")
        return cls(
            people=_cell_from_json(fields.get("people")),
            rows_apart=_cell_from_json(fields.get("rows_apart")),
            tables=tuple(map(ScopeTable.from_json, field_of(fields, "tables", list))),
        )


@dataclass(frozen=True, slots=True)
class ScopeSource:
    """What one source held; counted when it was read to its end, and never changed afterwards.

    Args:
        number: in the order in which the sources came, from 1.
        sha256: of its bytes.
        size_bytes: their number.
        rows: all of them.
        rows_used: that gave an identifier.
        rejected: rows that gave none, by reason.
        counted: of its rows; None where too few people are in the source to tell anything of it,
            or where it was read by a version of this program that did not count.
    """

    number: int
    sha256: bytes
    size_bytes: int
    rows: int
    rows_used: int
    rejected: Mapping[str, int]
    counted: SourceTables | None

    @property
    def people(self) -> int | None:
        """Distinct people, or None where their number is not told."""
        return None if self.counted is None else self.counted.people

    @property
    def tables(self) -> tuple[ScopeTable, ...]:
        """The tables: fewer than there could be where a column was not mapped."""
        return () if self.counted is None else self.counted.tables

    def table(self, name: str) -> ScopeTable | None:
        """Return the table of a name, or None where the source has none."""
        return next((table for table in self.tables if table.name == name), None)

    def to_json(self) -> Json:
        """Write the source."""
        nothing = SourceTables(None, None, ())
        return {
            "number": self.number,
            "sha256": to_base64url(self.sha256),
            "size_bytes": self.size_bytes,
            "rows": self.rows,
            "rows_used": self.rows_used,
            "rejected": dict(self.rejected),
            **(self.counted or nothing).to_json(),
        }

    @classmethod
    def from_json(cls, document: object) -> ScopeSource:
        """Read a source."""
        fields = object_of(document, "a source")
        rejected = field_of(fields, "rejected", dict)
        counted = SourceTables.from_json(fields)
        return cls(
            number=count_of(fields, "number", minimum=1),
            sha256=bytes_of(fields, "sha256", _DIGEST_BYTES),
            size_bytes=count_of(fields, "size_bytes"),
            rows=count_of(fields, "rows"),
            rows_used=count_of(fields, "rows_used"),
            rejected={reason: count_of(rejected, reason) for reason in rejected},
            counted=None if counted.people is None else counted,
        )


@dataclass(frozen=True, slots=True)
class SchemeScope:
    """What all sources give under one scheme.

    Args:
        entries: distinct identifiers.
        rows: that gave at least one.
        coverage: the share of all rows, from 0 to 1.
    """

    entries: int
    rows: int
    coverage: float

    def to_json(self) -> Json:
        """Write the scheme."""
        return {"entries": self.entries, "rows": self.rows, "coverage": self.coverage}

    @classmethod
    def from_json(cls, document: object) -> SchemeScope:
        """Read a scheme."""
        fields = object_of(document, "a scheme")
        coverage = fields.get("coverage")
        # Canonical JSON writes 1.0 as 1; True would be a Python int as well.
        if not isinstance(coverage, int | float) or isinstance(coverage, bool):
            raise InvalidMessage("coverage is missing, or is no number")
        if not 0 <= coverage <= 1:
            raise InvalidMessage("coverage is out of range")
        return cls(count_of(fields, "entries"), count_of(fields, "rows"), float(coverage))


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """Everything that is told of a dataset's scope.

    Args:
        dataset: its slug.
        title: as published.
        breach_date: as published.
        epoch: that answers.
        published_at: when that epoch was published.
        made_at: when the report was signed.
        expires_on: the first day, UTC, on which it is not to be taken for current any more.
        program: version of the program that made it.
        method: how people are told apart and which rules hold, by stable names.
        commitment: by scheme, to the set of its inputs; none for a scheme with few entries.
        schemes: in the order in which they are offered.
        sources: in the order in which they came.
    """

    dataset: str
    title: str
    breach_date: date
    epoch: int
    published_at: datetime
    made_at: datetime
    expires_on: date
    program: str
    method: Mapping[str, Any]
    commitment: Mapping[str, bytes]
    schemes: Mapping[str, SchemeScope]
    sources: tuple[ScopeSource, ...]

    def to_json(self) -> Json:
        """Write the report."""
        return {
            "report": REPORT_VERSION,
            "dataset": self.dataset,
            "title": self.title,
            "breach_date": self.breach_date.isoformat(),
            "epoch": self.epoch,
            "published_at": self.published_at.isoformat(),
            "made_at": self.made_at.isoformat(),
            "expires_on": self.expires_on.isoformat(),
            "program": self.program,
            "people_minimum": PEOPLE_MINIMUM,
            "method": dict(self.method),
            "commitment": {name: to_base64url(value) for name, value in self.commitment.items()},
            "schemes": {name: scheme.to_json() for name, scheme in self.schemes.items()},
            "sources": [source.to_json() for source in self.sources],
        }

    def canonical(self) -> bytes:
        """Return the bytes that are signed: equal reports are equal bytes (RFC 8785)."""
        return canonical_json(self.to_json())

    @classmethod
    def from_json(cls, document: object) -> ScopeReport:
        """Read a report.

        Raises:
            InvalidMessage: it cannot be read, is of a version that this program does not know, or
                tells a number that its own rule forbids.
        """
        fields = object_of(document, "the report")
        if field_of(fields, "report", int) != REPORT_VERSION:
            raise InvalidMessage("the report is of a version that this program does not know")
        if field_of(fields, "people_minimum", int) != PEOPLE_MINIMUM:
            raise InvalidMessage("the report holds to another minimum than this program")
        return cls(
            dataset=field_of(fields, "dataset", str),
            title=field_of(fields, "title", str),
            breach_date=parsed_of(fields, "breach_date", date.fromisoformat),
            epoch=count_of(fields, "epoch", minimum=1),
            published_at=parsed_of(fields, "published_at", datetime.fromisoformat),
            made_at=parsed_of(fields, "made_at", datetime.fromisoformat),
            expires_on=parsed_of(fields, "expires_on", date.fromisoformat),
            program=field_of(fields, "program", str),
            method=field_of(fields, "method", dict),
            commitment=_commitment_from_json(field_of(fields, "commitment", dict)),
            schemes={
                name: SchemeScope.from_json(scheme)
                for name, scheme in field_of(fields, "schemes", dict).items()
            },
            sources=tuple(map(ScopeSource.from_json, field_of(fields, "sources", list))),
        )


def _dimension_from_json(document: object) -> Dimension:
    fields = object_of(document, "a dimension")
    values: Sequence[object] = field_of(fields, "values", list)
    return Dimension(
        field_of(fields, "name", str),
        tuple(typed(value, "a value", str) for value in values),
        field_of(fields, "total", bool),
    )


def _cell_from_json(value: object) -> int | None:
    if value is None:
        return None
    people = typed(value, "a cell", int)
    if people < PEOPLE_MINIMUM:
        raise InvalidMessage(f"a cell tells of fewer than {PEOPLE_MINIMUM} people")
    return people


def _commitment_from_json(fields: Mapping[str, Any]) -> Mapping[str, bytes]:
    return {
        name: from_base64url(field_of(fields, name, str), name="commitment", length=_DIGEST_BYTES)
        for name in fields
    }

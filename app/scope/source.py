"""One source of a report: the file that was read, and what may be told of what it held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.encoding import canonical_json, to_base64url
from app.protocol.documents import bytes_of, count_of, field_of, object_of
from app.protocol.messages import Json
from app.scope.table import ScopeTable, people_from_json

_DIGEST_BYTES = 32


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
            people=people_from_json(fields.get("people")),
            rows_apart=people_from_json(fields.get("rows_apart")),
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
        is_withheld: it has no tables because these less another source's would tell of few people.
    """

    number: int
    sha256: bytes
    size_bytes: int
    rows: int
    rows_used: int
    rejected: Mapping[str, int]
    counted: SourceTables | None
    is_withheld: bool = False

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
            "withheld": self.is_withheld,
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
            is_withheld=field_of(fields, "withheld", bool),
        )

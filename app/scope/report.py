"""The scope report as data: how large a leak is and what shape it has, and not one person of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.encoding import canonical_json, from_base64url, to_base64url
from app.errors import InvalidMessage
from app.protocol.documents import count_of, field_of, object_of, parsed_of
from app.protocol.messages import Json
from app.scope.source import ScopeSource
from app.scope.table import PEOPLE_MINIMUM

REPORT_KIND = "concerne-scope+jws"
REPORT_VERSION = 1
_DIGEST_BYTES = 32


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


def _commitment_from_json(fields: Mapping[str, Any]) -> Mapping[str, bytes]:
    return {
        name: from_base64url(field_of(fields, name, str), name="commitment", length=_DIGEST_BYTES)
        for name in fields
    }

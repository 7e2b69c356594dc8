"""A report of a leak that never was."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.scope.report import SchemeScope, ScopeReport
from app.scope.source import ScopeSource, SourceTables
from app.scope.table import Dimension, ScopeTable

RULE = "A rule."


def example_table() -> ScopeTable:
    """Return two laboratories in two years, with one number suppressed in each line."""
    laboratories = Dimension("laboratory", ("LABORATOIRE INVENTÉ A", "LABORATOIRE INVENTÉ B"))
    years = Dimension("exam-year", ("2019", "2020"))
    cells = (None, None, 120, None, None, 80, 90, 130, 200)
    return ScopeTable("laboratory-year", (laboratories, years), cells, RULE)


def example_report() -> ScopeReport:
    """Return a report of one source."""
    source = ScopeSource(
        number=1,
        sha256=bytes(32),
        size_bytes=12_345,
        rows=250,
        rows_used=240,
        rejected={"nothing usable": 10},
        counted=SourceTables(people=200, rows_apart=None, tables=(example_table(),)),
    )
    return ScopeReport(
        dataset="demo",
        title="Fuite inventée",
        breach_date=date(2021, 2, 23),
        epoch=1,
        published_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        made_at=datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC),
        expires_on=date(2027, 1, 2),
        program="0.1.0",
        method={"version": 1},
        commitment={"nir-dob": bytes(range(32))},
        schemes={"nir-dob": SchemeScope(entries=200, rows=240, coverage=0.96)},
        sources=(source,),
    )

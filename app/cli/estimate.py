"""What an ingest will cost, for a person, before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.sources import NamedSource
from app.errors import BeginningEnded
from app.settings import Settings

if TYPE_CHECKING:
    from app.ingest.estimate import Estimate
    from app.reading.mapping import SourceMapping

# Of a source whose size is not known, what so many rows will cost is told.
_ROWS_OF_UNKNOWN = 1_000_000


def estimate_before_run(settings: Settings, source: NamedSource, mapping: SourceMapping) -> str:
    """Return what a run will cost, or that this cannot be told; the run can begin in any case."""
    try:
        return estimated(settings, source, mapping)
    except BeginningEnded as exc:
        return f"Estimate, none: {exc.message}"


def estimated(settings: Settings, source: NamedSource, mapping: SourceMapping) -> str:
    """Return what a run will cost; nothing of the source is consumed.

    Raises:
        BeginningEnded: the source is a stream, and shows no row unless it is read to its end.
        InvalidMapping: the mapping does not fit the source.
        InvalidSource: the source cannot be read.
    """
    from app.ingest.estimate import estimate

    with source.look(mapping.source, mapping.column_names) as table:
        told = estimate(
            table,
            mapping,
            size_bytes=source.size_bytes,
            profile=settings.profile,
            workers=settings.threads,
        )
    return describe_estimate(told)


def describe_estimate(told: Estimate) -> str:
    """Return an estimate as a table, with what it is from; no value of the source is in it."""
    rows = _ROWS_OF_UNKNOWN if told.rows is None else told.rows
    return "\n".join([_title(told, rows), *_table(told, rows), *_remarks(told, rows)])


def _title(told: Estimate, rows: int) -> str:
    if told.is_whole:
        return f"Estimate, from all {rows:,} rows:"
    sample = f"Estimate, from the first {told.sample.rows:,} rows"
    if told.rows is None:
        return f"{sample}, for each {rows:,} rows; how many there are cannot be told:"
    return f"{sample} of {rows:,}:" if told.is_counted else f"{sample} of about {rows:,}:"


def _table(told: Estimate, rows: int) -> Iterator[str]:
    lines = [("scheme", "inputs", "of which by variants")]
    sums = [0, 0]
    for scheme, count in told.sample.inputs.items():
        inputs = told.scaled(count, rows)
        plain = told.scaled(told.sample.inputs_as_they_stand.get(scheme, 0), rows)
        sums = [sums[0] + inputs, sums[1] + inputs - plain]
        lines.append((scheme, f"{inputs:,}", f"{inputs - plain:,}"))
    lines.append(("all", f"{sums[0]:,}", f"{sums[1]:,}"))
    for name, inputs_told, variants_told in lines:
        yield f"  {name:<10} {inputs_told:>14} {variants_told:>22}"


def _remarks(told: Estimate, rows: int) -> Iterator[str]:
    saved = {rule: told.scaled(count, rows) for rule, count in told.sample.saved.items()}
    fewer = ", ".join(f"{rule} {count:,}" for rule, count in saved.items() if count)
    if fewer:
        yield f"  inputs that there would not be without a rule: {fewer}"
    if told.sample.crowded:
        yield (
            f"  of the {told.sample.rows:,} rows looked at, {told.sample.crowded:,} have too many"
            " readings, and are read as they stand"
        )
    inputs = told.scaled(sum(told.sample.inputs.values()), rows)
    plain = told.scaled(sum(told.sample.inputs_as_they_stand.values()), rows)
    yield (
        f"  at {told.per_second:,.0f} stretches a second, measured just now with"
        f" {told.workers} threads: {_duration(told.seconds(inputs))};"
        f" without variants {_duration(told.seconds(plain))}"
    )


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 3600 else f"{seconds / 3600:.1f} hours"

"""One ingest, wired: from what a command line names to the report of what was done."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

from app.cli.estimate import estimate_before_run
from app.cli.lifecycle import Lifecycle, person
from app.cli.progress import Meter, meter
from app.cli.reports import reject_report
from app.cli.sources import NamedSource, open_source, read_mapping
from app.errors import InvalidInput, SourceRepeated
from app.settings import Settings

if TYPE_CHECKING:
    from app.ingest.pipeline import Ingest, IngestReport


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What an operator may say about one run.

    Args:
        identity: file with the keys to decrypt an age file with.
        max_rejects: as `rejects.RejectLimit` reads it.
        report: where each reject is listed.
        tells_estimate: what it will cost is told on standard error before it begins.
        ends_on: when a new dataset is erased; in a year if None.
        by: who does it; the process's user if None.
        is_draft: leave it to somebody else to publish.
        is_anew: what an interrupted run had done is taken away first.
        is_added: to a dataset that is published.
    """

    identity: Path | None = None
    max_rejects: str = "1%"
    report: Path | None = None
    tells_estimate: bool = False
    ends_on: date | None = None
    by: str | None = None
    is_draft: bool = False
    is_anew: bool = False
    is_added: bool = False


def run_ingest(
    settings: Settings,
    source: Path,
    dataset: str,
    mapping: Path,
    options: IngestOptions | None = None,
) -> IngestReport | None:
    """Ingest one source, showing how far it is, and publish it.

    A run that was interrupted goes on. Of a source that is in the dataset already nothing is
    added, and None returned; if it was not published yet, it is now.
    """
    from app.protocol.parameters import check_slug
    from app.reading.mapping import parse_mapping
    from app.reading.rejects import RejectLimit
    from app.storage.lock import ingest_lock

    check_slug(dataset)
    options = options or IngestOptions()
    limit, who = RejectLimit.parse(options.max_rejects), person(options.by)
    ends_on = _end_of(options)
    columns = parse_mapping(read_mapping(mapping))
    with (
        open_source(source, options.identity) as named,
        reject_report(options.report, source) as rejects,
    ):
        life = Lifecycle(settings)
        with ingest_lock(settings.data, dataset):
            shown = _Shown(named.size_bytes)
            life.clearing().clear(dataset, by=who)
            running = life.ingest(
                by=who, observer=shown, max_rejects=limit, report=rejects, ends_on=ends_on
            )
            report = None
            if not _repeats(running, named, dataset, options):
                running.check(columns, dataset, is_added=options.is_added)
                if options.tells_estimate:
                    print(estimate_before_run(settings, named, columns), file=sys.stderr)
                with shown, suppress(SourceRepeated):
                    report = running.run(
                        named.leak(columns.source, columns.column_names),
                        columns,
                        dataset,
                        is_anew=options.is_anew,
                        is_added=options.is_added,
                    )
            if not options.is_draft and (report or life.store.dataset(dataset).is_filled):
                life.publishing().publish(dataset, by=who)
    return report


def _end_of(options: IngestOptions) -> date:
    """Return the day on which a new dataset ends."""
    from app.lifecycle.ending import check_end, default_end, today

    if options.is_added and options.ends_on is not None:
        raise InvalidInput(
            "--ends is of a new dataset; one that a source is added to keeps its end",
            hint="leave --ends out",
        )
    return check_end(options.ends_on or default_end(today()), today())


def _repeats(running: Ingest, named: NamedSource, dataset: str, options: IngestOptions) -> bool:
    """Tell whether these bytes were read into the dataset already, as far as that can be told now.

    What comes through a pipe and is to be added can be read once: the run tells at its end.
    """
    if not options.is_added:
        return running.repeats(named.stream, dataset)
    if named.size_bytes is None or options.is_anew:
        return False
    with named.again() as stream:
        return running.repeats(stream, dataset)


def describe(report: IngestReport) -> str:
    """Return what an ingest did, in numbers, for a person."""
    counts, lines = report.source.counts, report.lines
    told = [
        f"{report.source.size_bytes:,} bytes, SHA-256 {report.source.sha256.hex()}",
        f"{counts.rows:,} rows: {counts.used:,} used, {counts.rejected:,} rejected",
        *(f"  rejected, {reason}: {n:,}" for reason, n in counts.rejects.most_common()),
        *(f"  value refused, {what}: {n:,}" for what, n in counts.refused_values.most_common()),
    ]
    if counts.crowded:
        first = ", ".join(f"{line:,}" for line in counts.crowded_lines[:5])
        told.append(
            f"  read as they stand, with too many other readings: {counts.crowded:,} rows,"
            f" first at line {first}"
        )
    if lines.header > 1:
        told.append(f"  lines that name columns, or statements that are no row: {lines.header:,}")
    if lines.unquoted or lines.replaced:
        told.append(
            f"  read with a repair: {lines.unquoted:,} rows with stray quotes,"
            f" {lines.replaced:,} with bytes that are no character"
        )
    if report.unread_sheets:
        told.append(f"  sheets of the workbook that were not read: {report.unread_sheets}")
    if report.source.forgotten:
        told.append(f"forgotten: {report.source.forgotten:,} inputs left out")
    if report.not_followed:
        told.append(f"not followed, as the dataset keeps its own: {', '.join(report.not_followed)}")
    told += [
        f"{scheme}: {entries:,} entries from {counts.scheme_rows[scheme]:,} rows"
        for scheme, entries in report.entries.items()
    ]
    return "\n".join(told)


class _Shown(ExitStack):
    """Shows an ingest on a meter, which is there once this is entered."""

    _shown: Meter

    def __init__(self, size_bytes: int | None) -> None:
        super().__init__()
        self._size_bytes = size_bytes

    def __enter__(self) -> Self:
        self._shown = self.enter_context(meter("Reading"))
        self._started_at = time.monotonic()
        return self

    def reading(self, *, bytes_done: int, rows: int, inputs: int) -> None:
        rate = inputs / max(time.monotonic() - self._started_at, 0.001)
        text = f"{rows:,} rows, {inputs:,} inputs, {rate:,.0f} a second"
        self._shown.update(bytes_done, self._size_bytes, text)

    def rekeying(self, *, done: int, total: int) -> None:
        self._shown.update(0, None, f"new key for {done:,} of {total:,} entries")

    def publishing(self, *, scheme: str, entries: int) -> None:
        self._shown.update(1, 1, f"publishing {scheme}, {entries:,} entries")

"""One ingest, wired: from what a command line names to the report of what was done."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

from app.cli.estimate import estimate_before_run
from app.cli.lifecycle import Lifecycle, person
from app.cli.progress import Meter, meter
from app.cli.reports import reject_report
from app.cli.sources import open_source, read_mapping
from app.settings import Settings

if TYPE_CHECKING:
    from app.ingest.pipeline import IngestReport


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What an operator may say about one run.

    Args:
        identity: file with the keys to decrypt an age file with.
        max_rejects: as `rejects.RejectLimit` reads it.
        report: where each reject is listed.
        tells_estimate: what it will cost is told on standard error before it begins.
        ends_on: when the dataset is erased; in a year if None.
        by: who does it; the process's user if None.
        is_draft: leave it to somebody else to publish.
        is_anew: what an interrupted run had done is taken away first.
    """

    identity: Path | None = None
    max_rejects: str = "1%"
    report: Path | None = None
    tells_estimate: bool = False
    ends_on: date | None = None
    by: str | None = None
    is_draft: bool = False
    is_anew: bool = False


def run_ingest(
    settings: Settings,
    source: Path,
    dataset: str,
    mapping: Path,
    options: IngestOptions | None = None,
) -> IngestReport | None:
    """Ingest one source into a new dataset, showing how far it is, and publish it.

    A run that was interrupted goes on. Of a source that is in the dataset already nothing is
    added, and None returned; if it was not published yet, it is now.
    """
    from app.ingest.mapping import parse_mapping
    from app.ingest.pipeline import Ingest
    from app.ingest.rejects import RejectLimit
    from app.lifecycle.ending import check_end, default_end, today
    from app.lifecycle.forgetting import suppressed
    from app.protocol.parameters import check_slug
    from app.storage.drafts import SqlDraftStore
    from app.storage.forgetting import SqlForgettingStore
    from app.storage.lock import ingest_lock

    check_slug(dataset)
    options = options or IngestOptions()
    limit, who = RejectLimit.parse(options.max_rejects), person(options.by)
    ends_on = check_end(options.ends_on or default_end(today()), today())
    columns = parse_mapping(read_mapping(mapping))
    with (
        open_source(source, options.identity) as named,
        reject_report(options.report, source) as rejects,
    ):
        life = Lifecycle(settings)
        store = SqlDraftStore(life.engine, by=who)
        with ingest_lock(settings.data, dataset):
            shown = _Shown(named.size_bytes)
            running = Ingest(
                store=store,
                ring=life.ring,
                profile=settings.profile,
                workers=settings.threads,
                observer=shown,
                max_rejects=limit,
                report=rejects,
                ends_on=ends_on,
                forgotten=suppressed(SqlForgettingStore(life.engine), settings.keys),
            )
            report = None
            if not running.repeats(named.stream, dataset):
                store.check_absent(dataset)
                if options.tells_estimate:
                    print(estimate_before_run(settings, named, columns), file=sys.stderr)
                with shown:
                    leak = named.leak(columns.source, columns.column_names)
                    report = running.run(leak, columns, dataset, is_anew=options.is_anew)
            if not options.is_draft and (report or life.store.dataset(dataset).is_filled):
                life.publishing().publish(dataset, by=who)
    return report


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

    def publishing(self, *, scheme: str, entries: int) -> None:
        self._shown.update(1, 1, f"publishing {scheme}, {entries:,} entries")

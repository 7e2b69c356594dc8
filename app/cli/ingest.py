"""`concerne ingest`: a leak goes in, and answers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.lifecycle import ByOption, Lifecycle, person
from app.cli.options import ConfigOption, DataOption
from app.cli.progress import Meter, meter
from app.cli.reports import reject_report
from app.cli.sources import IdentityOption, open_source, read_identities, read_mapping
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.ingest.pipeline import IngestReport


def ingest(
    source: Annotated[Path, typer.Argument(help="The leaked file, or - for standard input.")],
    dataset: Annotated[str, typer.Option("--dataset", help="Short name: a–z, 0–9, hyphens.")],
    mapping: Annotated[Path, typer.Option("--mapping", help="Which column holds what (TOML).")],
    identity: IdentityOption = None,
    max_rejects: Annotated[
        str, typer.Option("--max-rejects", help="Rows that may be unusable: 1%, or 250.")
    ] = "1%",
    report: Annotated[
        Path | None, typer.Option("--report", help="List each rejected line here (JSON lines).")
    ] = None,
    ends: Annotated[
        datetime | None,
        typer.Option(
            "--ends",
            formats=["%Y-%m-%d"],
            help="Day on which it erases itself; otherwise in one year, five at most.",
        ),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Stop before publishing; dataset publish does it.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew, whatever an interrupted run had done.")
    ] = False,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Read a leak once, keep a keyed function of its identifiers, and publish it.

    Delimited text, newline-delimited JSON, XLSX, Parquet, and plain SQL dumps of PostgreSQL and
    MySQL are read; also compressed by gzip, bzip2, xz or zstd, in a zip archive, or in an age
    file, one inside the other. Nothing readable of it is written anywhere. The source itself is
    left as it is: feed it from an encrypted file and destroy that file's key. A run that was
    interrupted goes on when the same command is given again. With --draft it stops before
    publishing, so that somebody else looks at the numbers and publishes.
    """
    from app.lifecycle.ending import default_end, today

    settings = load_settings(config, data=data)
    options = IngestOptions(
        identity=identity,
        max_rejects=max_rejects,
        report=report,
        ends_on=default_end(today()) if ends is None else ends.date(),
        by=person(by),
        is_draft=draft,
        is_anew=restart,
    )
    done = run_ingest(settings, source, dataset, mapping, options)
    if done is None:
        print(f"these bytes are in {dataset} already: nothing was added")
        return
    print(describe(done))
    if draft:
        print(f"{dataset} is a draft, and answers nobody until: concerne dataset publish {dataset}")
    else:
        print(f"{dataset} is published, and ends on {options.ends_on}")


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What an operator may say about one run.

    Args:
        identity: file with the keys to decrypt an age file with.
        max_rejects: as `rejects.RejectLimit` reads it.
        report: where each reject is listed.
        ends_on: when the dataset is erased; in a year if None.
        by: who does it; the process's user if None.
        is_draft: leave it to somebody else to publish.
        is_anew: what an interrupted run had done is taken away first.
    """

    identity: Path | None = None
    max_rejects: str = "1%"
    report: Path | None = None
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
    from app.ingest.sources.opening import LeakSource
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
    identities = read_identities(options.identity)
    with (
        open_source(source) as (stream, size_bytes),
        reject_report(options.report, source) as rejects,
        meter("Reading") as shown,
    ):
        opened = LeakSource(stream, columns.source, identities, columns.column_names)
        life = Lifecycle(settings)
        with ingest_lock(settings.data, dataset):
            running = Ingest(
                store=SqlDraftStore(life.engine, by=who),
                ring=life.ring,
                profile=settings.profile,
                workers=settings.threads,
                observer=_Shown(shown, size_bytes),
                max_rejects=limit,
                report=rejects,
                ends_on=ends_on,
                forgotten=suppressed(SqlForgettingStore(life.engine), settings.keys),
            )
            report = None
            if not running.repeats(stream, dataset):
                report = running.run(opened, columns, dataset, is_anew=options.is_anew)
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
    if lines.header > 1:
        told.append(f"  lines that name columns, or statements that are no row: {lines.header:,}")
    if lines.unquoted or lines.replaced:
        told.append(
            f"  read with a repair: {lines.unquoted:,} rows with stray quotes,"
            f" {lines.replaced:,} with bytes that are no character"
        )
    if report.source.forgotten:
        told.append(f"forgotten: {report.source.forgotten:,} inputs left out")
    told += [
        f"{scheme}: {entries:,} entries from {counts.scheme_rows[scheme]:,} rows"
        for scheme, entries in report.entries.items()
    ]
    return "\n".join(told)


class _Shown:
    """Shows an ingest on a meter."""

    def __init__(self, shown: Meter, size_bytes: int | None) -> None:
        self._shown = shown
        self._size_bytes = size_bytes
        self._started_at = time.monotonic()

    def reading(self, *, bytes_done: int, rows: int, inputs: int) -> None:
        rate = inputs / max(time.monotonic() - self._started_at, 0.001)
        text = f"{rows:,} rows, {inputs:,} inputs, {rate:,.0f} a second"
        self._shown.update(bytes_done, self._size_bytes, text)

    def publishing(self, *, scheme: str, entries: int) -> None:
        self._shown.update(1, 1, f"publishing {scheme}, {entries:,} entries")

"""`concerne ingest`: a leak goes in, and answers."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from app.cli.lifecycle import ByOption, Lifecycle, person
from app.cli.options import ConfigOption, DataOption
from app.cli.progress import Meter, meter
from app.cli.reports import reject_report
from app.cli.sources import IdentityOption, open_source, read_identities, read_mapping
from app.errors import InvalidInput, SourceRepeated
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.ingest.pipeline import Ingest, IngestReport


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
    add: Annotated[
        bool, typer.Option("--add", help="Add it to a published dataset, as its next epoch.")
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
    publishing, so that somebody else looks at the numbers and publishes. With --add the dataset
    gets new keys; until they are published, the ones before answer.
    """
    settings = load_settings(config, data=data)
    options = IngestOptions(
        identity=identity,
        max_rejects=max_rejects,
        report=report,
        ends_on=None if ends is None else ends.date(),
        by=person(by),
        is_draft=draft,
        is_anew=restart,
        is_added=add,
    )
    done = run_ingest(settings, source, dataset, mapping, options)
    if done is None:
        print(f"these bytes are in {dataset} already: nothing was added")
        return
    print(describe(done))
    print(_ended(Lifecycle(settings), dataset, options))


def _ended(life: Lifecycle, dataset: str, options: IngestOptions) -> str:
    """Return what can be done now, or what was."""
    record = life.store.dataset(dataset)
    if not options.is_draft:
        added = f" in epoch {record.epoch}" if options.is_added else ""
        return f"{dataset} is published{added}, and ends on {record.ends_on}"
    waits = f"until: concerne dataset publish {dataset}"
    if options.is_added:
        return f"the source is a draft, and {dataset} answers without it {waits}"
    return f"{dataset} is a draft, and answers nobody {waits}"


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What an operator may say about one run.

    Args:
        identity: file with the keys to decrypt an age file with.
        max_rejects: as `rejects.RejectLimit` reads it.
        report: where each reject is listed.
        ends_on: when a new dataset is erased; in a year if None.
        by: who does it; the process's user if None.
        is_draft: leave it to somebody else to publish.
        is_anew: what an interrupted run had done is taken away first.
        is_added: to a dataset that is published.
    """

    identity: Path | None = None
    max_rejects: str = "1%"
    report: Path | None = None
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
    from app.ingest.mapping import parse_mapping
    from app.ingest.rejects import RejectLimit
    from app.ingest.sources.opening import LeakSource
    from app.protocol.parameters import check_slug
    from app.storage.lock import ingest_lock

    check_slug(dataset)
    options = options or IngestOptions()
    limit, who = RejectLimit.parse(options.max_rejects), person(options.by)
    ends_on = _end_of(options)
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
            life.clearing().clear(dataset, by=who)
            running = life.ingest(
                by=who,
                observer=_Shown(shown, size_bytes),
                max_rejects=limit,
                report=rejects,
                ends_on=ends_on,
            )
            report = None
            if not _repeats(running, source, stream, size_bytes, dataset, options):
                with suppress(SourceRepeated):
                    report = running.run(
                        opened,
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


def _repeats(
    running: Ingest,
    source: Path,
    stream: BinaryIO,
    size_bytes: int | None,
    dataset: str,
    options: IngestOptions,
) -> bool:
    """Tell whether these bytes were read into the dataset already, as far as that can be told now.

    What comes through a pipe and is to be added can be read once: the run tells at its end.
    """
    if not options.is_added:
        return running.repeats(stream, dataset)
    if size_bytes is None or options.is_anew:
        return False
    with open_source(source) as (again, _):
        return running.repeats(again, dataset)


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
    if report.not_followed:
        told.append(f"not followed, as the dataset keeps its own: {', '.join(report.not_followed)}")
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

    def rekeying(self, *, done: int, total: int) -> None:
        self._shown.update(0, None, f"new key for {done:,} of {total:,} entries")

    def publishing(self, *, scheme: str, entries: int) -> None:
        self._shown.update(1, 1, f"publishing {scheme}, {entries:,} entries")

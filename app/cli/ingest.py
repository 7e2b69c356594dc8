"""`concerne ingest`: a leak goes in, and answers."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.estimate import estimate_before_run, estimated
from app.cli.options import ConfigOption, DataOption
from app.cli.progress import Meter, meter
from app.cli.reports import reject_report
from app.cli.sources import open_source, read_mapping
from app.errors import InvalidInput
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.ingest.pipeline import IngestReport

_Value = TypeVar("_Value")


def ingest(
    source: Annotated[Path, typer.Argument(help="The leaked file, or - for standard input.")],
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Short name: a–z, 0–9, hyphens.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Which column holds what (TOML).")
    ] = None,
    identity: Annotated[
        Path | None, typer.Option("--identity", help="Keys of an age file, as age-keygen's.")
    ] = None,
    max_rejects: Annotated[
        str, typer.Option("--max-rejects", help="Rows that may be unusable: 1%, or 250.")
    ] = "1%",
    report: Annotated[
        Path | None, typer.Option("--report", help="List each rejected line here (JSON lines).")
    ] = None,
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help="Print a mapping guessed from the first rows, and stop."),
    ] = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Print what it will cost, and stop.")
    ] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Read a leak once, keep a keyed function of its identifiers, and publish it.

    Delimited text, newline-delimited JSON, XLSX, Parquet, and plain SQL dumps of PostgreSQL and
    MySQL are read; also compressed by gzip, bzip2, xz or zstd, in a zip archive, or in an age
    file, one inside the other. Nothing readable of it is written anywhere. The source itself is
    left as it is: feed it from an encrypted file and destroy that file's key.
    """
    if suggest:
        print(_suggestion(source, identity, mapping), end="")
        return
    columns = _given("--mapping", mapping)
    settings = load_settings(config, data=data)
    if estimate:
        print(_estimate(settings, source, identity, columns))
        return
    options = IngestOptions(identity, max_rejects, report, tells_estimate=True)
    name = _given("--dataset", dataset)
    print(describe(run_ingest(settings, source, name, columns, options)))


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What an operator may say about one run.

    Args:
        identity: file with the keys to decrypt an age file with.
        max_rejects: as `rejects.RejectLimit` reads it.
        report: where each reject is listed.
        tells_estimate: what it will cost is told on standard error before it begins.
    """

    identity: Path | None = None
    max_rejects: str = "1%"
    report: Path | None = None
    tells_estimate: bool = False


def run_ingest(
    settings: Settings,
    source: Path,
    dataset: str,
    mapping: Path,
    options: IngestOptions | None = None,
) -> IngestReport:
    """Ingest one source into a new dataset, showing how far it is."""
    from app.crypto.keyring import KeyRing
    from app.ingest.mapping import parse_mapping
    from app.ingest.pipeline import Ingest
    from app.ingest.rejects import RejectLimit
    from app.protocol.parameters import check_slug
    from app.storage.drafts import SqlDraftStore
    from app.storage.engine import open_database
    from app.storage.lock import ingest_lock

    check_slug(dataset)
    options = options or IngestOptions()
    limit = RejectLimit.parse(options.max_rejects)
    columns = parse_mapping(read_mapping(mapping))
    with (
        open_source(source, options.identity) as named,
        reject_report(options.report, source) as report,
    ):
        store = SqlDraftStore(open_database(settings.data))
        with ingest_lock(settings.data, dataset):
            if options.tells_estimate:
                store.check_absent(dataset)
                print(estimate_before_run(settings, named, columns), file=sys.stderr)
            with meter("Reading") as shown:
                return Ingest(
                    store=store,
                    ring=KeyRing(settings.keys),
                    profile=settings.profile,
                    workers=settings.threads,
                    observer=_Shown(shown, named.size_bytes),
                    max_rejects=limit,
                    report=report,
                ).run(named.leak(columns.source, columns.column_names), columns, dataset)


def _suggestion(source: Path, identity: Path | None, mapping: Path | None) -> str:
    from app.ingest.mapping import parse_source
    from app.ingest.suggestion.writing import suggest_mapping

    # What a member, a sheet or a table is called can only be known from somebody.
    known = parse_source(read_mapping(mapping) if mapping else "")
    today = datetime.now().astimezone().date()
    with open_source(source, identity) as named:
        return suggest_mapping(named.look, known, today=today)


def _estimate(settings: Settings, source: Path, identity: Path | None, mapping: Path) -> str:
    from app.ingest.mapping import parse_mapping

    columns = parse_mapping(read_mapping(mapping))
    with open_source(source, identity) as named:
        return estimated(settings, named, columns)


def _given(option: str, value: _Value | None) -> _Value:
    """Return what an option was given, which only some ways to run the command need."""
    if value is None:
        raise InvalidInput(f"missing option {option}", hint="see --help")
    return value


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

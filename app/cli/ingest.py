"""`concerne ingest`: a leak goes in, and answers."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.options import ConfigOption, DataOption
from app.cli.progress import Meter, meter
from app.errors import InvalidInput, InvalidMapping, InvalidSource
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.ingest.mapping import SourceMapping
    from app.ingest.pipeline import IngestReport
    from app.ingest.sample import PeekedSource
    from app.ingest.source import ByteSource

_Value = TypeVar("_Value")

STANDARD_INPUT = Path("-")


def ingest(
    source: Annotated[Path, typer.Argument(help="The leaked file, or - for standard input.")],
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Short name: a–z, 0–9, hyphens.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Which column holds what (TOML).")
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

    Nothing readable of it is written anywhere. The source itself is left as it is: feed it from
    an encrypted file and destroy that file's key.
    """
    if suggest:
        print(_suggestion(source), end="")
        return
    columns = _given("--mapping", mapping)
    settings = load_settings(config, data=data)
    if estimate:
        print(_estimate(settings, source, columns))
        return
    name = _given("--dataset", dataset)
    print(describe(run_ingest(settings, source, name, columns, tells_estimate=True)))


def run_ingest(
    settings: Settings,
    source: Path,
    dataset: str,
    mapping: Path,
    *,
    tells_estimate: bool = False,
) -> IngestReport:
    """Ingest one source into a new dataset, showing how far it is.

    Args:
        settings: of the deployment.
        source: a file, or `STANDARD_INPUT`.
        dataset: its short name.
        mapping: the mapping's file.
        tells_estimate: what it will cost is told on standard error before it begins.
    """
    from app.crypto.keyring import KeyRing
    from app.ingest.mapping import parse_mapping
    from app.ingest.pipeline import Ingest
    from app.ingest.sample import PeekedSource
    from app.protocol.parameters import check_slug
    from app.storage.drafts import SqlDraftStore
    from app.storage.engine import open_database
    from app.storage.lock import ingest_lock

    check_slug(dataset)
    columns = parse_mapping(_read_mapping(mapping))
    with _open_source(source) as (opened, size_bytes):
        store, stream = SqlDraftStore(open_database(settings.data)), opened
        with ingest_lock(settings.data, dataset):
            if tells_estimate:
                store.check_absent(dataset)
                peeked = stream = PeekedSource(opened)
                print(_describe_cost(settings, peeked, columns, size_bytes), file=sys.stderr)
            with meter("Reading") as shown:
                return Ingest(
                    store=store,
                    ring=KeyRing(settings.keys),
                    profile=settings.profile,
                    workers=settings.threads,
                    observer=_Shown(shown, size_bytes),
                ).run(stream, columns, dataset)


def _suggestion(source: Path) -> str:
    from app.ingest.sample import PeekedSource
    from app.ingest.suggestion.writing import suggest_mapping

    with _open_source(source) as (stream, _):
        return suggest_mapping(PeekedSource(stream), today=datetime.now().astimezone().date())


def _estimate(settings: Settings, source: Path, mapping: Path) -> str:
    from app.ingest.mapping import parse_mapping
    from app.ingest.sample import PeekedSource

    columns = parse_mapping(_read_mapping(mapping))
    with _open_source(source) as (stream, size_bytes):
        return _describe_cost(settings, PeekedSource(stream), columns, size_bytes)


def _describe_cost(
    settings: Settings, source: PeekedSource, mapping: SourceMapping, size_bytes: int | None
) -> str:
    from app.cli.estimate import describe_estimate
    from app.ingest.estimate import estimate

    return describe_estimate(
        estimate(
            source,
            mapping,
            size_bytes=size_bytes,
            profile=settings.profile,
            workers=settings.threads,
        )
    )


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


@contextmanager
def _open_source(source: Path) -> Iterator[tuple[ByteSource, int | None]]:
    if source == STANDARD_INPUT:
        yield sys.stdin.buffer, None
        return
    try:
        stream = source.open("rb")
    except OSError as exc:
        raise InvalidSource(f"the source cannot be opened: {exc.strerror}") from exc
    with stream:
        is_file = source.is_file()
        yield stream, source.stat().st_size if is_file else None


def _read_mapping(mapping: Path) -> str:
    try:
        return mapping.read_text(encoding="utf-8")
    except OSError as exc:
        raise InvalidMapping(f"the mapping cannot be opened: {exc.strerror}") from exc
    except UnicodeDecodeError:
        raise InvalidMapping("the mapping is not UTF-8") from None

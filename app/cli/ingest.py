"""`concerne ingest`: a leak goes in, and answers."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from app.cli.options import ConfigOption, DataOption
from app.cli.progress import Meter, meter
from app.errors import InvalidMapping, InvalidSource
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.ingest.pipeline import IngestReport

STANDARD_INPUT = Path("-")


def ingest(
    source: Annotated[Path, typer.Argument(help="The leaked file, or - for standard input.")],
    dataset: Annotated[str, typer.Option("--dataset", help="Short name: a–z, 0–9, hyphens.")],
    mapping: Annotated[Path, typer.Option("--mapping", help="Which column holds what (TOML).")],
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Read a leak once, keep a keyed function of its identifiers, and publish it.

    Nothing readable of it is written anywhere. The source itself is left as it is: feed it from
    an encrypted file and destroy that file's key.
    """
    print(describe(run_ingest(load_settings(config, data=data), source, dataset, mapping)))


def run_ingest(settings: Settings, source: Path, dataset: str, mapping: Path) -> IngestReport:
    """Ingest one source into a new dataset, showing how far it is."""
    from app.crypto.keyring import KeyRing
    from app.ingest.mapping import parse_mapping
    from app.ingest.pipeline import Ingest
    from app.protocol.parameters import check_slug
    from app.storage.drafts import SqlDraftStore
    from app.storage.engine import open_database
    from app.storage.lock import ingest_lock

    check_slug(dataset)
    columns = parse_mapping(_read_mapping(mapping))
    with _open_source(source) as (stream, size_bytes), meter("Reading") as shown:
        store = SqlDraftStore(open_database(settings.data))
        with ingest_lock(settings.data, dataset):
            return Ingest(
                store=store,
                ring=KeyRing(settings.keys),
                profile=settings.profile,
                workers=settings.threads,
                observer=_Shown(shown, size_bytes),
            ).run(stream, columns, dataset)


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
def _open_source(source: Path) -> Iterator[tuple[BinaryIO, int | None]]:
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

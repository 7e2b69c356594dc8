"""Taking an interrupted reading up again, over the digest of what was read and two seconds."""

from __future__ import annotations

import csv
import gzip
import hashlib
import shutil
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path

import xlsxwriter

from app.reading.sources.opening import LeakSource, Position
from scripts.benches.leaks import DELIMITER, ENCODING, SETTINGS, Leak
from scripts.benches.measuring import Figure, Pair, Plan, Target, Unit, cost_of, in_turns

ROWS = 100_000
FULL_ROWS = 491_840
# Interrupted near the end, where most has to be passed over.
SHARE = 0.95
ALLOWED_SECONDS = 2.0
_CHUNK_BYTES = 1024 * 1024


def figures(plan: Plan) -> list[Figure]:
    """Measure it for text, for what has to be unpacked, and for what has to be parsed again."""
    rows = FULL_ROWS if plan.is_full else ROWS
    leak = Leak.make_up(plan.folder / "resumed", rows)
    packed = leak.source.with_suffix(".csv.gz")
    with leak.source.open("rb") as text, gzip.open(packed, "wb", compresslevel=6) as out:
        shutil.copyfileobj(text, out)
    return [
        _figure(plan, leak.source, rows, "as text"),
        _figure(plan, packed, rows, "with gzip"),
        _figure(plan, _as_workbook(leak.source), rows, "as XLSX"),
    ]


def _as_workbook(source: Path) -> Path:
    """Write a made-up leak as a workbook, as a spreadsheet would save it."""
    saved = source.with_suffix(".xlsx")
    with (
        source.open(encoding=ENCODING, newline="") as lines,
        xlsxwriter.Workbook(saved, {"constant_memory": True}) as book,
    ):
        sheet = book.add_worksheet()
        for number, row in enumerate(csv.reader(lines, delimiter=DELIMITER)):
            sheet.write_row(number, 0, row)
    return saved


def _figure(plan: Plan, source: Path, rows: int, form: str) -> Figure:
    position = _position_after(source, round(SHARE * rows))
    steps: list[Callable[[], object]] = [
        partial(_digest, source),
        partial(_resume, source, position),
    ]
    turns = in_turns(plan.runs, *(partial(cost_of, step) for step in steps))
    pairs = [
        Pair(taken.wall_seconds, least.wall_seconds + ALLOWED_SECONDS) for least, taken in turns
    ]
    name = f"going on in {rows:,} rows {form} over their digest + {ALLOWED_SECONDS:.0f} s"
    return Figure(name, Unit.SECONDS, pairs, Target(1.0))


def _position_after(source: Path, rows: int) -> Position:
    with source.open("rb") as stream, LeakSource(stream, SETTINGS).open() as table:
        for _ in islice(table.rows(), rows):
            pass
        return table.position()


def _digest(source: Path) -> bytes:
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _resume(source: Path, position: Position) -> None:
    """Open the source there, and read one row: by then it is known to be the same."""
    with source.open("rb") as stream, LeakSource(stream, SETTINGS).open(position) as table:
        next(table.rows())

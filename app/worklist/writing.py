"""Writes a work list, as CSV or XLSX: whole or not at all, for its owner alone.

The laboratory's own cells come first and stay what they are; in CSV, what a spreadsheet would take
for a formula is guarded, reversibly (`guarding`). In XLSX every cell is a text, so that a number
keeps its zeros and nothing is computed or followed.

While it is written, it is in a folder beside it that only its owner can enter; a run that is killed
leaves that folder, and the next one takes it away.
"""

from __future__ import annotations

import csv
import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Protocol, TextIO

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from app import durable
from app.errors import InvalidInput, Unavailable
from app.worklist.columns import ADDED
from app.worklist.guarding import guarded
from app.worklist.summary import Line, Summary

CSV, XLSX = ".csv", ".xlsx"
SUMMARY_SHEET, LIST_SHEET = "Résumé - Summary", "Liste - List"
# Of the format (ECMA-376), and of every program that opens it.
_XLSX_ROWS_MAXIMUM = 1_048_576
_XLSX_COLUMNS_MAXIMUM = 16_384
_XLSX_CELL_CHARACTERS_MAXIMUM = 32_767
_AS_CSV = "write it as .csv: give the same name with that ending, and nothing is done again"
_LABEL_WIDTH, _VALUE_WIDTH = 38, 60


class WorkListWriter(Protocol):
    """Takes a work list row by row, and what is said of it at the end."""

    def row(self, cells: Sequence[str]) -> None:
        """Write one row: the laboratory's cells, then the added ones.

        Raises:
            InvalidInput: the format cannot hold it.
        """

    def finish(self, summary: Summary) -> None:
        """Write what there is to say of all rows."""


def check_out(path: Path) -> None:
    """Check that a work list can be written there.

    Raises:
        InvalidInput: of another kind than CSV and XLSX, or in no folder.
    """
    if path.suffix.lower() not in (CSV, XLSX):
        raise InvalidInput(
            "the name of a work list ends in .csv or .xlsx", hint="it decides how it is written"
        )
    if not path.parent.is_dir():
        raise InvalidInput("the folder for the work list is not there", hint="make it first")


@contextmanager
def writing(path: Path, header: Sequence[str]) -> Iterator[WorkListWriter]:
    """Write a work list, which is there under its name when the block has ended well.

    Args:
        path: as `check_out` accepts it.
        header: the names of the laboratory's columns.

    Raises:
        InvalidInput: the list is a work list already, or too long for the format.
        Unavailable: the disk is full, or refuses.
    """
    if taken := [name for name in ADDED if name in header]:
        raise InvalidInput(
            f"the list has a column {taken[0]} already", hint="check the list, not a work list"
        )
    try:
        with _drafted(path) as draft, _writer(draft) as writer:
            writer.row([*header, *ADDED])
            yield writer
    except OSError as exc:
        raise Unavailable(f"the work list cannot be written: {exc.strerror}") from exc


def _writer(draft: Path) -> Any:
    return _csv(draft) if draft.suffix.lower() == CSV else _xlsx(draft)


@contextmanager
def _drafted(path: Path) -> Iterator[Path]:
    """Give a place to write to; what stands there at the end is moved to its name."""
    folder = path.with_name(f".{path.name}.draft")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        draft = folder / path.name
        yield draft
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.chmod(0o600)
        draft.replace(path)
        # What it was made from is removed next.
        durable.sync_folder(path.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _CsvWriter:
    def __init__(self, out: TextIO) -> None:
        self._rows = csv.writer(out, delimiter=";", lineterminator="\r\n")

    def row(self, cells: Sequence[str]) -> None:
        self._rows.writerow([guarded(cell) for cell in cells])

    def finish(self, summary: Summary) -> None:
        """Do nothing: a table has no room for it."""


@contextmanager
def _csv(draft: Path) -> Iterator[_CsvWriter]:
    # With the mark, without which spreadsheets take UTF-8 for Windows-1252.
    with draft.open("w", encoding="utf-8-sig", newline="") as out:
        yield _CsvWriter(out)


class _XlsxWriter:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        # Programs read the first sheet; people see the one that is active.
        self._list: Worksheet = book.add_worksheet(LIST_SHEET)
        self._summary: Worksheet = book.add_worksheet(SUMMARY_SHEET)
        self._summary.activate()
        self._list.freeze_panes(1, 0)
        self._written = 0

    def row(self, cells: Sequence[str]) -> None:
        if self._written >= _XLSX_ROWS_MAXIMUM or len(cells) > _XLSX_COLUMNS_MAXIMUM:
            raise InvalidInput("the list is longer or wider than a workbook can be", hint=_AS_CSV)
        for column, cell in enumerate(cells):
            if len(cell) > _XLSX_CELL_CHARACTERS_MAXIMUM:
                raise InvalidInput(
                    f"a cell of row {self._written + 1:,} is longer than a workbook can hold",
                    hint=_AS_CSV,
                )
            if cell:
                self._list.write_string(self._written, column, cell)
        self._written += 1

    def finish(self, summary: Summary) -> None:
        # The same run gives the same bytes, whenever it ends.
        begun = datetime.combine(summary.begun_on, time(), UTC).replace(tzinfo=None)
        self._book.set_properties({"title": summary.title, "created": begun})
        bold = self._book.add_format({"bold": True})
        day = self._book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._summary.set_column(0, 1, _LABEL_WIDTH)
        self._summary.set_column(2, 2, _VALUE_WIDTH)
        for number, line in enumerate(summary.lines()):
            _write_line(self._summary, number, line, bold, day)


def _write_line(sheet: Worksheet, number: int, line: Line, bold: object, day: object) -> None:
    is_heading = len(line) == 2
    for column, cell in enumerate(line):
        if isinstance(cell, date):
            sheet.write_datetime(number, column, datetime.combine(cell, time()), day)
        elif isinstance(cell, int):
            sheet.write_number(number, column, cell)
        elif cell:
            sheet.write_string(number, column, cell, bold if is_heading else None)


@contextmanager
def _xlsx(draft: Path) -> Iterator[_XlsxWriter]:
    # What the library puts aside while it writes is in the draft's own folder, and gone with it.
    options = {"constant_memory": True, "tmpdir": str(draft.parent)}
    book = xlsxwriter.Workbook(str(draft), options)
    try:
        yield _XlsxWriter(book)
    finally:
        # Of a list that failed too, as nothing else lets go of what is put aside.
        _close(book)


def _close(book: xlsxwriter.Workbook) -> None:
    try:
        book.close()
    except FileCreateError as exc:
        raise OSError(errno.EIO, "the workbook could not be put together") from exc


def named(header: Iterable[str]) -> list[str]:
    """Return the names of columns, and one for each that has none."""
    return [name or f"column_{number}" for number, name in enumerate(header, start=1)]

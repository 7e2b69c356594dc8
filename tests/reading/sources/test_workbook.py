"""Cells become the text that a person would have typed, and a hostile workbook harms nobody."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from typing import Any

import pytest
import xlsxwriter

from app.errors import InvalidMapping, InvalidSource
from app.reading.sources import isolated
from app.reading.sources import workbook as module
from app.reading.sources.opening import LeakSource, Table
from app.reading.sources.settings import SourceSettings
from app.reading.sources.workbook import column_number

NIR = 185055695004846


def workbook(fill: Callable[[Any, Any], None], **options: bool) -> bytes:
    """Return a workbook whose sheet `Patients` was filled by a function of book and sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        fill(book, book.add_worksheet("Patients"))
    return out.getvalue()


@contextmanager
def opened(content: bytes, sheet: str | None = None) -> Iterator[Table]:
    with LeakSource(io.BytesIO(content), SourceSettings(sheet=sheet)).open() as table:
        yield table


def rows_of(content: bytes, sheet: str | None = None) -> list[tuple[int, list[str]]]:
    with opened(content, sheet) as table:
        return [(row.line, list(row.values or ())) for row in table.rows()]


def test_a_number_keeps_all_of_its_digits() -> None:
    """A spreadsheet shows this NIR as 1.85E+14, and keeps it as 185055695004846.0."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["NIR", "TEXT", "HALF"])
        sheet.write_row(1, 0, [NIR, str(NIR), 1.5])
        sheet.write_row(2, 0, [0, "0199000001", -3])

    assert rows_of(workbook(fill)) == [
        (2, [str(NIR), str(NIR), "1.5"]),
        (3, ["0", "0199000001", "-3"]),
    ]


@pytest.mark.parametrize("date_1904", [False, True])
def test_days_are_written_as_such(date_1904: bool) -> None:
    """Whichever day the workbook counts from, and however the cell shows it."""

    def fill(book: Any, sheet: Any) -> None:
        shown = book.add_format({"num_format": "dd/mm/yy"})
        sheet.write_row(0, 0, ["NE", "AT", "HOUR", "YES", "ERROR"])
        sheet.write_datetime(1, 0, datetime.fromisoformat("1985-05-12"), shown)
        sheet.write_datetime(1, 1, datetime.fromisoformat("1985-05-12T10:30"), shown)
        sheet.write_datetime(1, 2, time(10, 30), book.add_format({"num_format": "hh:mm"}))
        sheet.write_boolean(1, 3, True)
        sheet.write_formula(1, 4, "=1/0", value="#DIV/0!")

    (row,) = rows_of(workbook(fill, date_1904=date_1904))
    assert row == (2, ["1985-05-12", "1985-05-12 10:30:00", "10:30:00", "true", ""])


def test_the_table_may_stand_anywhere_in_the_sheet() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(3, 2, ["NOM", "TEL"])
        sheet.write_row(4, 2, ["A", "1"])
        sheet.write_row(6, 2, ["B"])

    with opened(workbook(fill)) as table:
        assert list(table.header)[-2:] == ["NOM", "TEL"]
        rows = [(row.line, list(row.values or ())[-2:]) for row in table.rows()]
        assert rows == [(5, ["A", "1"]), (7, ["B", ""])]
        counts = table.counts
    assert (counts.total, counts.header, counts.rows, counts.blank) == (7, 1, 2, 4)


def test_the_sheet_is_the_first_or_the_one_that_is_named() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_column(0, 0, ["NOM", "A"])
        book.add_worksheet("Autre").write_column(0, 0, ["NOM", "B"])

    content = workbook(fill)
    assert rows_of(content) == [(2, ["A"])]
    assert rows_of(content, "Autre") == [(2, ["B"])]
    with pytest.raises(InvalidMapping, match="no sheet of the name"):
        rows_of(content, "Aucune")
    with opened(content) as table, pytest.raises(InvalidMapping, match="1 more sheet"):
        table.check_whole()
    with opened(content, "Autre") as table:
        table.check_whole()


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(InvalidSource, match="empty"):
        rows_of(workbook(lambda _book, _sheet: None))


def test_a_cell_far_away_is_told_before_it_costs_memory() -> None:
    """The library would ask for 400 GB for this one, and abort."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["NOM"])
        sheet.write_string(1048575, 16383, "x")

    with pytest.raises(InvalidSource, match=r"row 1,048,576 and column 16,384"):
        rows_of(workbook(fill))


def disguised(content: bytes) -> bytes:
    """Return a workbook in which cells are named so that the first look does not see them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename.startswith("xl/worksheets/"):
                data = data.replace(b'r="XFD1048576"', b"r='XFD1048576'")
            new.writestr(member, data)
    return out.getvalue()


def test_a_library_that_aborts_ends_no_process_but_its_own() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["NOM"])
        sheet.write_string(1048575, 16383, "x")

    content = workbook(fill)
    assert disguised(content) != content
    with pytest.raises(InvalidSource, match="asks for more memory"):
        rows_of(disguised(content))


def test_content_that_is_far_longer_than_it_may_be_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from app.reading.sources import workbook as module

    monkeypatch.setattr(module, "_CONTENT_BYTES_MAXIMUM", 1000)
    content = workbook(lambda _book, sheet: sheet.write_column(0, 0, ["NOM", "A"]))
    with pytest.raises(InvalidSource, match="longer than 1,000 bytes"):
        module.check_workbook(io.BytesIO(content))


def test_the_reading_process_may_not_grow_without_end() -> None:
    assert isolated.ADDRESS_SPACE_BYTES <= 4 * 2**30


def test_columns_are_numbered_as_a_spreadsheet_names_them() -> None:
    assert [column_number(name) for name in (b"A", b"Z", b"AA", b"XFD")] == [1, 26, 27, 16384]


@pytest.mark.parametrize("row", [1, 9, 999_999, 1_000_000, 1_048_576])
@pytest.mark.parametrize("column", ["A", "Z", "AA", "CV", "CW", "DA", "ZZ", "AAA", "XFD"])
def test_an_area_is_refused_by_its_size_wherever_its_last_cell_is(row: int, column: str) -> None:
    """Most are known to be small enough without looking at each cell."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        cell = f'<c r="{column}{row}"/>'
        # In the middle of two chunks.
        filling = "<!--" + " " * (module._CHUNK_BYTES - 20) + "-->"
        archive.writestr("xl/worksheets/sheet1.xml", filling + cell)
    if column_number(column.encode()) * row <= module._CELLS_MAXIMUM:
        module.check_workbook(out)
    else:
        with pytest.raises(InvalidSource, match="an area of"):
            module.check_workbook(out)


def test_reading_can_be_left_in_the_middle() -> None:
    def fill(book: Any, sheet: Any) -> None:
        for number in range(5000):
            sheet.write_row(number, 0, ["NOM", "x" * 50])

    with opened(workbook(fill)) as table:
        next(table.rows())
        process = table._reader._process  # type: ignore[attr-defined]  # the process is what is asked about
        assert process.poll() is None
    assert process.returncode is not None

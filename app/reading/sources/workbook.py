"""One sheet of an XLSX workbook, read in a process of its own (`isolated`)."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, WorksheetNotFound

from app.errors import InvalidMapping, InvalidSource
from app.reading.sources.cells import cell_text

# What the library sets up for each cell between the first and the last, used or not.
_CELLS_MAXIMUM = 100_000_000
_CONTENT_BYTES_MAXIMUM = 4 * 1024 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_SHEET_FOLDER = "xl/worksheets/"
_CELL = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,7})"')
# A cell right of column 100 (CV) or below row 999,999: without one there are not too many.
_FAR_CELL = re.compile(rb' r="(?:[A-Z]{3}|[D-Z][A-Z]|C[W-Z]|[A-Z]{1,2}(?=[0-9]{7}))[0-9]{1,7}"')
# No cell's name is longer than this, so none is missed where two chunks meet.
_OVERLAP_BYTES = 16


class Sheet:
    """Implements `isolated.Content`.

    Args:
        stream: the workbook.
        name: of the sheet; None for the first.
        has_header: the first filled row names the columns; otherwise it is one of the others.

    Raises:
        InvalidSource: it is no workbook, or one that asks for far more memory than it has cells.
        InvalidMapping: there is no such sheet.
    """

    def __init__(self, stream: BinaryIO, name: str | None, *, has_header: bool = True) -> None:
        check_workbook(stream)
        stream.seek(0)
        try:
            book = CalamineWorkbook.from_filelike(stream)
            sheet = _chosen(book, name)
            self.unread_sheets = _filled_besides(book, sheet.name)
        except (CalamineError, OSError, ValueError) as exc:
            raise InvalidSource("the workbook is damaged, or not an XLSX file") from exc
        self._sheet = sheet
        self.total = sheet.end[0] + 1 if sheet.end else 0
        self.header_rows, self.header = _header(sheet)
        if not has_header:
            self.header_rows, self.header = 0, [""] * len(self.header)

    def rows(self, done: int) -> Iterator[Sequence[str] | None]:
        """Yield the rows after the first `done`, each as wide as the header."""
        width = len(self.header)
        for cells in islice(self._sheet.iter_rows(), done, None):
            values = [cell_text(cell) for cell in cells[:width]]
            yield values if any(values) else None


def _chosen(book: CalamineWorkbook, name: str | None) -> CalamineSheet:
    if not book.sheet_names:
        raise InvalidSource("the workbook has no sheet")
    try:
        return book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
    except WorksheetNotFound:
        raise InvalidMapping(
            f"the workbook has no sheet of the name in [source], among {len(book.sheet_names)}",
            hint='name it as its tab does: sheet = "Patients"',
        ) from None


def _filled_besides(book: CalamineWorkbook, name: str) -> int:
    """Return how many sheets hold something and are not read."""
    others = (other for other in book.sheet_names if other != name)
    return sum(book.get_sheet_by_name(other).end is not None for other in others)


def _header(sheet: CalamineSheet) -> tuple[int, Sequence[str]]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        names = [cell_text(cell).strip() for cell in cells]
        if any(names):
            return number, names
    raise InvalidSource("the sheet is empty", hint="nothing is in any of its cells")


def check_workbook(stream: BinaryIO) -> None:
    """Look into the zip archive before the library does.

    Raises:
        InvalidSource: what it holds would be too much, or is cut off.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _CONTENT_BYTES_MAXIMUM:
                raise InvalidSource(
                    f"the workbook's content is longer than {_CONTENT_BYTES_MAXIMUM:,} bytes",
                    hint="save it as CSV, which has no limit",
                )
            for member in members:
                if member.filename.startswith(_SHEET_FOLDER) and _has_far_cells(archive, member):
                    _check_area(archive, member)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as exc:
        raise InvalidSource(
            "the workbook is damaged or cut off",
            hint="get the file again: what can be read of it would not be all of it",
        ) from exc


def _has_far_cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Look for such cells, which hardly any sheet has, a third as long as looking at each."""
    # All of it is read, and so compared with its check sum.
    return bool(sum(1 for chunk in _chunks(archive, member) if _FAR_CELL.search(chunk)))


def _check_area(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Look at where each of a sheet's cells is."""
    widest, deepest = 0, 0
    for chunk in _chunks(archive, member):
        for letters, digits in set(_CELL.findall(chunk)):
            widest, deepest = max(widest, column_number(letters)), max(deepest, int(digits))
    if widest * deepest > _CELLS_MAXIMUM:
        raise InvalidSource(
            f"a sheet has cells out to row {deepest:,} and column {widest:,}: an area of"
            f" {widest * deepest:,} cells",
            hint="delete what stands far outside the table, or save it as CSV",
        )


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's content to its end; each chunk begins with the last bytes of the other."""
    before = b""
    with archive.open(member) as content:
        while chunk := content.read(_CHUNK_BYTES):
            yield before + chunk
            before = chunk[-_OVERLAP_BYTES:]


def column_number(letters: bytes) -> int:
    """Return the number of a column that has letters for a name: A is 1, XFD is 16,384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number

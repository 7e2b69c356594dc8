"""The first rows of a source, without its being consumed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from app.errors import BeginningEnded, InvalidSource
from app.reading.columns import looks_like_data
from app.reading.sources.bytestream import ByteSource, read_fully
from app.reading.sources.opening import Table
from app.reading.sources.rows import Row
from app.reading.sources.settings import DELIMITED, XLSX, SourceSettings

SAMPLE_ROWS = 2_000
SAMPLE_BYTES = 1024 * 1024

# Opens a source anew, from its beginning, as often as it is asked; closes it when it is left.
Look = Callable[[SourceSettings], AbstractContextManager[Table]]


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a source.

    Args:
        source: how it is read.
        names: of its columns, where it names them; empty otherwise, so that nothing of somebody's
            row is ever taken for a name.
        rows: those that have as many columns as most.
    """

    source: SourceSettings
    names: Sequence[str]
    rows: Sequence[Sequence[str]] = field(repr=False)


class PeekedSource:
    """A source that can be read once only, whose beginning can be looked at before that.

    Args:
        source: read up to the end of the beginning, and further only when this is read.
        size_bytes: how much to look at, at most.
    """

    def __init__(self, source: ByteSource, size_bytes: int = SAMPLE_BYTES) -> None:
        self._source = source
        self._beginning = read_fully(source, size_bytes)
        self._is_whole = len(self._beginning) < size_bytes
        self._left = io.BytesIO(self._beginning)

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes: of the beginning, then of the rest."""
        return self._left.read(size) or self._source.read(size)

    def beginning(self) -> ByteSource:
        """Return the beginning as a source of its own, which takes nothing from this one."""
        return _Beginning(self._beginning, is_whole=self._is_whole)


class _Beginning:
    """The first bytes of a source; it never looks as if the source ended with them."""

    def __init__(self, content: bytes, *, is_whole: bool) -> None:
        self._left = io.BytesIO(content)
        self._is_whole = is_whole

    def read(self, size: int, /) -> bytes:
        chunk = self._left.read(size)
        if not chunk and not self._is_whole:
            raise BeginningEnded(
                f"its first {self._left.tell():,} bytes do not tell which rows it has",
                hint="give it by its path, so that it can be read twice",
            )
        return chunk


class RowsAtHand:
    """The rows of a table, as far as they are at hand.

    Args:
        table: an opened source, or what was peeked of one.
        has_ended: there is nothing more to take.
        is_whole: that is because these are all rows of the source.
    """

    def __init__(self, table: Table) -> None:
        self._rows = table.rows()
        self.has_ended = self.is_whole = False

    def take(self, count: int) -> Iterator[Row]:
        """Yield up to so many rows more."""
        for _ in range(count):
            if self.has_ended:
                return
            try:
                row = next(self._rows, None)
            except BeginningEnded:
                self.has_ended = True
                return
            if row is None:
                self.has_ended = self.is_whole = True
                return
            yield row


def take_sample(look: Look, settings: SourceSettings) -> Sample:
    """Read the first rows of a source, and find out whether it names its columns.

    Args:
        look: opens it.
        settings: what is known of its form.

    Raises:
        InvalidSource: it cannot be read, or has no row.
        InvalidMapping: there are several members, sheets or tables, and `settings` names none.
    """
    with look(settings) as table:
        table.check_whole()
        if table.settings.format != DELIMITED or not settings.has_header:
            return _sample_of(table)
    # A first line that may be ragged, and somebody's, is read as one of the others.
    with look(replace(settings, has_header=False)) as table:
        return _told_apart(_rows(table), table.settings)


def _sample_of(table: Table) -> Sample:
    rows, found = _rows(table), table.settings
    if found.format == XLSX and found.has_header:
        return _told_apart([table.header, *rows], found)
    if not rows:
        raise _empty()
    names = ["" if looks_like_data(name) else name for name in table.header]
    return Sample(found, names, rows[:SAMPLE_ROWS])


def _told_apart(rows: Sequence[Sequence[str]], found: SourceSettings) -> Sample:
    """Return rows of which the first may name the columns, or be somebody's."""
    if not rows:
        raise _empty()
    if _are_names(rows[0], rows[1:]):
        names = [name.strip() for name in rows[0]]
        return Sample(replace(found, has_header=True), names, rows[1:])
    no_names = [""] * len(rows[0])
    return Sample(replace(found, has_header=False), no_names, rows[:SAMPLE_ROWS])


def _rows(table: Table) -> list[Sequence[str]]:
    rows = RowsAtHand(table).take(SAMPLE_ROWS + 1)
    return [row.values for row in rows if row.values is not None]


def _empty() -> InvalidSource:
    return InvalidSource("the source is empty", hint="a sample needs some rows")


def _are_names(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first line names the columns: in doubt it is somebody's row.

    A name looks like no data, and no row has it in its column. And there must be a column whose
    cells look like data in most rows, so that a row of somebody would have shown it.
    """
    if any(map(looks_like_data, first)) or not any(cell.strip() for cell in first):
        return False
    # Where a file was put together of several, its first line comes again.
    others = [row for row in rows if list(row) != list(first)]
    named = [
        (cell.strip(), [row[position].strip() for row in others])
        for position, cell in enumerate(first)
    ]
    if any(name and name in cells for name, cells in named):
        return False
    return any(name and _are_data(cells) for name, cells in named)


def _are_data(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return 2 * sum(map(looks_like_data, filled)) > len(filled)

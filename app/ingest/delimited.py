"""Rows of delimited text, framed by physical line so that no row is lost in silence.

A reader that trusts quotes loses everything between a stray one and the next: hundreds of
thousands of rows, without an error. Here each physical line is parsed strictly on its own; if a
quote is open at its end, the following lines are joined, but only a few and only if the columns
then fit; otherwise that one line is read as if quotes meant nothing. At the end every physical
line was a header, a row, a row's continuation, blank, or a reject with its number.
"""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.errors import InvalidSource
from app.ingest.encodings import Line, LineReader

QUOTE = '"'
# A comment field with an address in it has a handful of line ends; a stray quote has thousands.
JOINED_LINES_MAXIMUM = 20
# Lines by which a source without a header tells how many columns it has.
LINES_AHEAD = 100


@dataclass(slots=True)
class LineCounts:
    """What became of the physical lines; `total` is the sum of all others.

    `unquoted` and `replaced` count accepted rows that were read with a repair.
    """

    total: int = 0
    header: int = 0
    rows: int = 0
    continuation: int = 0
    blank: int = 0
    rejected: int = 0
    unquoted: int = 0
    replaced: int = 0

    def check(self) -> None:
        """Check that nothing was lost; a failure here is a fault of this module."""
        parts = self.header + self.rows + self.continuation + self.blank + self.rejected
        if self.total != parts:
            raise InvalidSource(f"{self.total:,} lines were read, but {parts:,} accounted for")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number of its first physical line, and its fields; None when ragged."""

    line: int
    values: Sequence[str] | None


@dataclass(slots=True)
class DelimitedReader:
    """Reads a header, then rows.

    Args:
        lines: the source's physical lines.
        delimiter: one character.
        has_header: the first line names the columns; otherwise it is a row.
        header: the column names, once `rows` has begun; empty ones where there is no header.
        counts: what became of the lines so far.
    """

    lines: LineReader
    delimiter: str
    has_header: bool = True
    header: Sequence[str] = ()
    counts: LineCounts = field(default_factory=LineCounts)

    def open(self) -> Iterator[Row]:
        """Read the header, and return the iterator over the rows that follow.

        Raises:
            InvalidSource: there is no header.
        """
        stream = _Lines(self.lines)
        if not self.has_header:
            self.header = [""] * self._width(stream)
            return self._rows(stream)
        for line in stream:
            self.counts.total += 1
            if line.text.strip():
                self.counts.header += 1
                names = self._parse(line.text) or line.text.split(self.delimiter)
                self.header = [name.strip() for name in names]
                return self._rows(stream)
            self.counts.blank += 1
        raise InvalidSource("the source is empty", hint="its first line names the columns")

    def _width(self, stream: _Lines) -> int:
        """Return how many columns most of the first lines have; one line alone may be ragged."""
        ahead = list(islice(stream, LINES_AHEAD))
        stream.put_back(ahead)
        widths = Counter(
            len(self._parse(line.text) or line.text.split(self.delimiter))
            for line in ahead
            if line.text.strip()
        )
        if not widths:
            raise InvalidSource("the source is empty", hint="it has no row to begin with")
        # Of two that are as frequent the wider: a line end in a cell makes two that are narrower.
        return max(widths, key=lambda width: (widths[width], width))

    def _rows(self, stream: _Lines) -> Iterator[Row]:
        for line in stream:
            self.counts.total += 1
            if not line.text or line.text.isspace():
                self.counts.blank += 1
                continue
            values = self._fields(line, stream)
            if values is None:
                self.counts.rejected += 1
            else:
                self.counts.rows += 1
                self.counts.replaced += line.is_replaced
            yield Row(line.number, values)
        self.counts.check()

    def _fields(self, line: Line, stream: _Lines) -> Sequence[str] | None:
        """Return the fields of the row that begins at `line`, or None when they do not fit."""
        if QUOTE not in line.text:
            values: Sequence[str] | None = line.text.split(self.delimiter)
            return values if self._fits(values) else None
        values = self._parse(line.text)
        if values is None:
            values = self._joined(line, stream)
        if not self._fits(values):
            # The following lines, if any were tried, were put back and are rows of their own.
            values = line.text.split(self.delimiter)
            self.counts.unquoted += self._fits(values)
        return values if self._fits(values) else None

    def _joined(self, line: Line, stream: _Lines) -> Sequence[str] | None:
        """Try to close the open quote with the next lines; put them back when none fits."""
        taken: list[Line] = []
        for following in islice(stream, JOINED_LINES_MAXIMUM - 1):
            taken.append(following)
            values = self._parse("\n".join([line.text, *(each.text for each in taken)]))
            if values is None:
                continue
            if not self._fits(values) or self._are_rows([line, *taken]):
                break
            line.is_replaced |= any(each.is_replaced for each in taken)
            self.counts.total += len(taken)
            self.counts.continuation += len(taken)
            return values
        stream.put_back(taken)
        return None

    def _are_rows(self, lines: Sequence[Line]) -> bool:
        """Tell whether every line is a row by itself, so that joining them would lose rows.

        Two stray quotes near each other can close one another and leave the right number of
        columns; a line end inside a comment leaves lines that are too short.
        """
        return all(self._fits(each.text.split(self.delimiter)) for each in lines)

    def _fits(self, values: Sequence[str] | None) -> bool:
        return values is not None and len(values) == len(self.header)

    def _parse(self, text: str) -> Sequence[str] | None:
        """Parse one row strictly, or return None when its quotes do not add up."""
        reader = csv.reader([text], delimiter=self.delimiter, quotechar=QUOTE, strict=True)
        try:
            return next(reader)
        except csv.Error:
            return None


class _Lines:
    """An iterator over lines that takes lines back."""

    def __init__(self, lines: LineReader) -> None:
        self._fresh = iter(lines)
        self._returned: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._returned.popleft() if self._returned else next(self._fresh)

    def put_back(self, lines: Sequence[Line]) -> None:
        self._returned.extendleft(reversed(lines))

"""Rows of delimited text, framed by physical line so that no row is lost in silence.

A reader that trusts quotes loses everything between a stray one and the next: hundreds of
thousands of rows, without an error. Here each physical line is parsed strictly on its own; if a
quote is open at its end, the following lines are joined, but only a few and only if the columns
then fit; otherwise that one line is read as if quotes meant nothing. At the end every physical
line was a header, a row, a row's continuation, blank, or a reject with its number.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from app.errors import InvalidSource
from app.reading.sources.dialect import Dialect
from app.reading.sources.encodings import Line, TextStream
from app.reading.sources.rows import RAGGED, LineCounts, Place, Row
from app.reading.sources.settings import AUTO, DELIMITED, SourceSettings

# A comment field with an address in it has a handful of line ends; a stray quote has thousands.
JOINED_LINES_MAXIMUM = 20
_SAMPLED_LINES = 200
# Lines by which a source without a header tells how many columns it has.
LINES_AHEAD = 100
NUL = "\x00"
# What a spreadsheet writes before its column names, and believes more than its own settings.
_DELIMITER_LINE = re.compile(r"sep=(.)")


class DelimitedReader:
    """Reads a header, where there is one, then rows: implements `rows.RowReader`.

    Args:
        text: the source.
        settings: what is known of its form.
        place: after which row to go on, if not from the beginning.
        counts: what became of the lines up to there.

    Raises:
        InvalidSource: there is no header; or without one, no row.
    """

    share_done = None

    def __init__(
        self,
        text: TextStream,
        settings: SourceSettings,
        place: Place | None = None,
        counts: LineCounts | None = None,
    ) -> None:
        self._text = text
        self._dialect = Dialect(settings)
        self._known: frozenset[str] = frozenset()
        self.header: Sequence[str] = ()
        self.counts = LineCounts()
        self._last = self._read_header() if settings.has_header else self._look_ahead()
        self.found: Mapping[str, str] = {"format": DELIMITED, "delimiter": self._dialect.delimiter}
        self._returned: deque[Line] = deque()
        self._stream: Iterator[Line | None] = iter(())
        if place is not None and counts is not None:
            self.counts = counts
            self._last = Line(place["line"], "", is_replaced=False, end=place["offset"])

    def rows(self) -> Iterator[Row]:
        """Yield the rows, once."""
        counts, known = self.counts, self._known
        self._stream = self._lines()
        for line in self._stream:
            if line is None:
                return
            self._last = line
            counts.total += 1
            if not line.text or line.text.isspace():
                counts.blank += 1
                continue
            unquoted = counts.unquoted
            values = self._fields(line)
            if values is None:
                counts.rejected += 1
                yield Row(line.number, None, RAGGED)
            elif values[0] in known and self._is_header(values, line):
                counts.header += 1
                # No row, whatever quotes it has.
                counts.unquoted = unquoted
            else:
                counts.rows += 1
                counts.replaced += line.is_replaced
                yield Row(line.number, values)

    def _lines(self) -> Iterator[Line | None]:
        """Yield the lines that follow, first those that were put back; at the end, None.

        It goes on after that, as somebody who saw the end may put lines back.
        """
        for line in self._text.lines(self._last.end, self._last.number):
            yield _without_nuls(line, self._dialect.delimiter) if NUL in line.text else line
            while self._returned:
                yield self._returned.popleft()
        while True:
            yield None
            while self._returned:
                yield self._returned.popleft()

    def place(self) -> Place:
        """Return where the row ends that was yielded last."""
        return {"offset": self._last.end, "line": self._last.number}

    def close(self) -> None:
        """Nothing is at work in the background."""

    @property
    def offset(self) -> int:
        """How many bytes of the text the rows so far made up."""
        return self._last.end

    def _read_header(self) -> Line:
        """Read the column names, and return their line."""
        lines = [_without_nuls(line, "") for line in self._text.sample_lines()]
        for place, line in enumerate(lines):
            self.counts.total += 1
            if not line.text.strip():
                self.counts.blank += 1
                continue
            self.counts.header += 1
            if self._names_delimiter(line):
                continue
            dialect = self._dialect
            if dialect.delimiter == AUTO:
                texts = [each.text for each in lines[place : place + 1 + _SAMPLED_LINES]]
                dialect.guess_delimiter(texts, lambda widths: widths[0])
            names = dialect.parse(line.text) or dialect.split(line.text) or ()
            self.header = [name.strip() for name in names]
            self._known = frozenset((*names, *self.header))
            dialect.are_all_quoted = dialect.is_all_quoted(line.text)
            return line
        raise InvalidSource("the source is empty", hint="its first line names the columns")

    def _look_ahead(self) -> Line:
        """Learn from the first lines how wide rows are, and return the line before them."""
        before = Line(0, "", is_replaced=False, end=self._text.start)
        lines = [_without_nuls(line, "") for line in self._text.sample_lines()]
        first = next((place for place, line in enumerate(lines) if line.text.strip()), len(lines))
        if lines[first:] and self._names_delimiter(lines[first]):
            before = lines[first]
            self.counts = LineCounts(total=first + 1, header=1, blank=first)
        texts = [line.text for line in lines if line.number > before.number and line.text.strip()]
        texts = texts[:LINES_AHEAD]
        if not texts:
            raise InvalidSource("the source is empty", hint="it has no row to begin with")
        dialect = self._dialect
        if dialect.delimiter == AUTO:
            dialect.guess_delimiter(texts, _commonest)
        self.header = ("",) * _commonest(dialect.widths(texts))
        dialect.are_all_quoted = 2 * sum(map(dialect.is_all_quoted, texts)) > len(texts)
        return before

    def _names_delimiter(self, line: Line) -> bool:
        """Tell whether a line only names the delimiter, which is known from then on."""
        found = _DELIMITER_LINE.fullmatch(line.text)
        if found:
            self._dialect.delimiter = found[1]
        return found is not None

    def _is_header(self, values: Sequence[str], line: Line) -> bool:
        """Tell whether a line only names the columns again, as where two files were joined.

        Raises:
            InvalidSource: it names them in another order, which every row after it may have.
        """
        names = [value.strip() for value in values]
        if names != self.header and len(names) > 1 and sorted(names) == sorted(self.header):
            raise InvalidSource(
                f"line {line.number:,} names the columns again, in another order",
                hint="these are two files in one: give each to the program by itself",
            )
        return names == self.header

    def _fields(self, line: Line) -> Sequence[str] | None:
        """Return the fields of the row that begins at `line`, or None when they do not fit."""
        dialect = self._dialect
        if dialect.is_plain(line.text):
            values: Sequence[str] | None = line.text.split(dialect.delimiter)
            return values if self._fits(values) else None
        values = dialect.parse(line.text)
        if values is None:
            values = self._joined(line)
        if not self._fits(values):
            # The following lines, if any were tried, were put back and are rows of their own.
            values = dialect.split(line.text)
            self.counts.unquoted += self._fits(values)
        return values if self._fits(values) else None

    def _joined(self, line: Line) -> Sequence[str] | None:
        """Try to close the open quote with the next lines; put them back when none fits."""
        taken: list[Line] = []
        for following in islice(self._stream, JOINED_LINES_MAXIMUM - 1):
            if following is None:
                break
            taken.append(following)
            values = self._dialect.parse("\n".join([line.text, *(each.text for each in taken)]))
            if values is None:
                continue
            if not self._fits(values) or self._are_rows([line, *taken]):
                break
            line.is_replaced |= any(each.is_replaced for each in taken)
            self._last = following
            self.counts.total += len(taken)
            self.counts.continuation += len(taken)
            return values
        self._returned.extendleft(reversed(taken))
        return None

    def _are_rows(self, lines: Sequence[Line]) -> bool:
        """Tell whether every line is a row by itself, so that joining them would lose rows.

        Two stray quotes near each other can close one another and leave the right number of
        columns; a line end inside a comment leaves lines that are too short. Where every field
        is in quotes, as the header tells, neighbouring strays make no row together.
        """
        dialect = self._dialect
        return not dialect.are_all_quoted and all(
            self._fits(dialect.split(each.text)) for each in lines
        )

    def _fits(self, values: Sequence[str] | None) -> bool:
        return values is not None and len(values) == len(self.header)


def _commonest(widths: Sequence[int]) -> int:
    """Return how wide most lines are; one alone may be ragged.

    Of two widths that are as frequent it is the greater: a line end in a cell makes two lines of
    one row, which are narrower.
    """
    counts = Counter(widths)
    return max(counts, key=lambda width: (counts[width], width))


def _without_nuls(line: Line, delimiter: str) -> Line:
    """Return a line without zero bytes, marked as replaced if it had any.

    Those at the end of a field are what old software fills it up with, and go; what others stand
    for is unknown, and U+FFFD takes their place.
    """
    if NUL in line.text:
        at_end = rf"{NUL}+(?=[{re.escape(delimiter)}\"']|$)"
        line.text = re.sub(rf"{NUL}+", "\ufffd", re.sub(at_end, "", line.text))
        line.is_replaced = True
    return line

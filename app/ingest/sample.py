"""The first rows of a source, without its being consumed, and how they are delimited."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.errors import InvalidSource
from app.ingest.columns import looks_like_data
from app.ingest.delimited import DelimitedReader
from app.ingest.encodings import AUTO, LineReader
from app.ingest.source import ByteSource

SAMPLE_ROWS = 2_000
SAMPLE_BYTES = 1024 * 1024

DELIMITERS = ";,\t|"
_DELIMITED_BY_ROWS = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a source.

    Args:
        delimiter: what stands between its columns; empty where it is no delimited text.
        names: of its columns, where its first line names them; empty otherwise, so that nothing
            of somebody's row is ever taken for a name.
        rows: those that have as many columns as most.
        is_whole: the source has no other rows.
    """

    delimiter: str
    names: Sequence[str]
    rows: Sequence[Sequence[str]] = field(repr=False)
    is_whole: bool


class PeekedSource:
    """A source whose beginning can be looked at before it is read.

    Args:
        source: read up to the end of the beginning, and further only when this is read.
        size_bytes: how much to look at, at most.
    """

    def __init__(self, source: ByteSource, size_bytes: int = SAMPLE_BYTES) -> None:
        self._source = source
        parts: list[bytes] = []
        while size_bytes > 0 and (part := source.read(size_bytes)):
            parts.append(part)
            size_bytes -= len(part)
        self.beginning = b"".join(parts)
        self.is_whole = size_bytes > 0
        self._left = io.BytesIO(self.beginning)

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes: of the beginning, then of the rest."""
        return self._left.read(size) or self._source.read(size)

    def whole_lines(self) -> bytes:
        """Return the beginning up to its last line end; what follows may be half a row."""
        end = max(self.beginning.rfind(b"\n"), self.beginning.rfind(b"\r")) + 1
        return self.beginning if self.is_whole or not end else self.beginning[:end]


def take_sample(source: PeekedSource) -> Sample:
    """Read the first rows of delimited text, whatever delimits it.

    Raises:
        InvalidSource: it is no text, or has no row.
    """
    raw = source.whole_lines()
    delimiter = max(DELIMITERS, key=lambda each: _cells_apart(raw, each))
    rows = _rows(raw, delimiter, SAMPLE_ROWS + 1)
    is_whole = source.is_whole and len(rows) <= SAMPLE_ROWS
    if not rows:
        raise InvalidSource("the source is empty", hint="a sample needs some rows")
    if _are_names(rows[0], rows[1:]):
        return Sample(delimiter, [name.strip() for name in rows[0]], rows[1:], is_whole)
    return Sample(delimiter, [""] * len(rows[0]), rows[:SAMPLE_ROWS], is_whole)


def _rows(raw: bytes, delimiter: str, count: int) -> list[Sequence[str]]:
    reader = DelimitedReader(LineReader(io.BytesIO(raw), AUTO), delimiter, has_header=False)
    return [row.values for row in islice(reader.open(), count) if row.values is not None]


def _cells_apart(raw: bytes, delimiter: str) -> int:
    """Return how many cells a delimiter parts in rows that have the same number of them."""
    rows = _rows(raw, delimiter, _DELIMITED_BY_ROWS)
    return sum(len(row) for row in rows if len(row) > 1)


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

"""What every format's reader gives: rows, what became of each line, and a place to go on from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from app.errors import InvalidSource

# Why a row cannot be used: short words that stay the same, for counts and reports.
RAGGED = "columns"

# What json can write and read back.
Place = Mapping[str, Any]


class Row(NamedTuple):
    """One row, or why it is none.

    Args:
        line: where it begins, from 1: a physical line of text, a row of a sheet or of a table.
        values: as many as there are columns; None when the row is a reject.
        reason: why it is a reject, in a word.
    """

    line: int
    values: Sequence[str] | None
    reason: str = ""


@dataclass(slots=True)
class LineCounts:
    """What became of the physical lines; `total` is the sum of all others.

    Where a format has no lines, its rows, its statements or its records are what is counted.
    `unquoted` and `replaced` count accepted rows that were read with a repair.

    Args:
        total: all of them, counted when read.
        header: those that name columns or say something else that is no row.
        rows: those that begin a row that is accepted.
        continuation: those that a row goes on in.
        blank: those that hold nothing.
        rejected: those that are a reject.
        unquoted: rows with stray quotes.
        replaced: rows with bytes that are no character.
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
        """Check that nothing was lost; a failure here is a fault of a reader."""
        parts = self.header + self.rows + self.continuation + self.blank + self.rejected
        if self.total != parts:
            raise InvalidSource(f"{self.total:,} lines were read, but {parts:,} accounted for")


class RowReader(Protocol):
    """Reads one format, once, from the beginning or from a place in the middle.

    It is made from a stream that stands at the stream's beginning, always: a reader that is to go
    on from a place looks at the beginning as the first one did, and then passes over what lies
    before the place. So what was found there (columns, encoding) need not be kept.

    Args:
        header: the column names; as many empty texts where the source has none.
        counts: what became of the lines so far; a reader that goes on is given the counts of
            the one before, and continues them.
    """

    header: Sequence[str]
    counts: LineCounts

    def rows(self) -> Iterator[Row]:
        """Yield the rows, once.

        Raises:
            InvalidSource: the stream cannot be read on; said with the line where that is.
        """

    def place(self) -> Place:
        """Return where the row ends that was yielded last; to be asked between two rows.

        A new reader over the same bytes, given that place and a copy of the counts of now, yields
        exactly the rows that follow and ends with the same counts.
        """

    def close(self) -> None:
        """Let go of what is still at work in the background."""

    @property
    def found(self) -> Mapping[str, str]:
        """Of what `SourceSettings` can say, what was found out from the stream's beginning."""

    @property
    def offset(self) -> int:
        """How many bytes of its stream the rows so far made up."""

    @property
    def share_done(self) -> float | None:
        """The share of all rows that were yielded, where that is known; then `offset` is not."""

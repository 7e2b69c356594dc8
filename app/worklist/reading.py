"""A finished work list, CSV or XLSX, read row by row; what is no work list any more is refused.

Somebody may have opened it in a spreadsheet in between: sorted, filtered, columns of their own
put beside the others. All of that is fine. Nobody is told anything by a list of which one row
cannot be understood, since a person left out in silence would never learn it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from app.errors import InvalidWorkList
from app.reading.columns import looks_like_data
from app.reading.sources.opening import LeakSource, Table
from app.reading.sources.settings import DELIMITED, XLSX, SourceSettings
from app.worklist.columns import ADDED, REASON, RESULT, SCHEMES, SEPARATOR, Outcome

# An apostrophe before what a spreadsheet would take for a formula: put there when the list was
# written, and no part of the value, also where the value has apostrophes of its own. An apostrophe
# before anything else, as in 't Hooft, is the value's. A CSV that was saved as a workbook since
# has them still.
_GUARDED = re.compile(r"'(?='*[=+\-@\t\r\n＝＋－＠])")


@dataclass(frozen=True, slots=True, repr=False)
class WorkListRow:
    """One row of a work list.

    Args:
        line: where it begins, from 1; a row of the sheet in a workbook.
        outcome: what is known of it.
        reason: why it could not be checked; or empty.
        schemes: those that said yes.
        cells: the laboratory's own, as many as `WorkList.header` has.
    """

    line: int
    outcome: Outcome
    reason: str
    schemes: tuple[str, ...]
    cells: tuple[str, ...]

    def __repr__(self) -> str:
        return f"WorkListRow(line={self.line}, outcome={self.outcome!s}, …)"


class WorkList:
    """An opened work list.

    Args:
        table: the file, its columns known.

    Raises:
        InvalidWorkList: it lacks a column that a work list has, or has one twice.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._added = {name: _position(name, table.header) for name in ADDED}
        left_out = set(self._added.values())
        self._own = [p for p in range(len(table.header)) if p not in left_out]
        self.header: Sequence[str] = tuple(table.header[position] for position in self._own)

    def rows(self) -> Iterator[WorkListRow]:
        """Yield the rows, once, whatever their outcome.

        Raises:
            InvalidWorkList: a row cannot be understood; said with its line and column.
            InvalidSource: the file cannot be read to its end.
        """
        for line, values, _reason in self._table.rows():
            if values is None:
                raise InvalidWorkList(
                    f"line {line:,} has not as many columns as the first line names",
                    hint="check the file again, or mend that line: everybody in it must be told",
                )
            yield WorkListRow(
                line=line,
                outcome=_outcome(values[self._added[RESULT]], line),
                reason=_unguarded(values[self._added[REASON]]).strip(),
                schemes=_listed(values[self._added[SCHEMES]]),
                cells=tuple(_unguarded(values[position]) for position in self._own),
            )

    @property
    def sha256(self) -> bytes:
        """Digest of the file as it is; of all of it after the last row."""
        return self._table.sha256


@contextmanager
def open_work_list(stream: BinaryIO, sheet: str | None = None) -> Iterator[WorkList]:
    """Open a work list, and let go of what reads it at the end of the block.

    Args:
        stream: the file, from its beginning.
        sheet: of a workbook; None for the first.

    Raises:
        InvalidWorkList: it is a file of another kind, or lacks a column that a work list has.
        InvalidSource: it cannot be read.
        InvalidMapping: it has no sheet of that name.
    """
    with LeakSource(stream, SourceSettings(sheet=sheet)).open() as table:
        if table.settings.format not in (DELIMITED, XLSX):
            raise InvalidWorkList(
                "the file is neither CSV nor XLSX", hint="give what concerne check wrote"
            )
        yield WorkList(table)


def _position(name: str, header: Sequence[str]) -> int:
    found = header.count(name)
    if found == 1:
        return header.index(name)
    what = "has no column" if found == 0 else f"has {found} columns"
    raise InvalidWorkList(f"the work list {what} {name}", hint=_header_hint(header))


def _header_hint(header: Sequence[str]) -> str:
    """List the columns that are there, unless the first line is somebody's row."""
    if any(map(looks_like_data, header)):
        return "give what concerne check wrote, with the first line that names its columns"
    return (
        f"give what concerne check wrote, with all its columns; this file has"
        f" {', '.join(repr(column) for column in header)}"
    )


def _outcome(cell: str, line: int) -> Outcome:
    try:
        return Outcome(cell.strip())
    except ValueError:
        known = ", ".join(repr(outcome.value) for outcome in Outcome)
        raise InvalidWorkList(
            f"line {line:,} has in {RESULT} what no check writes", hint=f"it writes {known}"
        ) from None


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in cell.split(SEPARATOR.strip()))))


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell

"""A Parquet file, read in a process of its own (`isolated`), a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import pyarrow
import pyarrow.parquet

from app.errors import InvalidSource
from app.reading.sources.cells import cell_text

_BATCH_ROWS = 1024
# Read a column's pages as they are needed, and not a row group of a million rows at once.
_BUFFER_BYTES = 1024 * 1024


class ParquetTable:
    """Implements `isolated.Content`.

    Columns inside a structure are named with a dot: `patient.nir`.

    Args:
        stream: the file.
        wanted: the columns that are looked for; the others are not read. Empty for all.

    Raises:
        InvalidSource: it is no Parquet file, or it is damaged.
    """

    header_rows = 0
    unread_sheets = 0

    def __init__(self, stream: BinaryIO, wanted: Sequence[str]) -> None:
        pyarrow.set_cpu_count(1)
        try:
            self._file = pyarrow.parquet.ParquetFile(
                stream, buffer_size=_BUFFER_BYTES, pre_buffer=False, page_checksum_verification=True
            )
            self.header: Sequence[str] = list(_paths(self._file.schema_arrow))
        except (pyarrow.ArrowException, OSError, ValueError) as exc:
            raise _damaged() from exc
        self.total = self._file.metadata.num_rows
        found = [place for place, name in enumerate(self.header) if name in wanted]
        # Of columns that share a name, only all can be asked for.
        is_all = not found or len(set(self.header)) < len(self.header)
        self._places = list(range(len(self.header))) if is_all else found
        self._columns = None if is_all else [self.header[place] for place in found]

    def rows(self, done: int) -> Iterator[Sequence[str] | None]:
        """Yield the rows after the first `done`; what is not wanted of them is empty."""
        groups = self._groups_after(done)
        done -= sum(self._rows_of(group) for group in range(groups.start))
        for texts in self._texts(groups, done):
            row = [""] * len(self.header)
            for place, text in zip(self._places, texts, strict=True):
                row[place] = text
            yield row

    def _groups_after(self, done: int) -> range:
        """Return the row groups that hold rows after the first `done`."""
        first, count = 0, self._file.metadata.num_row_groups
        while first < count and self._rows_of(first) <= done:
            done -= self._rows_of(first)
            first += 1
        return range(first, count)

    def _rows_of(self, group: int) -> int:
        rows: int = self._file.metadata.row_group(group).num_rows
        return rows

    def _texts(self, groups: range, passed: int) -> Iterator[tuple[str, ...]]:
        batches = self._file.iter_batches(
            _BATCH_ROWS, row_groups=list(groups), columns=self._columns, use_threads=False
        )
        try:
            for batch in batches:
                skipped = min(passed, batch.num_rows)
                passed -= skipped
                columns = _flat(batch.slice(skipped))
                texts = [list(map(cell_text, column.to_pylist())) for column in columns]
                yield from zip(*texts, strict=True)
        except (pyarrow.ArrowException, OSError, ValueError) as exc:
            raise _damaged() from exc


def _paths(fields: Iterable[pyarrow.Field], before: str = "") -> Iterator[str]:
    for field in fields:
        if pyarrow.types.is_struct(field.type):
            yield from _paths(field.type, f"{before}{field.name}.")
        else:
            yield before + field.name


def _flat(batch: pyarrow.RecordBatch) -> Sequence[pyarrow.ChunkedArray]:
    """Return the columns in the order of their paths, those inside structures too."""
    table = pyarrow.Table.from_batches([batch])
    while any(pyarrow.types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    columns: Sequence[pyarrow.ChunkedArray] = table.columns
    return columns


def _damaged() -> InvalidSource:
    return InvalidSource(
        "the Parquet file is damaged or cut off",
        hint="get the file again: what can be read of it would not be all of it",
    )

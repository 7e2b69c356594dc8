"""The process in which workbooks and Parquet files are read: `python -m …isolated FORMAT OPTIONS`.

Their libraries are made to be fast on good files. A workbook of 1,500 bytes makes one of them ask
for 400 GB and abort; here that ends this process and no other. The file is standard input; its
rows go to standard output as JSON, a few hundred a line; nothing is ever written elsewhere.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, Protocol

from app.errors import ConcerneError
from app.plaintext.process import confine
from app.reading.sources.settings import XLSX

# What a sheet of as many rows as there can be takes, with twenty columns of text.
ADDRESS_SPACE_BYTES = 4 * 1024 * 1024 * 1024
ROWS_PER_MESSAGE = 256


class Content(Protocol):
    """A table in a file that is open.

    Args:
        header: the column names; as many empty texts where none are there.
        header_rows: how many rows there are up to the one that names the columns, if one does.
        total: how many rows there are, those included.
        unread_sheets: of a workbook, those that hold something and are not read.
    """

    header: Sequence[str]
    header_rows: int
    total: int
    unread_sheets: int

    def rows(self, done: int) -> Iterator[Sequence[str] | None]:
        """Yield the rows after the first `done` of all; None for one that is empty."""


def main(arguments: Sequence[str]) -> int:
    """Read the file, and write what is in it.

    Args:
        arguments: the format, and options as JSON.
    """
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    confine()
    name, options = arguments[0], json.loads(arguments[1])
    try:
        content = _open(name, _seekable(sys.stdin.buffer), options)
        _write(
            {
                "header": content.header,
                "header_rows": content.header_rows,
                "total": content.total,
                "unread_sheets": content.unread_sheets,
            }
        )
        rows = content.rows(options["done"])
        while batch := list(islice(rows, ROWS_PER_MESSAGE)):
            _write(batch)
        _write({"end": True})
    except ConcerneError as error:
        _write({"error": type(error).__name__, "message": error.message, "hint": error.hint})
    return 0


def _open(name: str, stream: BinaryIO, options: dict[str, Any]) -> Content:
    # Only the library of this one format is loaded.
    if name == XLSX:
        from app.reading.sources.workbook import Sheet  # noqa: PLC0415

        return Sheet(stream, options["sheet"], has_header=options["has_header"])
    from app.reading.sources.parquet import ParquetTable  # noqa: PLC0415

    return ParquetTable(stream, options["wanted"])


def _seekable(stream: BinaryIO) -> BinaryIO:
    return stream if stream.seekable() else io.BytesIO(stream.read())


def _write(message: Any) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")))
    sys.stdout.write("\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""From a stream of bytes to the rows in it, whatever stands around and between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from app.errors import InvalidMapping
from app.reading.sources.bytestream import ByteSource, DigestingSource, Prefix
from app.reading.sources.childprocess import ChildReader
from app.reading.sources.delimited import DelimitedReader
from app.reading.sources.encodings import TextStream
from app.reading.sources.formats import (
    PARQUET_MAGIC,
    SQL_DIALECTS,
    check_known,
    check_may_lack_names,
    text_format,
)
from app.reading.sources.layers import Layers
from app.reading.sources.ndjson import JsonLinesReader
from app.reading.sources.rows import LineCounts, Place, Row, RowReader
from app.reading.sources.settings import (
    AUTO,
    DELIMITED,
    NDJSON,
    PARQUET,
    UTF8,
    UTF16_ENCODINGS,
    XLSX,
    SourceSettings,
)
from app.reading.sources.sqldump import SqlDumpReader
from app.reading.sources.utf16 import BYTE_ORDER_MARKS, Utf16Source


@dataclass(frozen=True, slots=True)
class Position:
    """Where the reading of a source stands after a row: all that is needed to go on from there.

    Holds no value of the source; of a dump, whose tables have names by definition, the columns.

    Args:
        place: the format's own, as `RowReader.place` gives it.
        counts: what became of the lines so far.
        prefix: of the source as it was given, as far as it had been read; somewhat further than
            the row.
    """

    place: Place
    counts: LineCounts
    prefix: Prefix

    def as_json(self) -> dict[str, Any]:
        """Return it as what json can write."""
        return {
            "place": dict(self.place),
            "counts": asdict(self.counts),
            "bytes": self.prefix.size_bytes,
            "sha256": self.prefix.sha256.hex(),
        }

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Position:
        """Return what `as_json` was called on."""
        prefix = Prefix(written["bytes"], bytes.fromhex(written["sha256"]))
        return cls(written["place"], LineCounts(**written["counts"]), prefix)


class Table:
    """An opened source: its columns, its rows, and how far it has been read.

    Args:
        source: the bytes as they were given.
        layers: what stands around their content.
        reader: of the content's format.
        settings: what was known of its form.
    """

    def __init__(
        self,
        source: DigestingSource,
        layers: Layers,
        reader: RowReader,
        settings: SourceSettings,
    ) -> None:
        self._source = source
        self._layers = layers
        self._reader = reader
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the threads and processes that read on in the background."""
        self._reader.close()
        self._layers.close()

    @property
    def header(self) -> Sequence[str]:
        """The column names; as many empty texts where the source has none."""
        return self._reader.header

    @property
    def settings(self) -> SourceSettings:
        """What is known of the source's form by now; with it, it is read in the same way."""
        found: Mapping[str, Any] = self._reader.found
        return replace(self._settings, **found)

    @property
    def unread_sheets(self) -> int:
        """Of a workbook, how many sheets hold something and are not read."""
        return self._reader.unread_sheets if isinstance(self._reader, ChildReader) else 0

    def check_whole(self) -> None:
        """Check that nobody takes a workbook for read of which only the first sheet would be.

        Raises:
            InvalidMapping: other sheets hold something, and [source] does not say which one counts.
        """
        unread = self.unread_sheets
        if unread and self._settings.sheet is None:
            raise InvalidMapping(
                f"the workbook has {unread} more {'sheet' if unread == 1 else 'sheets'} with"
                " something in them, and only one is read",
                hint='name it under [source] in the mapping, as its tab does: sheet = "Patients"',
            )

    @property
    def counts(self) -> LineCounts:
        """What became of the lines so far."""
        return self._reader.counts

    def rows(self) -> Iterator[Row]:
        """Yield the rows, once, or those that follow the position it was opened at.

        After the last one the whole source has been read, and nothing of it was lost.

        Raises:
            InvalidSource: the source cannot be read on; or it is not the one that the position
                is of, which shows before the first row.
        """
        rows = self._reader.rows()
        first = next(rows, None)
        # What lies before the position has been read by now, and perhaps not all of the prefix.
        self._source.settle()
        if first is not None:
            yield first
            # What was in a row is forgotten with it.
            del first
            yield from rows
        self._source.drain()
        self.counts.check()

    def position(self) -> Position:
        """Return where the reading stands after the row that was yielded last.

        To be asked between two rows; costs some microseconds.
        """
        return Position(self._reader.place(), replace(self.counts), self._source.prefix)

    @property
    def bytes_done(self) -> int:
        """How many of the source's bytes the rows so far made up, as nearly as can be told."""
        share = self._reader.share_done
        share = self._layers.share_read if share is None else share
        if share is not None:
            return round(share * self._source.size_bytes)
        return self._source.size_bytes if self._layers.is_layered else self._reader.offset

    @property
    def sha256(self) -> bytes:
        """Digest of the source as it was given; of all of it after the last row."""
        return self._source.sha256

    @property
    def size_bytes(self) -> int:
        """Bytes of the source as it was given; all of them after the last row."""
        return self._source.size_bytes


@dataclass(frozen=True, slots=True)
class LeakSource:
    """A source that has not been opened.

    Args:
        stream: its bytes, from the beginning. A file that is read from the disk has advantages:
            what has to be read from anywhere in it need not be kept in memory.
        settings: what is known of its form.
        identities: to decrypt it with, as `encrypted.parse_identities` gives them.
        wanted: the columns that are looked for, if that is known; formats that can then leave
            the others out.
    """

    stream: ByteSource
    settings: SourceSettings
    identities: Sequence[Any] = ()
    wanted: Sequence[str] = ()

    def open(self, position: Position | None = None) -> Table:
        """Read as much of the beginning as tells the columns; may be called once.

        Args:
            position: after which row to go on, if not from the beginning.

        Raises:
            InvalidSource: it cannot be read, or is not the one that the position is of.
            InvalidMapping: the member, the sheet or the table in [source] is not there; or the
                source has column names, and [source] says that it has none.
        """
        source = DigestingSource(self.stream, position.prefix if position else None)
        layers = Layers(self.stream, source, self.identities, self.settings.member)
        try:
            reader = self._reader(layers, position)
        except BaseException:
            layers.close()
            raise
        return Table(source, layers, reader, self.settings)

    def _reader(self, layers: Layers, position: Position | None) -> RowReader:
        settings = self.settings
        # A copy, as the counts of a position stay what they are.
        start = (position.place, replace(position.counts)) if position else (None, None)
        is_parquet = layers.head.startswith(PARQUET_MAGIC)
        if settings.format == XLSX or (settings.format == AUTO and layers.is_workbook):
            sheet = {"sheet": settings.sheet, "has_header": settings.has_header}
            return ChildReader(layers.file() or layers.content, XLSX, sheet, *start)
        if settings.format == PARQUET or (settings.format == AUTO and is_parquet):
            check_may_lack_names(PARQUET, settings)
            wanted = {"wanted": list(self.wanted)}
            return ChildReader(layers.file() or layers.content, PARQUET, wanted, *start)
        text = _text_of(layers, settings)
        name = text_format(text, settings.format)
        if name == DELIMITED:
            return DelimitedReader(text, settings, *start)
        check_may_lack_names(name, settings)
        if name == NDJSON:
            return JsonLinesReader(text, self.wanted, *start)
        return SqlDumpReader(text, SQL_DIALECTS[name], settings.table, *start)


def _text_of(layers: Layers, settings: SourceSettings) -> TextStream:
    check_known(layers.head)
    encoding = settings.encoding
    if encoding == AUTO:
        encoding = BYTE_ORDER_MARKS.get(layers.head[:2], AUTO)
    if encoding in UTF16_ENCODINGS:
        layers.is_layered = True
        return TextStream(Utf16Source(layers.content, encoding), UTF8)
    return TextStream(layers.content, encoding)

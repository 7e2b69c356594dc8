"""From a stream of bytes to the rows in it, whatever stands around and between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.ingest.sources.bytestream import ByteSource, DigestingSource, Prefix
from app.ingest.sources.delimited import DelimitedReader
from app.ingest.sources.encodings import TextStream
from app.ingest.sources.rows import LineCounts, Place, Row, RowReader
from app.ingest.sources.settings import SourceSettings


@dataclass(frozen=True, slots=True)
class Position:
    """Where the reading of a source stands after a row: all that is needed to go on from there.

    Holds no value of the source, nor a column's name.

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
        reader: of their format.
        is_layered: the format's stream is not the source itself: compressed, or encrypted.
    """

    def __init__(self, source: DigestingSource, reader: RowReader, *, is_layered: bool) -> None:
        self._source = source
        self._reader = reader
        self._is_layered = is_layered

    @property
    def header(self) -> Sequence[str]:
        """The column names."""
        return self._reader.header

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
            yield from rows
        self._source.drain()
        self.counts.check()

    def position(self) -> Position:
        """Return where the reading stands after the row that was yielded last.

        To be asked between two rows; costs some microseconds.
        """
        counts = LineCounts(**asdict(self.counts))
        return Position(self._reader.place(), counts, self._source.prefix)

    @property
    def bytes_done(self) -> int:
        """How many of the source's bytes the rows so far made up, as nearly as can be told."""
        if self._reader.share_done is not None:
            return round(self._reader.share_done * self._source.size_bytes)
        return self._source.size_bytes if self._is_layered else self._reader.offset

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
        stream: its bytes, from the beginning.
        settings: what is known of its form.
    """

    stream: ByteSource
    settings: SourceSettings

    def open(self, position: Position | None = None) -> Table:
        """Read as much of the beginning as tells the columns; may be called once.

        Args:
            position: after which row to go on, if not from the beginning.

        Raises:
            InvalidSource: it cannot be read, or is not the one that the position is of.
        """
        source = DigestingSource(self.stream, position.prefix if position else None)
        text = TextStream(source, self.settings.encoding)
        place, counts = (position.place, position.counts) if position else (None, None)
        reader = DelimitedReader(text, self.settings, place, counts)
        return Table(source, reader, is_layered=False)

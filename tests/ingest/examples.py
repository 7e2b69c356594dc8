"""Sources, mappings and a database to read them into, for the tests of ingest and storage."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, func, select

from app.crypto.keyring import KeyRing
from app.crypto.signing import SigningKey
from app.crypto.stretch import INSECURE_TEST_ONLY, StretchProfile
from app.exposure.catalogue import Catalogue
from app.exposure.keyholder import LocalKeyHolder
from app.ingest.pipeline import Ingest, IngestReport
from app.lifecycle.clearing import Clearing
from app.lifecycle.forgetting import suppressed
from app.lifecycle.publishing import Publishing
from app.reading.mapping import parse_mapping
from app.reading.rejects import DEFAULT_LIMIT, RejectLimit, RejectReport
from app.reading.sample import Look, PeekedSource
from app.reading.sources.bytestream import ByteSource
from app.reading.sources.delimited import DelimitedReader
from app.reading.sources.encodings import Line, TextStream
from app.reading.sources.opening import LeakSource
from app.reading.sources.rows import Row
from app.reading.sources.settings import SourceSettings
from app.scope.counting import ScopeCensus
from app.storage.clearing import SqlClearingStore
from app.storage.datasets import SqlDatasetStore
from app.storage.drafts import SqlDraftStore
from app.storage.engine import open_database
from app.storage.epochs import SqlEpochStore
from app.storage.forgetting import SqlForgettingStore
from app.storage.published import SqlPublishedStore
from app.storage.tables import Dataset, Entry, Range, SchemeIndex
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML

ENDS_ON = date(2999, 1, 1)
PHONES_TOML = """\
[fields]
phone = "TEL"

[dataset]
title = "Made up"
breach_date = 2021-02-23
"""


class ShortReads:
    """A source that cannot seek and gives a few bytes at a time, as a pipe may."""

    def __init__(self, content: bytes, size: int = 7) -> None:
        self._stream = io.BytesIO(content)
        self._size = size

    def read(self, size: int, /) -> bytes:
        return self._stream.read(min(size, self._size))


class FailsAfter(io.BytesIO):
    """A source on a device that breaks."""

    def __init__(self, content: bytes, good_bytes: int) -> None:
        super().__init__(content)
        self._good_bytes = good_bytes

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self._good_bytes:
            raise OSError(5, "Input/output error")
        return super().read(size)


@dataclass
class Watch:
    """An observer that remembers, and may do something the first time it is told."""

    on_reading: Callable[[], None] | None = None
    on_publishing: Callable[[], None] | None = None
    on_rekeying: Callable[[], None] | None = None
    rekeyed: list[tuple[int, int]] = field(default_factory=list)
    seen: list[dict[str, int]] = field(default_factory=list)
    published: dict[str, int] = field(default_factory=dict)

    def reading(self, *, bytes_done: int, rows: int, inputs: int) -> None:
        self.seen.append({"bytes_done": bytes_done, "rows": rows, "inputs": inputs})
        if self.on_reading:
            self.on_reading()

    def rekeying(self, *, done: int, total: int) -> None:
        self.rekeyed.append((done, total))
        if self.on_rekeying:
            self.on_rekeying()

    def publishing(self, *, scheme: str, entries: int) -> None:
        self.published[scheme] = entries
        if self.on_publishing:
            self.on_publishing()


@dataclass
class House:
    """A data folder with everything that reads from it or writes to it."""

    folder: Path
    engine: Engine

    @property
    def ring(self) -> KeyRing:
        return KeyRing(self.folder / "keys")

    @property
    def drafts(self) -> SqlDraftStore:
        return SqlDraftStore(self.engine)

    def ingest(
        self,
        source: bytes | ByteSource | LeakSource,
        mapping: str = MAPPING_TOML,
        dataset: str = "demo",
        observer: Watch | None = None,
        max_rejects: RejectLimit = DEFAULT_LIMIT,
        report: RejectReport | None = None,
        *,
        is_draft: bool = False,
        is_anew: bool = False,
        is_added: bool = False,
        profile: StretchProfile = INSECURE_TEST_ONLY,
    ) -> IngestReport:
        """Ingest a source, and publish it unless it is to stay a draft."""
        columns = parse_mapping(mapping)
        if not isinstance(source, LeakSource):
            stream = io.BytesIO(source) if isinstance(source, bytes) else source
            source = LeakSource(stream, columns.source, (), columns.column_names)
        running = self.an_ingest(observer, max_rejects, report, profile)
        told = running.run(source, columns, dataset, is_anew=is_anew, is_added=is_added)
        if not is_draft:
            self.publishing.publish(dataset, by="somebody")
        return told

    def an_ingest(
        self,
        observer: Watch | None = None,
        max_rejects: RejectLimit = DEFAULT_LIMIT,
        report: RejectReport | None = None,
        profile: StretchProfile = INSECURE_TEST_ONLY,
    ) -> Ingest:
        return Ingest(
            store=self.drafts,
            epochs=SqlEpochStore(self.engine),
            ring=self.ring,
            profile=profile,
            workers=2,
            observer=observer or Watch(),
            max_rejects=max_rejects,
            report=report,
            ends_on=ENDS_ON,
            forgotten=suppressed(SqlForgettingStore(self.engine), self.folder / "keys"),
            census=ScopeCensus(self.ring),
        )

    @property
    def publishing(self) -> Publishing:
        return Publishing(
            self.datasets, self.ring, self.signing_key, program="0", clearing=self.clearing
        )

    @property
    def clearing(self) -> Clearing:
        return Clearing(SqlClearingStore(self.engine), self.ring)

    @property
    def datasets(self) -> SqlDatasetStore:
        return SqlDatasetStore(self.engine)

    def signing_key(self) -> SigningKey:
        return SigningKey.of(self.folder / "keys")

    def catalogue(self, *, resident_bytes: int = 2**20) -> tuple[Catalogue, LocalKeyHolder]:
        holder = LocalKeyHolder(self.ring)
        catalogue = Catalogue(
            SqlPublishedStore(self.engine),
            holder,
            resident_bytes=resident_bytes,
            stale_after_seconds=600,
        )
        catalogue.renew()
        return catalogue, holder

    def rows_in(self) -> dict[str, int]:
        """Return how many rows each table of a dataset's contents has."""
        with Session(self.engine) as session:
            return {
                table.__name__: session.exec(select(func.count()).select_from(table)).one()
                for table in (Dataset, SchemeIndex, Entry, Range)
            }

    def check_empty(self) -> None:
        """Check that no dataset, nothing of one, and no key is left."""
        assert set(self.rows_in().values()) == {0}
        assert self.ring.names() == []


@contextmanager
def house(folder: Path) -> Iterator[House]:
    engine = open_database(folder)
    try:
        yield House(folder, engine)
    finally:
        engine.dispose()


@cache
def leak(rows: int, seed: int = 1) -> tuple[bytes, bytes]:
    """Return a made-up leak and its truth."""
    out, truth = io.BytesIO(), io.BytesIO()
    synthesise(rows=rows, seed=seed, out=out, truth=truth)
    return out.getvalue(), truth.getvalue()


def phones(count: int, first: int = 0) -> bytes:
    """Return a source of distinct made-up numbers, as `PHONES_TOML` reads it."""
    return b"TEL\n" + b"".join(b"019900%04d\n" % n for n in range(first, first + count))


def look_at(content: bytes, identities: Sequence[Any] = ()) -> Look:
    """Return what opens a source as often as it is asked, as that of a file does."""
    return lambda settings: LeakSource(io.BytesIO(content), settings, identities).open()


def peek_at(source: PeekedSource) -> Look:
    """Return what opens the beginning of a source that is a stream."""
    return lambda settings: LeakSource(source.beginning(), settings).open()


def lines_of(source: ByteSource | bytes, encoding: str = "auto") -> list[Line]:
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    text = TextStream(stream, encoding)
    return list(text.lines(text.start, 0))


def read(text: str | bytes, delimiter: str = ";") -> tuple[DelimitedReader, list[Row]]:
    raw = text.encode() if isinstance(text, str) else text
    text_stream = TextStream(io.BytesIO(raw), "utf-8")
    reader = DelimitedReader(text_stream, SourceSettings(delimiter=delimiter))
    return reader, list(reader.rows())


def titled(suggestion: str) -> str:
    """Fill in what a suggested mapping leaves to whoever publishes."""
    filled = suggestion.replace('# title = "…"\n# breach_date', 'title = "Made up"\nbreach_date')
    assert filled != suggestion
    return filled

"""One leak in: read as a stream, kept as elements, published as ranges; the plaintext nowhere.

Nothing is half-done: until the last transaction the dataset answers nobody, and whatever ends a
run early takes the draft and its keys away again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass

from app.crypto.keyring import KeyRing
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import StretchProfile
from app.errors import DatasetExists, InvalidSource, KeyExists, KeyRingError, Unavailable
from app.ingest.delimited import DelimitedReader, LineCounts, Row
from app.ingest.encodings import LineReader
from app.ingest.evaluation import Evaluator
from app.ingest.mapping import SourceMapping
from app.ingest.ports import (
    DatasetDraft,
    Draft,
    DraftStore,
    IndexPublication,
    Observer,
    SourceReport,
)
from app.ingest.progress import Progress
from app.ingest.publication import index_of
from app.ingest.records import RecordReader
from app.ingest.source import ByteSource, DigestingSource
from app.protocol.parameters import check_slug, key_name

FIRST_EPOCH = 1
# A commit rewrites about one page an entry: often enough to lose little, seldom enough to cost
# nothing beside Argon2id, and in memory a few megabytes at most.
COMMIT_SECONDS = 5.0
COMMIT_ENTRIES = 50_000


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, in numbers.

    Args:
        source: what was read.
        lines: what became of the physical lines.
        entries: distinct inputs, by scheme.
        inputs: inputs that were stretched.
    """

    source: SourceReport
    lines: LineCounts
    entries: Mapping[str, int]
    inputs: int


class Ingest:
    """Fills and publishes one new dataset.

    Args:
        store: where drafts are kept.
        ring: where the new keys go, one for each scheme.
        profile: the cost of a stretch.
        workers: threads that stretch.
        observer: is told how far it is.
    """

    def __init__(
        self,
        *,
        store: DraftStore,
        ring: KeyRing,
        profile: StretchProfile,
        workers: int,
        observer: Observer,
    ) -> None:
        self._store = store
        self._ring = ring
        self._profile = profile
        self._workers = workers
        self._observer = observer

    def run(self, source: ByteSource, mapping: SourceMapping, dataset: str) -> IngestReport:
        """Read the source to its end and publish it as epoch 1 of a new dataset.

        Raises:
            DatasetExists: the slug is taken; nothing was read.
            KeyExists: there are keys of a dataset of that name, which the store does not know.
            InvalidMapping: the mapping does not fit the source's header; nothing was written.
            InvalidSource: the source cannot be read, or no row gives an identifier; all that was
                written is gone again.
        """
        check_slug(dataset)
        self._store.check_absent(dataset)
        digesting = DigestingSource(source)
        lines = LineReader(digesting, mapping.encoding)
        reader = DelimitedReader(lines, mapping.delimiter, mapping.has_header)
        rows = reader.open()
        records = RecordReader(mapping, reader.header)

        self._clear_the_way(dataset)
        try:
            keys = self._make_keys(dataset, mapping)
            draft = self._store.begin(_draft_of(dataset, mapping, self._profile, keys))
            stretched = self._fill(draft, keys, reader, rows, records)
            report = SourceReport(digesting.sha256, digesting.size_bytes, records.counts)
            entries = self._publish(draft, dataset, keys, report)
        except BaseException:
            self._undo(dataset)
            raise
        return IngestReport(report, reader.counts, entries, stretched)

    def _undo(self, dataset: str) -> None:
        """Take away what this run wrote; if that fails, the next run does it."""
        # An interruption that comes after the last transaction finds a published dataset.
        with suppress(DatasetExists, Unavailable, KeyRingError, OSError):
            self._store.check_absent(dataset)
            self._discard(dataset)

    def _fill(
        self,
        draft: Draft,
        keys: Mapping[str, EvaluationKey],
        reader: DelimitedReader,
        rows: Iterator[Row],
        records: RecordReader,
    ) -> int:
        """Evaluate all inputs into the draft; return how many were stretched."""
        salt = self._store.deployment().stretch_salt
        evaluator = Evaluator(keys, salt, self._profile, self._workers)
        progress = Progress(self._observer, reader, records)
        buffer = _CommitBuffer(draft)
        # Closed at once, so that no worker computes on while a failure is cleaned up.
        with closing(evaluator.evaluate_all(progress.drawn(rows))) as chunks:
            for chunk in chunks:
                buffer.extend(chunk)
                progress.evaluated(len(chunk))
        buffer.flush()
        progress.tell()
        if not progress.inputs:
            raise InvalidSource(
                f"none of {records.counts.rows:,} rows gives an identifier",
                hint=_most_common_refusals(records),
            )
        return progress.inputs

    def _publish(
        self,
        draft: Draft,
        dataset: str,
        keys: Mapping[str, EvaluationKey],
        report: SourceReport,
    ) -> Mapping[str, int]:
        entries: dict[str, int] = {}

        def indexes() -> Iterator[IndexPublication]:
            for scheme, key in keys.items():
                index = index_of(draft, dataset, scheme, key, report.counts.scheme_rows[scheme])
                self._observer.publishing(scheme=scheme, entries=index.entries)
                entries[scheme] = index.entries
                yield index

        draft.publish(report, indexes())
        return entries

    def _make_keys(self, dataset: str, mapping: SourceMapping) -> Mapping[str, EvaluationKey]:
        return {
            scheme: self._ring.create(key_name(dataset, scheme, FIRST_EPOCH))
            for scheme in mapping.schemes
        }

    def _clear_the_way(self, dataset: str) -> None:
        """Remove what a run left that did not reach its end, and nothing else.

        Raises:
            KeyExists: keys without a draft are of a dataset that was published once: the store is
                an older copy, or another one. Erasing them could not be taken back.
        """
        if self._store.has_draft(dataset):
            self._discard(dataset)
        elif self._keys_of(dataset):
            raise KeyExists(
                f"the key ring holds keys of a dataset {dataset} that the database does not know",
                hint="restore the database they belong to, or move them out of the key ring",
            )

    def _discard(self, dataset: str) -> None:
        """Remove a draft, its keys first: while it is there, the keys are known to be its."""
        for name in self._keys_of(dataset):
            self._ring.erase(name)
        self._store.discard_stale(dataset)

    def _keys_of(self, dataset: str) -> list[str]:
        return [name for name in self._ring.names() if name.startswith(f"{dataset}/")]


class _CommitBuffer:
    """Collects elements, and adds them to the draft now and then."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._begin()

    def _begin(self) -> None:
        self._entries: defaultdict[str, list[Element]] = defaultdict(list)
        self._size = 0
        self._since = time.monotonic()

    def extend(self, chunk: list[tuple[str, Element]]) -> None:
        for scheme, element in chunk:
            self._entries[scheme].append(element)
        self._size += len(chunk)
        if self._size >= COMMIT_ENTRIES or time.monotonic() - self._since >= COMMIT_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self._size:
            self._draft.add(self._entries)
        self._begin()


def _draft_of(
    dataset: str,
    mapping: SourceMapping,
    profile: StretchProfile,
    keys: Mapping[str, EvaluationKey],
) -> DatasetDraft:
    return DatasetDraft(
        dataset=dataset,
        title=mapping.title,
        breach_date=mapping.breach_date,
        epoch=FIRST_EPOCH,
        stretch=profile,
        public_keys={scheme: key.public_key for scheme, key in keys.items()},
        public_schemes=mapping.public_schemes,
    )


def _most_common_refusals(records: RecordReader) -> str:
    reasons = (records.counts.refused_values + records.counts.rejects).most_common(3)
    told = ", ".join(f"{reason} ({count:,})" for reason, count in reasons)
    return f"check the mapping: {told}" if told else "the source has a header and nothing else"

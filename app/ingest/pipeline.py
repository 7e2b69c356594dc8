"""One leak in: read as a stream, kept as elements, ready as ranges; the plaintext nowhere.

Nothing is half-done: until the last transaction the draft cannot be published. A run that is
interrupted is gone on with by the next one; one whose source is bad leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial

from app.crypto.keyring import KeyRing
from app.crypto.stretch import StretchProfile
from app.errors import InvalidInput, InvalidSource, SourceRepeated, TooManyRejects
from app.ingest.adding import Adding
from app.ingest.beginning import Beginning, Begun
from app.ingest.checkpoints import Checkpoint
from app.ingest.commits import CommitBuffer
from app.ingest.evaluation import Evaluator
from app.ingest.ports import (
    Census,
    Count,
    CurrentEpoch,
    DraftStore,
    EpochStore,
    Forgotten,
    IndexPublication,
    Observer,
    SourceReport,
)
from app.ingest.progress import Progress
from app.ingest.publication import index_of
from app.ingest.tallies import Tallies
from app.protocol.parameters import check_slug
from app.reading.mapping import SourceMapping
from app.reading.records import RecordReader
from app.reading.rejects import DEFAULT_LIMIT, NoReport, RejectLimit, RejectReport
from app.reading.sources.bytestream import ByteSource, DigestingSource, Prefix
from app.reading.sources.opening import LeakSource, Position, Table
from app.reading.sources.rows import LineCounts


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, in numbers.

    Args:
        source: what was read.
        lines: what became of the physical lines.
        entries: distinct inputs, by scheme.
        inputs: inputs that were stretched.
        not_followed: what the mapping says otherwise than the dataset that it was added to.
        unread_sheets: of a workbook, those that hold something and were not to be read.
    """

    source: SourceReport
    lines: LineCounts
    entries: Mapping[str, int]
    inputs: int
    not_followed: tuple[str, ...] = ()
    unread_sheets: int = 0


@dataclass(frozen=True, slots=True)
class _Reading:
    """One open source that is read to its end, into one draft, and counted where it is to be."""

    dataset: str
    begun: Begun
    table: Table
    records: RecordReader
    count: Count | None


class Ingest:
    """Fills a new dataset, or the next epoch of one; neither answers until it is published.

    Args:
        store: where drafts are kept.
        epochs: where what a source is added to is.
        ring: where the new keys go, one for each scheme.
        profile: the cost of a stretch, for a new dataset; one that is added to keeps its own.
        workers: threads that stretch.
        observer: is told how far it is.
        max_rejects: with more rejects than these, nothing is published.
        report: is told each reject.
        ends_on: the day, UTC, with whose beginning a new dataset is erased.
        forgotten: whom to leave out, or None when there is nobody.
        census: counts what shape the leak has, or None.
    """

    def __init__(
        self,
        *,
        store: DraftStore,
        epochs: EpochStore,
        ring: KeyRing,
        profile: StretchProfile,
        workers: int,
        observer: Observer,
        ends_on: date,
        max_rejects: RejectLimit = DEFAULT_LIMIT,
        report: RejectReport | None = None,
        forgotten: Forgotten | None = None,
        census: Census | None = None,
    ) -> None:
        self._store = store
        self._epochs = epochs
        self._first = Beginning(store, ring, profile, ends_on)
        self._next = Adding(epochs, ring, profile, workers, observer)
        self._workers = workers
        self._observer = observer
        self._max_rejects = max_rejects
        self._report = report or NoReport()
        self._forgotten = forgotten
        self._census = census

    def check(self, mapping: SourceMapping, dataset: str, *, is_added: bool = False) -> None:
        """Check, before anything is read or changed, that a run can begin: as `run` raises it."""
        check_slug(dataset)
        (self._next if is_added else self._first).check(dataset, mapping)

    def run(
        self,
        source: LeakSource,
        mapping: SourceMapping,
        dataset: str,
        *,
        is_anew: bool = False,
        is_added: bool = False,
    ) -> IngestReport:
        """Read the source to its end, as an epoch that can then be published.

        What an interrupted run of the same dataset, source and mapping did is not done again.

        Args:
            source: unopened.
            mapping: which column holds what.
            dataset: its slug.
            is_anew: what an interrupted run left is taken away first, or when something is added
                also what was filled and not published.
            is_added: to what is published, as its next epoch; otherwise as a new dataset.

        Raises:
            DatasetExists: the slug is taken; nothing was read.
            UnknownDataset, StateRefused: there is nothing that it could be added to.
            SourceRepeated: what is added is there already.
            KeyMissing, InvalidKey: the keys of what it is added to are not all there.
            KeyExists: there are keys of a dataset of that name, which the store does not know.
            RunDiffers, SourceDiffers: the interrupted run was begun with something else; it is
                left as it is.
            InvalidMapping: the mapping does not fit the source's header; nothing was written.
            InvalidSource: the source cannot be read to its end, or no row gives an identifier;
                all that was written is gone again.
            TooManyRejects: more rows give none than are accepted; what was read is kept, so that
                a run that accepts more has nothing to do again.
        """
        self.check(mapping, dataset, is_added=is_added)
        beginning = self._next if is_added else self._first
        if is_anew:
            beginning.discard(dataset)
        begun = beginning.take_up(dataset, mapping)
        is_taken_up = begun is not None and begun.checkpoint is not None
        try:
            with source.open(_position(begun)) as table:
                table.check_whole()
                records = self._records(mapping, table, begun)
                if begun is None:
                    begun = beginning.begin(dataset, mapping)
                count = self._begin_count(begun, mapping, table, dataset)
                return self._run(_Reading(dataset, begun, table, records, count))
        except BaseException as exc:
            is_bad = isinstance(exc, InvalidInput) and not isinstance(exc, TooManyRejects)
            # What was taken up is never given up: it may be hours of work, and what is wrong
            # with a source that was readable once may be only what was given with it.
            if begun is not None and (not is_taken_up or isinstance(exc, SourceRepeated)):
                beginning.give_up(dataset, is_bad=is_bad)
            raise

    def repeats(self, source: ByteSource, dataset: str) -> bool:
        """Tell whether these very bytes were read into the dataset already.

        They are only read if the dataset has been filled; then to their end.
        """
        known = self._store.sources(dataset)
        if not known:
            return False
        digesting = DigestingSource(source)
        digesting.drain()
        return digesting.prefix in known

    def _records(self, mapping: SourceMapping, table: Table, begun: Begun | None) -> RecordReader:
        start = begun.checkpoint if begun else None
        counts = start.counts.copy() if start else None
        today = begun.plan.began_on if begun else None
        self._report.go_on(counts.rejected if counts else 0)
        return RecordReader(mapping, table.header, self._rejected, counts=counts, today=today)

    def _begin_count(
        self, begun: Begun, mapping: SourceMapping, table: Table, dataset: str
    ) -> Count | None:
        if self._census is None or begun.draft.has_scope():
            return None
        labels = None
        if begun.checkpoint is not None:
            labels = begun.draft.labels()
        else:
            begun.draft.drop_tallies()
        today = begun.plan.began_on
        return self._census.begin(dataset, begun.epoch, mapping, table.header, today, labels)

    def _finish_count(self, begun: Begun, dataset: str, count: Count | None) -> None:
        """Keep what was counted, and nothing of what it was counted from.

        Each step can be taken again: a run that is interrupted here finds the document, or counts
        from what is still all there.
        """
        if count is not None:
            begun.draft.keep_scope(count.result(begun.draft.labels(), begun.draft.tallies))
        if self._census is not None:
            self._census.end(dataset, begun.epoch)
        begun.draft.drop_tallies()

    def _run(self, reading: _Reading) -> IngestReport:
        begun, table, dataset = reading.begun, reading.table, reading.dataset
        reached = self._fill(reading)
        # A file is known before it is read; what comes through a pipe only now.
        if Prefix(table.size_bytes, table.sha256) in self._store.sources(dataset):
            raise SourceRepeated(f"these bytes are in {dataset} already")
        self._max_rejects.check(reached.counts)
        taken_out = self._taken_out(begun.before)
        report = SourceReport(
            table.sha256,
            table.size_bytes,
            reached.counts,
            reached.forgotten,
            sum(taken_out.values()),
        )
        self._finish_count(begun, dataset, reading.count)
        entries = self._finish(begun, dataset, report, taken_out)
        return IngestReport(
            report, table.counts, entries, reached.inputs, begun.not_followed, table.unread_sheets
        )

    def _taken_out(self, before: CurrentEpoch | None) -> Mapping[str, int]:
        """Return, by scheme, how many entries were taken out of what is added to."""
        if before is None:
            return {}
        return {
            scheme: entries - self._epochs.count_of(before.dataset, scheme, before.epoch)
            for scheme, entries in before.entries.items()
        }

    def _rejected(self, line: int, reason: str) -> None:
        self._report.rejected(line=line, reason=reason)

    def _fill(self, reading: _Reading) -> Checkpoint:
        """Evaluate all inputs into the draft; return the checkpoint at the source's end."""
        begun, table, records = reading.begun, reading.table, reading.records
        salt = self._store.deployment().stretch_salt
        forgotten = self._forgotten
        is_forgotten = None if forgotten is None else partial(forgotten.holds, reading.dataset)
        evaluator = Evaluator(begun.keys, salt, begun.stretch, self._workers, is_forgotten)
        tallies = None if reading.count is None else Tallies(reading.count, begun.draft)
        progress = Progress(self._observer, table, records, begun.checkpoint, tallies)
        buffer = CommitBuffer(begun.draft, self._report, tallies)
        # Closed at once, so that no worker computes on while a failure is cleaned up.
        with closing(evaluator.evaluate_all(progress.drawn(table.rows()))) as chunks:
            for chunk in chunks:
                buffer.extend(chunk)
                progress.evaluated(chunk)
                buffer.flush_if_due(progress.checkpoint)
                progress.tell_now_and_then()
        reached = progress.checkpoint
        if reached is None or not reached.inputs:
            raise InvalidSource(
                f"none of {records.counts.rows:,} rows gives an identifier",
                hint=_most_common_refusals(records),
            )
        buffer.flush(reached)
        progress.tell()
        return reached

    def _finish(
        self, begun: Begun, dataset: str, report: SourceReport, taken_out: Mapping[str, int]
    ) -> Mapping[str, int]:
        entries: dict[str, int] = {}
        rows_before = begun.before.rows if begun.before else {}

        def indexes() -> Iterator[IndexPublication]:
            for scheme, key in begun.keys.items():
                rows = rows_before.get(scheme, 0) + report.counts.scheme_rows[scheme]
                index = index_of(
                    begun.draft,
                    dataset,
                    scheme,
                    key,
                    rows,
                    self._workers,
                    taken_out=taken_out.get(scheme, 0),
                )
                self._observer.publishing(scheme=scheme, entries=index.entries)
                entries[scheme] = index.entries
                yield index

        begun.draft.finish(report, indexes())
        return entries


def _position(begun: Begun | None) -> Position | None:
    return begun.checkpoint.position if begun and begun.checkpoint else None


def _most_common_refusals(records: RecordReader) -> str:
    reasons = (records.counts.refused_values + records.counts.rejects).most_common(3)
    told = ", ".join(f"{reason} ({count:,})" for reason, count in reasons)
    return f"check the mapping: {told}" if told else "the source has a header and nothing else"

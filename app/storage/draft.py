"""One epoch while it is being filled: implements `ingest.ports.Draft`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Engine, insert, update
from sqlmodel import Session, col, delete, func, select

from app.crypto.keys import decode_public_key
from app.crypto.ristretto255 import Element
from app.errors import Unavailable
from app.ingest.checkpoints import Checkpoint, Plan
from app.ingest.ports import EpochDraft, IndexPublication, SourceReport, Tally, UnfinishedRun
from app.lifecycle.audit import Step
from app.storage.audit import record_step
from app.storage.datasets import found_dataset
from app.storage.engine import database_errors, writing
from app.storage.forgetting import new_revision
from app.storage.parameters import stretch_of
from app.storage.runs import (
    ENTRIES,
    IS_REKEYED,
    TAKEN_OUT,
    TOKENS,
    RunState,
    count_tokens,
    running_run,
    saved_id,
)
from app.storage.scope import (
    add_tally,
    delete_tallies,
    has_document,
    keep_document,
    read_labels,
    read_records,
)
from app.storage.tables import Dataset, Entry, IngestRun, Range, SchemeIndex

_ROWS_AT_ONCE = 1000
# As text, because a compiled statement's handling of each value takes longer than the insertion.
_ADD_ENTRY = "INSERT INTO entry (index_id, element) VALUES (?, ?) ON CONFLICT DO NOTHING"


class SqlDraft:
    """One draft in the database; `begin_epoch` and `unfinished_run` give it.

    Args:
        engine: as `open_database` gives it.
        dataset: its slug.
        run_id: of the run that fills it.
        index_ids: by scheme.
        by: who fills it, for the audit trail.
    """

    def __init__(
        self, engine: Engine, dataset: str, run_id: int, index_ids: Mapping[str, int], *, by: str
    ) -> None:
        self._engine = engine
        self._dataset = dataset
        self._run_id = run_id
        self._index_ids = index_ids
        self._by = by

    def add(
        self,
        entries: Mapping[str, Sequence[Element]],
        checkpoint: Checkpoint | None = None,
        tally: Tally | None = None,
    ) -> None:
        """Add elements by scheme, the checkpoint and the tally with them, in one transaction."""
        with database_errors(), Session(self._engine) as session:
            for scheme, elements in entries.items():
                # In order, so that neighbours in the tree are written together.
                index_id = self._index_ids[scheme]
                rows = [(index_id, element) for element in sorted(elements)]
                session.connection().exec_driver_sql(_ADD_ENTRY, rows)
            if checkpoint is not None:
                run = session.get_one(IngestRun, self._run_id)
                run.position = checkpoint.as_json()
                session.add(run)
            if tally is not None:
                add_tally(session, self._run_id, tally.labels, tally.records)
            session.commit()

    def labels(self) -> Iterator[bytes]:
        """Yield the labels of every tally, in order."""
        return read_labels(self._engine, self._run_id)

    def tallies(self) -> Iterator[bytes]:
        """Yield the records of every tally, one at a time."""
        return read_records(self._engine, self._run_id)

    def keep_scope(self, document: str) -> None:
        """Keep what was counted in all."""
        keep_document(self._engine, self._run_id, document)

    def has_scope(self) -> bool:
        """Tell whether that is kept."""
        return has_document(self._engine, self._run_id)

    def drop_tallies(self) -> None:
        """Delete every tally, in pieces."""
        with database_errors(), Session(self._engine) as session:
            delete_tallies(session, [self._run_id])

    def count(self, scheme: str) -> int:
        """Return how many distinct elements a scheme has."""
        index_id = self._index_ids[scheme]
        statement = select(func.count()).select_from(Entry)
        with database_errors(), Session(self._engine) as session:
            return session.exec(statement.where(col(Entry.index_id) == index_id)).one()

    def elements(self, scheme: str) -> Iterator[Element]:
        """Yield a scheme's distinct elements, a page at a time."""
        statement = select(Entry.element).where(col(Entry.index_id) == self._index_ids[scheme])
        with database_errors(), Session(self._engine) as session:
            found = session.exec(statement.execution_options(yield_per=_ROWS_AT_ONCE))
            for page in found.partitions():
                yield from map(Element, page)

    def rekeyed(self) -> None:
        """Note that every element of the epoch before was added."""
        with writing(self._engine) as session:
            run = session.get_one(IngestRun, self._run_id)
            run.counters = (run.counters or {}) | {IS_REKEYED: True}
            session.add(run)

    def finish(self, report: SourceReport, indexes: Iterable[IndexPublication]) -> None:
        """Write the ranges of each index, then note that the epoch is whole."""
        entries: dict[str, int] = {}
        for publication in indexes:
            self._write_index(publication)
            entries[publication.scheme] = publication.entries
        with writing(self._engine) as session:
            run = session.get_one(IngestRun, self._run_id)
            _fill_in(run, report, entries)
            session.add(run)
            counts = {"epoch": run.epoch, "rows": run.rows, "rows_used": run.rows_used}
            record_step(
                session,
                Step.INGEST_FINISHED,
                dataset=self._dataset,
                by=self._by,
                counts=counts | {"entries": sum(entries.values()), "forgotten": run.forgotten},
            )

    def _write_index(self, publication: IndexPublication) -> None:
        """Write it a page at a time: the next one may take long to be made."""
        index_id = self._index_ids[publication.scheme]
        with database_errors(), Session(self._engine) as session:
            # Those that a run left which was interrupted here.
            session.exec(delete(Range).where(col(Range.index_id) == index_id))
            session.exec(
                update(SchemeIndex)
                .where(col(SchemeIndex.id) == index_id)
                .values(
                    entries=publication.entries,
                    rows=publication.rows,
                    prefix_bits=publication.prefix_bits,
                    range_length=publication.range_length,
                    commitment=publication.commitment,
                )
            )
            session.commit()
        for page in _pages(publication.ranges):
            rows = [{"index_id": index_id, "prefix": p, "fingerprints": f} for p, f in page]
            with database_errors(), Session(self._engine) as session:
                session.connection().execute(insert(Range), rows)
                session.commit()


def begin_epoch(engine: Engine, draft: EpochDraft, *, by: str) -> SqlDraft:
    """Write the empty indexes of the epoch whose run was announced."""
    with writing(engine) as session:
        dataset = found_dataset(session, draft.dataset)
        run = running_run(session, dataset)
        if run is None or run.epoch != draft.epoch:
            raise Unavailable("the epoch to be filled is not there any more")
        indexes = _indexes(draft, saved_id(dataset.id))
        session.add_all(indexes)
        session.flush()
        ids = {index.scheme: saved_id(index.id) for index in indexes}
        run_id = saved_id(run.id)
    return SqlDraft(engine, draft.dataset, run_id, ids, by=by)


def unfinished_run(
    session: Session, engine: Engine, dataset: Dataset, run: IngestRun, *, by: str
) -> UnfinishedRun | None:
    """Return what a run left, or None if it did not get as far as to write its indexes."""
    indexes = session.exec(
        select(SchemeIndex)
        .where(col(SchemeIndex.dataset_id) == dataset.id, col(SchemeIndex.epoch) == run.epoch)
        .order_by(col(SchemeIndex.position))
    ).all()
    if not indexes:
        return None
    ids = {index.scheme: saved_id(index.id) for index in indexes}
    begun = run.counters or {}
    return UnfinishedRun(
        plan=Plan(bytes.fromhex(begun["mapping"]), date.fromisoformat(begun["began_on"])),
        stretch=stretch_of(indexes[0]),
        public_keys={i.scheme: decode_public_key(i.public_key) for i in indexes},
        draft=SqlDraft(engine, dataset.slug, saved_id(run.id), ids, by=by),
        checkpoint=None if run.position is None else Checkpoint.from_json(run.position),
        is_overtaken=begun[TOKENS] != count_tokens(session),
        is_rekeyed=bool(begun.get(IS_REKEYED)),
    )


def _indexes(draft: EpochDraft, dataset_id: int) -> list[SchemeIndex]:
    return [
        SchemeIndex(
            dataset_id=dataset_id,
            scheme=scheme,
            epoch=draft.epoch,
            position=position,
            is_public=scheme in draft.public_schemes,
            public_key=public_key,
            stretch_memory_kib=draft.stretch.memory_kib,
            stretch_iterations=draft.stretch.iterations,
            stretch_parallelism=draft.stretch.parallelism,
            revision=new_revision(),
        )
        for position, (scheme, public_key) in enumerate(draft.public_keys.items())
    ]


def _fill_in(run: IngestRun, report: SourceReport, entries: Mapping[str, int]) -> None:
    counts = report.counts
    run.state = RunState.FINISHED
    run.position = None
    run.finished_at = datetime.now(UTC)
    run.source_sha256 = report.sha256
    run.source_bytes = report.size_bytes
    run.rows = counts.rows
    run.rows_used = counts.used
    run.forgotten = report.forgotten
    run.counters = (run.counters or {}) | {
        TAKEN_OUT: report.taken_out,
        ENTRIES: dict(entries),
    }
    run.rejects = {
        reason: {"rows": rows, "first_lines": counts.reject_lines[reason]}
        for reason, rows in counts.rejects.items()
    }
    run.refused_values = dict(counts.refused_values)


def _pages(ranges: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    page: list[tuple[int, bytes]] = []
    for each in ranges:
        page.append(each)
        if len(page) == _ROWS_AT_ONCE:
            yield page
            page = []
    if page:
        yield page

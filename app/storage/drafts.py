"""Datasets that are being filled: implements `ingest.ports.DraftStore`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, update
from sqlmodel import Session, col, delete, func, select

from app.crypto.ristretto255 import Element
from app.errors import DatasetExists
from app.identity.schemes import NORMALISATION_VERSION
from app.ingest.ports import DatasetDraft, IndexPublication, SourceReport
from app.protocol.parameters import DeploymentParameters
from app.storage.engine import database_errors
from app.storage.tables import Dataset, Deployment, Entry, IngestRun, Range, SchemeIndex

_ROWS_AT_ONCE = 1000
_DELETED_AT_ONCE = 50_000
# As text, because a compiled statement's handling of each value takes longer than the insertion.
_ADD_ENTRY = "INSERT INTO entry (index_id, element) VALUES (?, ?) ON CONFLICT DO NOTHING"


def deployment_parameters(session: Session) -> DeploymentParameters:
    """Return the deployment's public parameters."""
    deployment = session.exec(select(Deployment)).one()
    return DeploymentParameters(deployment.stretch_salt, NORMALISATION_VERSION)


class SqlDraftStore:
    """Drafts in the database.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def deployment(self) -> DeploymentParameters:
        """Return the deployment's public parameters."""
        with database_errors(), Session(self._engine) as session:
            return deployment_parameters(session)

    def check_absent(self, dataset: str) -> None:
        """Raise DatasetExists if a published dataset has that slug."""
        with database_errors(), Session(self._engine) as session:
            found = session.exec(select(Dataset).where(col(Dataset.slug) == dataset)).first()
            if found is not None and found.epoch is not None:
                raise DatasetExists(
                    f"the dataset {dataset} is already published",
                    hint="give this leak another --dataset",
                )

    def has_draft(self, dataset: str) -> bool:
        """Tell whether a run that did not reach its end left a draft of that slug."""
        draft = (col(Dataset.slug) == dataset) & col(Dataset.epoch).is_(None)
        with database_errors(), Session(self._engine) as session:
            return session.exec(select(Dataset.id).where(draft)).first() is not None

    def discard_stale(self, dataset: str) -> None:
        """Remove the draft of that slug, if there is one; a published dataset is left as it is."""
        with database_errors(), Session(self._engine) as session:
            draft = (col(Dataset.slug) == dataset) & col(Dataset.epoch).is_(None)
            ids = session.exec(
                select(SchemeIndex.id)
                .join(Dataset, col(SchemeIndex.dataset_id) == col(Dataset.id))
                .where(draft)
            ).all()
            session.rollback()
            for index_id in ids:
                _delete_entries(session, index_id)
            session.exec(delete(Dataset).where(draft))
            session.commit()

    def begin(self, draft: DatasetDraft) -> SqlDraft:
        """Write the draft and its empty indexes."""
        with database_errors(), Session(self._engine) as session:
            dataset = Dataset(slug=draft.dataset, title=draft.title, breach_date=draft.breach_date)
            session.add(dataset)
            session.flush()
            indexes = _indexes(draft, _saved_id(dataset.id))
            session.add_all(indexes)
            session.commit()
            ids = {index.scheme: _saved_id(index.id) for index in indexes}
            return SqlDraft(self._engine, _saved_id(dataset.id), draft.epoch, ids)


class SqlDraft:
    """One draft in the database: implements `ingest.ports.Draft`."""

    def __init__(
        self, engine: Engine, dataset_id: int, epoch: int, index_ids: Mapping[str, int]
    ) -> None:
        self._engine = engine
        self._dataset_id = dataset_id
        self._epoch = epoch
        self._index_ids = index_ids

    def add(self, entries: Mapping[str, Sequence[Element]]) -> None:
        """Add elements by scheme, in one transaction; those that are there already stay one."""
        with database_errors(), Session(self._engine) as session:
            for scheme, elements in entries.items():
                # In order, so that neighbours in the tree are written together.
                index_id = self._index_ids[scheme]
                rows = [(index_id, element) for element in sorted(elements)]
                session.connection().exec_driver_sql(_ADD_ENTRY, rows)
            session.commit()

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

    def publish(self, report: SourceReport, indexes: Iterable[IndexPublication]) -> None:
        """Write the ranges of each index, then make the epoch the current one."""
        for publication in indexes:
            with database_errors(), Session(self._engine) as session:
                self._write_index(session, publication)
                session.commit()
        now = datetime.now(UTC)
        with database_errors(), Session(self._engine) as session:
            session.add(_run_of(self._dataset_id, report, now))
            session.flush()
            session.exec(
                update(Dataset)
                .where(col(Dataset.id) == self._dataset_id)
                .values(
                    rows=report.counts.rows,
                    rows_rejected=report.counts.rejected,
                    epoch=self._epoch,
                    published_at=now,
                )
            )
            session.commit()

    def _write_index(self, session: Session, publication: IndexPublication) -> None:
        index_id = self._index_ids[publication.scheme]
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
        for page in _pages(publication.ranges):
            rows = [{"index_id": index_id, "prefix": p, "fingerprints": f} for p, f in page]
            session.connection().execute(insert(Range), rows)


def _delete_entries(session: Session, index_id: int | None) -> None:
    """Delete an index's entries in pieces, as one statement keeps what it changes in memory."""
    some = select(Entry.element).where(col(Entry.index_id) == index_id).limit(_DELETED_AT_ONCE)
    deletion = delete(Entry).where(
        col(Entry.index_id) == index_id, col(Entry.element).in_(some.scalar_subquery())
    )
    while session.exec(deletion).rowcount:
        session.commit()
    session.commit()


def _indexes(draft: DatasetDraft, dataset_id: int) -> list[SchemeIndex]:
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
        )
        for position, (scheme, public_key) in enumerate(draft.public_keys.items())
    ]


def _run_of(dataset_id: int, report: SourceReport, now: datetime) -> IngestRun:
    counts = report.counts
    return IngestRun(
        dataset_id=dataset_id,
        finished_at=now,
        source_sha256=report.sha256,
        source_bytes=report.size_bytes,
        rows=counts.rows,
        rows_used=counts.used,
        rejects={
            reason: {"rows": rows, "first_lines": counts.reject_lines[reason]}
            for reason, rows in counts.rejects.items()
        },
        refused_values=dict(counts.refused_values),
    )


def _saved_id(number: int | None) -> int:
    if number is None:
        raise ValueError("the row has no id before it is flushed")
    return number


def _pages(ranges: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    page: list[tuple[int, bytes]] = []
    for each in ranges:
        page.append(each)
        if len(page) == _ROWS_AT_ONCE:
            yield page
            page = []
    if page:
        yield page

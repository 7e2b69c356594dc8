"""Datasets that are being filled: implements `ingest.ports.DraftStore`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from app.errors import DatasetExists
from app.ingest.beginning import FIRST_EPOCH
from app.ingest.checkpoints import Plan
from app.ingest.ports import EpochDraft, NewDataset, UnfinishedRun
from app.lifecycle.audit import Step
from app.lifecycle.erasure import BY_PROGRAM
from app.lifecycle.states import DatasetState
from app.protocol.parameters import DeploymentParameters
from app.reading.sources.bytestream import Prefix
from app.storage.audit import record_step
from app.storage.contents import delete_contents
from app.storage.draft import SqlDraft, begin_epoch, unfinished_run
from app.storage.engine import database_errors, writing
from app.storage.parameters import deployment_parameters
from app.storage.runs import RunState, announce_run, newest_filled_run
from app.storage.scope import delete_tallies
from app.storage.tables import Dataset, IngestRun, SchemeIndex

_TAKEN = {
    DatasetState.DRAFT: (
        "is filled, and waits to be published",
        "concerne dataset publish or erase it, or give this leak another --dataset",
    ),
    DatasetState.PUBLISHED: (
        "is already published",
        "give this leak another --dataset, or --add to add it to this one",
    ),
    DatasetState.RETIRED: (
        "is retired",
        "give this leak another --dataset; or publish this one again, and then --add to it",
    ),
    DatasetState.ERASED: (
        "was erased, and its name is not used again",
        "give this leak another --dataset",
    ),
}


class SqlDraftStore:
    """Drafts in the database.

    Args:
        engine: as `open_database` gives it.
        by: who fills them, for the audit trail.
    """

    def __init__(self, engine: Engine, *, by: str = BY_PROGRAM) -> None:
        self._engine = engine
        self._by = by

    def deployment(self) -> DeploymentParameters:
        """Return the deployment's public parameters."""
        with database_errors(), Session(self._engine) as session:
            return deployment_parameters(session)

    def check_absent(self, dataset: str) -> None:
        """Raise DatasetExists if the slug is taken by anything but an unfinished draft."""
        with database_errors(), Session(self._engine) as session:
            found = session.exec(select(Dataset).where(col(Dataset.slug) == dataset)).first()
            if found is None or _is_unfinished(session, found):
                return
            told, hint = _TAKEN[DatasetState(found.state)]
            raise DatasetExists(f"the dataset {dataset} {told}", hint=hint)

    def has_draft(self, dataset: str) -> bool:
        """Tell whether a run that did not reach its end left a draft of that slug."""
        with database_errors(), Session(self._engine) as session:
            found = session.exec(select(Dataset).where(col(Dataset.slug) == dataset)).first()
            return found is not None and _is_unfinished(session, found)

    def unfinished(self, dataset: str) -> UnfinishedRun | None:
        """Return such a run, if it got as far as a checkpoint."""
        with database_errors(), Session(self._engine) as session:
            found = session.exec(select(Dataset).where(col(Dataset.slug) == dataset)).first()
            if found is None or not _is_unfinished(session, found):
                return None
            run = session.exec(
                select(IngestRun).where(
                    col(IngestRun.dataset_id) == found.id,
                    col(IngestRun.state) == RunState.RUNNING,
                )
            ).first()
            # Schema 1 noted no run before its end.
            if run is None or run.position is None:
                return None
            return unfinished_run(session, self._engine, found, run, by=self._by)

    def sources(self, dataset: str) -> Collection[Prefix]:
        """Return length and digest of each source that was read to its end into the dataset."""
        finished = (
            select(IngestRun)
            .join(Dataset, col(IngestRun.dataset_id) == col(Dataset.id))
            .where(
                col(Dataset.slug) == dataset,
                col(Dataset.state) != DatasetState.ERASED,
                col(IngestRun.state) == RunState.FINISHED,
            )
        )
        with database_errors(), Session(self._engine) as session:
            runs = session.exec(finished).all()
            return {Prefix(r.source_bytes, r.source_sha256) for r in runs if r.source_sha256}

    def discard_stale(self, dataset: str) -> None:
        """Remove the unfinished draft of that slug, if there is one; all else is left as it is."""
        if not self.has_draft(dataset):
            return
        with database_errors(), Session(self._engine) as session:
            indexes = select(SchemeIndex.id).join(
                Dataset, col(SchemeIndex.dataset_id) == col(Dataset.id)
            )
            ids = session.exec(indexes.where(col(Dataset.slug) == dataset)).all()
            runs = session.exec(
                select(IngestRun.id)
                .join(Dataset, col(IngestRun.dataset_id) == col(Dataset.id))
                .where(col(Dataset.slug) == dataset)
            ).all()
            session.rollback()
            delete_tallies(session, runs)
            delete_contents(session, ids)
        with writing(self._engine) as session:
            is_draft = col(Dataset.state) == DatasetState.DRAFT
            session.exec(delete(Dataset).where(col(Dataset.slug) == dataset, is_draft))
            counts = {"epoch": FIRST_EPOCH}
            record_step(session, Step.INGEST_ABORTED, dataset=dataset, by=self._by, counts=counts)

    def announce(self, dataset: NewDataset, plan: Plan) -> None:
        """Write the dataset, and that its first run is begun."""
        with writing(self._engine) as session:
            written = Dataset(
                slug=dataset.dataset,
                title=dataset.title,
                breach_date=dataset.breach_date,
                state=DatasetState.DRAFT,
                ends_on=dataset.ends_on,
            )
            session.add(written)
            session.flush()
            announce_run(session, written, FIRST_EPOCH, plan, by=self._by)

    def begin(self, draft: EpochDraft) -> SqlDraft:
        """Write the empty indexes of the epoch that was announced."""
        return begin_epoch(self._engine, draft, by=self._by)


def _is_unfinished(session: Session, dataset: Dataset) -> bool:
    is_draft = dataset.state == DatasetState.DRAFT
    return is_draft and newest_filled_run(session, dataset) is None

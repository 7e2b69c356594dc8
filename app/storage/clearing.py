"""Epochs that will never answer again: implements `lifecycle.ports.ClearingStore`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from app.lifecycle.audit import Step
from app.lifecycle.states import DatasetState
from app.storage.audit import record_step
from app.storage.contents import delete_contents
from app.storage.datasets import found_dataset
from app.storage.engine import database_errors, scrub, writing
from app.storage.runs import got_somewhere, running_run
from app.storage.scope import delete_tallies
from app.storage.tables import Dataset, IngestRun, SchemeIndex, SignedManifest

_IS_SUPERSEDED = (col(SchemeIndex.epoch) < col(Dataset.epoch)) & (
    col(Dataset.state) != DatasetState.ERASED
)


class SqlClearingStore:
    """Erases epochs in the database.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self) -> Sequence[str]:
        """Return the datasets of which an older epoch is left over."""
        found = (
            select(Dataset.slug)
            .join(SchemeIndex, col(SchemeIndex.dataset_id) == col(Dataset.id))
            .where(_IS_SUPERSEDED)
            .order_by(col(Dataset.slug))
            .distinct()
        )
        with database_errors(), Session(self._engine) as session:
            return session.exec(found).all()

    def left_over(self, dataset: str) -> Sequence[int]:
        """Return the epochs of a dataset that will never answer again."""
        superseded = (
            select(SchemeIndex.epoch)
            .join(Dataset, col(SchemeIndex.dataset_id) == col(Dataset.id))
            .where(_IS_SUPERSEDED, col(Dataset.slug) == dataset)
            .order_by(col(SchemeIndex.epoch))
            .distinct()
        )
        with database_errors(), Session(self._engine) as session:
            epochs = list(session.exec(superseded).all())
            found = session.exec(select(Dataset).where(col(Dataset.slug) == dataset)).first()
            # A draft's own run is the next ingest's business.
            if found is not None and found.epoch and found.state != DatasetState.ERASED:
                run = running_run(session, found)
                if run is not None and not got_somewhere(run):
                    epochs.append(run.epoch)
            return epochs

    def delete_contents(self, dataset: str, epoch: int) -> None:
        """Delete an epoch's entries and ranges, in pieces."""
        with database_errors(), Session(self._engine) as session:
            delete_epoch_contents(session, dataset, epoch)

    def scrub(self) -> None:
        """Fold the journal in and cut it."""
        scrub(self._engine)

    def finish(self, dataset: str, epoch: int, by: str) -> None:
        """Delete what is known of an epoch, and tell the audit trail."""
        with writing(self._engine) as session:
            forget_epoch(session, dataset, epoch, by)


def delete_epoch_contents(session: Session, dataset: str, epoch: int) -> None:
    """Delete an epoch's entries, ranges and tallies, and commit each piece."""
    found = found_dataset(session, dataset)
    ids = session.exec(
        select(SchemeIndex.id).where(
            col(SchemeIndex.dataset_id) == found.id, col(SchemeIndex.epoch) == epoch
        )
    ).all()
    runs = session.exec(
        select(IngestRun.id).where(
            col(IngestRun.dataset_id) == found.id, col(IngestRun.epoch) == epoch
        )
    ).all()
    session.rollback()
    delete_tallies(session, runs)
    delete_contents(session, ids)


def forget_epoch(session: Session, dataset: str, epoch: int, by: str) -> None:
    """Delete the indexes of an epoch that is empty, and what else is known of it.

    The runs of an older epoch stay: the sources that they read are in the newer ones.
    """
    found = found_dataset(session, dataset)
    is_superseded = epoch < (found.epoch or 0)
    tables = (SchemeIndex, SignedManifest) if is_superseded else (SchemeIndex, IngestRun)
    for table in tables:
        session.exec(
            delete(table).where(col(table.dataset_id) == found.id, col(table.epoch) == epoch)
        )
    step = Step.EPOCH_ERASED if is_superseded else Step.INGEST_ABORTED
    record_step(session, step, dataset=dataset, by=by, counts={"epoch": epoch})

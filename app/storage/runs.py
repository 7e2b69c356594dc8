"""What became of the runs that filled a dataset."""

from __future__ import annotations

from enum import StrEnum

from sqlmodel import Session, col, select

from app.storage.tables import Dataset, IngestRun


class RunState(StrEnum):
    """Where a run stands. What ended early goes away with what it filled, and has no state."""

    RUNNING = "running"
    FINISHED = "finished"


def newest_filled_run(session: Session, dataset: Dataset) -> IngestRun | None:
    """Return the run whose epoch is whole and waits to be published, or None."""
    return session.exec(
        select(IngestRun)
        .where(
            col(IngestRun.dataset_id) == dataset.id,
            col(IngestRun.state) == RunState.FINISHED,
            col(IngestRun.epoch) > (dataset.epoch or 0),
        )
        .order_by(col(IngestRun.epoch).desc(), col(IngestRun.id).desc())
        .limit(1)
    ).first()

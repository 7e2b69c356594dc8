"""What became of the runs that filled a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from sqlmodel import Session, col, func, select

from app.ingest.checkpoints import Plan
from app.lifecycle.audit import Step
from app.storage.audit import record_step
from app.storage.tables import Dataset, Forgotten, IngestRun

# What a run notes beside its plan, in `counters`.
TAKEN_OUT = "taken_out"
# By scheme, how many entries all sources gave when it was at its end.
ENTRIES = "entries"
IS_REKEYED = "is_rekeyed"
# How many tokens of forgotten people there were when it began.
TOKENS = "tokens"


class RunState(StrEnum):
    """Where a run stands. What ended early goes away with what it filled, and has no state."""

    RUNNING = "running"
    FINISHED = "finished"


def announce_run(session: Session, dataset: Dataset, epoch: int, plan: Plan, *, by: str) -> None:
    """Write a run that begins, with its event."""
    run = IngestRun(
        dataset_id=saved_id(dataset.id),
        epoch=epoch,
        state=RunState.RUNNING,
        started_at=datetime.now(UTC),
        counters={
            "mapping": plan.mapping_sha256.hex(),
            "began_on": plan.began_on.isoformat(),
            TOKENS: count_tokens(session),
        },
    )
    session.add(run)
    counts = {"epoch": epoch}
    record_step(session, Step.INGEST_STARTED, dataset=dataset.slug, by=by, counts=counts)


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


def finished_runs(session: Session, dataset: Dataset) -> Sequence[IngestRun]:
    """Return the runs whose sources make up the newest epoch that is whole, the first first."""
    return session.exec(
        select(IngestRun)
        .where(col(IngestRun.dataset_id) == dataset.id, col(IngestRun.state) == RunState.FINISHED)
        .order_by(col(IngestRun.epoch), col(IngestRun.id))
    ).all()


def running_run(session: Session, dataset: Dataset) -> IngestRun | None:
    """Return the run that fills a dataset's next epoch, interrupted or not, or None."""
    return session.exec(
        select(IngestRun).where(
            col(IngestRun.dataset_id) == dataset.id,
            col(IngestRun.state) == RunState.RUNNING,
            col(IngestRun.epoch) > (dataset.epoch or 0),
        )
    ).first()


def taken_out_before(run: IngestRun) -> int:
    """Return how many entries had been taken out of the dataset when a run added to it."""
    return int((run.counters or {}).get(TAKEN_OUT, 0))


def growth_of(runs: Sequence[IngestRun]) -> list[dict[str, int] | None]:
    """Return by how many entries of each scheme a dataset grew with each of its runs, in order.

    None for what was read before that was noted, and for what came next.
    """
    noted: list[dict[str, int] | None] = [(run.counters or {}).get(ENTRIES) for run in runs]
    before: list[dict[str, int] | None] = [{}, *noted[:-1]]
    return [
        None if now is None or then is None else {s: n - then.get(s, 0) for s, n in now.items()}
        for then, now in zip(before, noted, strict=True)
    ]


def count_tokens(session: Session) -> int:
    """Return how many tokens of forgotten people there are; none is ever taken away."""
    return session.exec(select(func.count()).select_from(Forgotten)).one()


def saved_id(number: int | None) -> int:
    """Return the number of a row that was written."""
    if number is None:
        raise ValueError("the row has no id before it is flushed")
    return number


def got_somewhere(run: IngestRun) -> bool:
    """Tell whether a run that was interrupted is worth being taken up."""
    return run.position is not None or bool((run.counters or {}).get(IS_REKEYED))

"""The states of datasets: implements `lifecycle.ports.DatasetStore`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.errors import StateRefused, Unavailable, UnknownDataset
from app.lifecycle.audit import Step
from app.lifecycle.ports import DatasetRecord, FilledEpoch
from app.lifecycle.states import DatasetState, check_transition
from app.storage.audit import record_step
from app.storage.engine import database_errors, writing
from app.storage.parameters import dataset_parameters, deployment_parameters
from app.storage.runs import newest_filled_run
from app.storage.tables import Dataset, IngestRun, SchemeIndex, SignedManifest


def found_dataset(session: Session, dataset: str) -> Dataset:
    """Return a dataset's row.

    Raises:
        UnknownDataset: there is none of that name.
    """
    found = session.exec(select(Dataset).where(col(Dataset.slug) == dataset)).first()
    if found is None:
        raise UnknownDataset(
            "there is no dataset of that name", hint="concerne dataset list names them"
        )
    return found


def move_to(session: Session, dataset: Dataset, state: DatasetState) -> None:
    """Give a dataset another state, in the session's transaction.

    Raises:
        StateRefused: it cannot follow.
    """
    check_transition(dataset.slug, DatasetState(dataset.state), state)
    dataset.state = state.value
    session.add(dataset)


class SqlDatasetStore:
    """Datasets in the database, whatever their state.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def datasets(self) -> Sequence[DatasetRecord]:
        """Return all datasets, by slug."""
        with database_errors(), Session(self._engine) as session:
            found = session.exec(select(Dataset).order_by(col(Dataset.slug))).all()
            return [_record(session, dataset) for dataset in found]

    def dataset(self, dataset: str) -> DatasetRecord:
        """Return one dataset."""
        with database_errors(), Session(self._engine) as session:
            return _record(session, found_dataset(session, dataset))

    def filled_epoch(self, dataset: str, published_at: datetime) -> FilledEpoch | None:
        """Return the epoch that waits to be published, as it would be at that instant."""
        with database_errors(), Session(self._engine) as session:
            found = found_dataset(session, dataset)
            run = newest_filled_run(session, found)
            if run is None:
                return None
            return _filled_epoch(session, found, run, published_at)

    def publish(self, dataset: str, by: str, filled: FilledEpoch | None, manifest: str) -> None:
        """Publish an epoch with its manifest, or what was retired once more."""
        with writing(self._engine) as session:
            found = found_dataset(session, dataset)
            if filled is None or found.state != DatasetState.PUBLISHED:
                move_to(session, found, DatasetState.PUBLISHED)
            if filled is not None:
                _make_current(session, found, filled, manifest)
            counts = {"epoch": found.epoch or 0, "rows": found.rows}
            record_step(session, Step.PUBLISHED, dataset=dataset, by=by, counts=counts)

    def retire(self, dataset: str, by: str) -> None:
        """Let a published dataset answer nobody."""
        with writing(self._engine) as session:
            found = found_dataset(session, dataset)
            move_to(session, found, DatasetState.RETIRED)
            record_step(session, Step.RETIRED, dataset=dataset, by=by)

    def manifest(self, dataset: str) -> str:
        """Return the signed manifest of the current epoch."""
        with database_errors(), Session(self._engine) as session:
            found = found_dataset(session, dataset)
            signed = session.get(SignedManifest, (found.id, found.epoch))
            if signed is None:
                raise StateRefused(
                    f"the dataset {dataset} has no manifest",
                    hint="one is made with each publication, and goes with the erasure",
                )
            return signed.jws

    def certificate(self, dataset: str) -> str:
        """Return the signed certificate of erasure."""
        with database_errors(), Session(self._engine) as session:
            found = found_dataset(session, dataset)
            if found.certificate is None:
                raise StateRefused(
                    f"the dataset {dataset} has no certificate of erasure",
                    hint="there is one when all of it is gone: concerne dataset erase",
                )
            return found.certificate


def _make_current(session: Session, dataset: Dataset, filled: FilledEpoch, manifest: str) -> None:
    run = newest_filled_run(session, dataset)
    parameters = filled.parameters
    if run is None or run.epoch != parameters.epoch or dataset.id is None:
        raise Unavailable("the epoch to be published is not there any more")
    dataset.epoch = parameters.epoch
    dataset.published_at = parameters.published_at
    dataset.rows = parameters.rows
    dataset.rows_rejected = parameters.rows_rejected
    session.add(dataset)
    session.add(SignedManifest(dataset_id=dataset.id, epoch=parameters.epoch, jws=manifest))


def _filled_epoch(
    session: Session, dataset: Dataset, run: IngestRun, published_at: datetime
) -> FilledEpoch:
    if run.source_sha256 is None:
        raise Unavailable("a finished ingest has no digest of its source")
    parameters = dataset_parameters(
        session,
        dataset,
        epoch=run.epoch,
        published_at=published_at,
        rows=run.rows,
        rows_rejected=run.rows - run.rows_used,
    )
    return FilledEpoch(
        deployment=deployment_parameters(session),
        parameters=parameters,
        source_sha256=run.source_sha256,
        source_bytes=run.source_bytes,
        forgotten=run.forgotten,
    )


def _record(session: Session, dataset: Dataset) -> DatasetRecord:
    waiting = newest_filled_run(session, dataset)
    epoch = waiting.epoch if waiting is not None else dataset.epoch
    indexes = session.exec(
        select(SchemeIndex)
        .where(col(SchemeIndex.dataset_id) == dataset.id, col(SchemeIndex.epoch) == epoch)
        .order_by(col(SchemeIndex.position))
    ).all()
    state = DatasetState(dataset.state)
    published_at = dataset.published_at
    return DatasetRecord(
        dataset=dataset.slug,
        title=dataset.title,
        breach_date=dataset.breach_date,
        state=state,
        ends_on=dataset.ends_on,
        epoch=dataset.epoch,
        # SQLite keeps no time zone; what was written is UTC.
        published_at=None if published_at is None else published_at.replace(tzinfo=UTC),
        rows=dataset.rows if waiting is None else waiting.rows,
        rows_rejected=(
            dataset.rows_rejected if waiting is None else waiting.rows - waiting.rows_used
        ),
        entries={index.scheme: index.entries for index in indexes},
        is_filled=waiting is not None,
        is_erasing=state is DatasetState.ERASED and dataset.certificate is None,
    )

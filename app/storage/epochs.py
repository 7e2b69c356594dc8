"""The next epoch of what is published: implements `ingest.ports.EpochStore`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from app.crypto.keys import decode_public_key
from app.crypto.ristretto255 import Element
from app.errors import StateRefused
from app.ingest.checkpoints import Plan
from app.ingest.ports import CurrentEpoch, EpochDraft, UnfinishedRun
from app.lifecycle.ending import has_ended, today
from app.lifecycle.erasure import BY_PROGRAM
from app.lifecycle.states import DatasetState
from app.storage.clearing import delete_epoch_contents, forget_epoch
from app.storage.datasets import found_dataset
from app.storage.draft import SqlDraft, begin_epoch, unfinished_run
from app.storage.engine import database_errors, writing
from app.storage.parameters import stretch_of
from app.storage.runs import (
    IS_REKEYED,
    RunState,
    announce_run,
    newest_filled_run,
    running_run,
    saved_id,
)
from app.storage.tables import Dataset, Entry, SchemeIndex

# Some megabytes: a commit rewrites about one page an entry, however many it has.
ELEMENTS_AT_ONCE = 50_000
_NOT_PUBLISHED = {
    DatasetState.DRAFT: "read its first source to the end and publish it, without --add",
    DatasetState.RETIRED: "concerne dataset publish lets it answer again; then add to it",
    DatasetState.ERASED: "give this leak another --dataset",
}


class SqlEpochStore:
    """Next epochs in the database.

    Args:
        engine: as `open_database` gives it.
        by: who fills them, for the audit trail.
    """

    def __init__(self, engine: Engine, *, by: str = BY_PROGRAM) -> None:
        self._engine = engine
        self._by = by

    def current(self, dataset: str) -> CurrentEpoch:
        """Return what another source can be added to."""
        with database_errors(), Session(self._engine) as session:
            found = found_dataset(session, dataset)
            epoch = _epoch_of(found)
            _check_open(found)
            indexes = session.exec(
                select(SchemeIndex)
                .where(col(SchemeIndex.dataset_id) == found.id, col(SchemeIndex.epoch) == epoch)
                .order_by(col(SchemeIndex.position))
            ).all()
            return CurrentEpoch(
                dataset=dataset,
                title=found.title,
                breach_date=found.breach_date,
                ends_on=found.ends_on,
                epoch=epoch,
                stretch={i.scheme: stretch_of(i) for i in indexes},
                public_keys={i.scheme: decode_public_key(i.public_key) for i in indexes},
                public_schemes=[i.scheme for i in indexes if i.is_public],
                rows={i.scheme: i.rows for i in indexes},
                entries={i.scheme: i.entries for i in indexes},
            )

    def elements_of(self, dataset: str, scheme: str, epoch: int) -> Iterator[Sequence[Element]]:
        """Yield an epoch's elements, a page at a time.

        Each page is a transaction of its own: a reader that stayed would keep the journal growing
        while others write.
        """
        after = b""
        while True:
            with database_errors(), Session(self._engine) as session:
                index_id = _index_id(session, dataset, scheme, epoch)
                page = session.exec(
                    select(Entry.element)
                    .where(col(Entry.index_id) == index_id, col(Entry.element) > after)
                    .order_by(col(Entry.element))
                    .limit(ELEMENTS_AT_ONCE)
                ).all()
            if not page:
                return
            yield [Element(element) for element in page]
            after = page[-1]

    def count_of(self, dataset: str, scheme: str, epoch: int) -> int:
        """Return how many distinct elements an epoch has."""
        with database_errors(), Session(self._engine) as session:
            index_id = _index_id(session, dataset, scheme, epoch)
            counted = select(func.count()).select_from(Entry)
            return session.exec(counted.where(col(Entry.index_id) == index_id)).one()

    def is_filled(self, dataset: str) -> bool:
        """Tell whether an epoch beside the one that answers is whole and waits."""
        with database_errors(), Session(self._engine) as session:
            return newest_filled_run(session, found_dataset(session, dataset)) is not None

    def announce(self, dataset: str, plan: Plan) -> None:
        """Note that the next epoch is begun."""
        with writing(self._engine) as session:
            found = found_dataset(session, dataset)
            announce_run(session, found, _epoch_of(found) + 1, plan, by=self._by)

    def begin(self, draft: EpochDraft) -> SqlDraft:
        """Write the empty indexes of the epoch that was announced."""
        return begin_epoch(self._engine, draft, by=self._by)

    def unfinished(self, dataset: str) -> UnfinishedRun | None:
        """Return what a run that added and did not reach its end left, or None."""
        with database_errors(), Session(self._engine) as session:
            found = found_dataset(session, dataset)
            run = running_run(session, found)
            if run is None or found.epoch is None:
                return None
            return unfinished_run(session, self._engine, found, run, by=self._by)

    def abandon(self, dataset: str) -> int | None:
        """Note that the epoch beside the one that answers got nowhere; return its number."""
        with writing(self._engine) as session:
            found = found_dataset(session, dataset)
            if found.epoch is None:
                return None
            run = running_run(session, found) or newest_filled_run(session, found)
            if run is None:
                return None
            run.state, run.position = RunState.RUNNING, None
            run.counters = (run.counters or {}) | {IS_REKEYED: False}
            session.add(run)
            return run.epoch

    def discard(self, dataset: str) -> None:
        """Remove the epoch that was abandoned."""
        with database_errors(), Session(self._engine) as session:
            run = running_run(session, found_dataset(session, dataset))
            if run is None:
                return
            epoch = run.epoch
            delete_epoch_contents(session, dataset, epoch)
        with writing(self._engine) as session:
            forget_epoch(session, dataset, epoch, self._by)


def _epoch_of(dataset: Dataset) -> int:
    if dataset.state != DatasetState.PUBLISHED or dataset.epoch is None:
        state = DatasetState(dataset.state)
        raise StateRefused(
            f"the dataset {dataset.slug} is {state}; a source is added to what is published",
            hint=_NOT_PUBLISHED[state],
        )
    return dataset.epoch


def _check_open(dataset: Dataset) -> None:
    if has_ended(dataset.ends_on, today()):
        raise StateRefused(f"the dataset {dataset.slug} ended on {dataset.ends_on}")


def _index_id(session: Session, dataset: str, scheme: str, epoch: int) -> int:
    found = session.exec(
        select(SchemeIndex.id)
        .join(Dataset, col(SchemeIndex.dataset_id) == col(Dataset.id))
        .where(
            col(Dataset.slug) == dataset,
            col(SchemeIndex.scheme) == scheme,
            col(SchemeIndex.epoch) == epoch,
        )
    ).one()
    return saved_id(found)

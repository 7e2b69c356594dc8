"""Takes people out, and remembers them as tokens: implements `lifecycle.ports.ForgettingStore`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, delete, select

from app.crypto.keys import decode_public_key
from app.crypto.stretch import StretchProfile
from app.errors import StateRefused, Unavailable
from app.lifecycle.audit import Step
from app.lifecycle.ports import IndexRecord, Removal, Token
from app.lifecycle.states import DatasetState
from app.protocol.parameters import DeploymentParameters
from app.protocol.ranges import without
from app.storage.audit import record_step
from app.storage.datasets import found_dataset
from app.storage.engine import database_errors, scrub, writing
from app.storage.parameters import deployment_parameters, stretch_of
from app.storage.runs import newest_filled_run
from app.storage.tables import Dataset, Entry, Forgotten, Range, SchemeIndex

_REVISION_BITS = 62


def new_revision() -> int:
    """Return what tells the ranges of an index from what they were before."""
    return secrets.randbits(_REVISION_BITS)


class SqlForgettingStore:
    """Takes people out of the database.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def deployment(self) -> DeploymentParameters:
        """Return the deployment's public parameters."""
        with database_errors(), Session(self._engine) as session:
            return deployment_parameters(session)

    def indexes(self, dataset: str) -> Sequence[IndexRecord]:
        """Return a dataset's indexes in every epoch that is whole."""
        with database_errors(), Session(self._engine) as session:
            found = found_dataset(session, dataset)
            return [
                IndexRecord(
                    scheme=index.scheme,
                    epoch=index.epoch,
                    public_key=decode_public_key(index.public_key),
                    prefix_bits=index.prefix_bits,
                    stretch=stretch_of(index),
                )
                for index in _whole_indexes(session, found)
            ]

    def tokens(self) -> Iterator[Token]:
        """Yield every token."""
        with database_errors(), Session(self._engine) as session:
            for row in session.exec(select(Forgotten)):
                profile = StretchProfile(row.memory_kib, row.iterations, row.parallelism)
                yield Token(row.token, row.key_id, profile)

    def forget(
        self, dataset: str, by: str, removals: Sequence[Removal], tokens: Sequence[Token]
    ) -> frozenset[str]:
        """Take one person out and remember the tokens, in one transaction."""
        with writing(self._engine) as session:
            found = found_dataset(session, dataset)
            indexes = {(i.scheme, i.epoch): i for i in _whole_indexes(session, found)}
            taken_out = frozenset(
                removal.scheme
                for removal in removals
                if _take_out(session, indexes[removal.scheme, removal.epoch], removal)
            )
            _remember(session, tokens)
            asked = {removal.scheme for removal in removals}
            counts = {"schemes_asked": len(asked), "schemes_taken_out": len(taken_out)}
            record_step(session, Step.FORGOTTEN, dataset=dataset, by=by, counts=counts)
            return taken_out

    def scrub(self) -> None:
        """Fold the journal in and cut it."""
        scrub(self._engine)


def _whole_indexes(session: Session, dataset: Dataset) -> Sequence[SchemeIndex]:
    waiting = newest_filled_run(session, dataset)
    epoch = dataset.epoch if waiting is None else waiting.epoch
    indexes = session.exec(
        select(SchemeIndex)
        .where(
            col(SchemeIndex.dataset_id) == dataset.id,
            col(SchemeIndex.epoch) <= (epoch or 0),
        )
        .order_by(col(SchemeIndex.position), col(SchemeIndex.epoch))
    ).all()
    if not indexes or dataset.state == DatasetState.ERASED:
        raise StateRefused(f"the dataset {dataset.slug} holds nobody")
    return indexes


def _take_out(session: Session, index: SchemeIndex, removal: Removal) -> bool:
    """Delete the element and put random bytes in the place of its fingerprint, if it is there."""
    deleted = session.exec(
        delete(Entry).where(col(Entry.index_id) == index.id, col(Entry.element) == removal.element)
    ).rowcount
    if not deleted:
        return False
    found = session.get(Range, (index.id, removal.location.prefix))
    if found is None:
        raise Unavailable("the stored ranges of an index are not complete")
    found.fingerprints = without(found.fingerprints, removal.location.fingerprint)
    index.revision = new_revision()
    session.add_all([found, index])
    return True


def _remember(session: Session, tokens: Sequence[Token]) -> None:
    rows = [
        {
            "token": token.token,
            "key_id": token.key_id,
            "memory_kib": token.profile.memory_kib,
            "iterations": token.profile.iterations,
            "parallelism": token.profile.parallelism,
        }
        for token in tokens
    ]
    session.connection().execute(insert(Forgotten).on_conflict_do_nothing(), rows)

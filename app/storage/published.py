"""Datasets that answer: implements `exposure.ports.PublishedStore`."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.errors import EpochGone, Unavailable
from app.exposure.ports import Published
from app.lifecycle.states import DatasetState
from app.protocol.fingerprints import FINGERPRINT_BYTES
from app.protocol.parameters import DatasetParameters
from app.storage.engine import database_errors
from app.storage.parameters import dataset_parameters, deployment_parameters
from app.storage.tables import Dataset, Range, SchemeIndex

# A dataset whose end has come is published until it is erased; that it answers nobody all the
# same is the catalogue's business, which knows what time it is whenever somebody asks.
_IS_PUBLISHED = col(Dataset.state) == DatasetState.PUBLISHED


class SqlPublishedStore:
    """Published datasets in the database.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self) -> Published:
        """Return everything public, as of one moment."""
        with database_errors(), Session(self._engine) as session:
            found = session.exec(select(Dataset).where(_IS_PUBLISHED).order_by(col(Dataset.slug)))
            return Published(
                deployment_parameters(session),
                tuple(_parameters(session, dataset) for dataset in found.all()),
                _revisions(session),
            )

    def read_range(self, dataset: str, scheme: str, epoch: int, prefix: int) -> bytes:
        """Return one range's fingerprints.

        Raises:
            EpochGone: the store has no such epoch, or not any more.
            Unavailable: the range is missing, or is not whole.
        """
        with database_errors(), Session(self._engine) as session:
            index = _index(session, dataset, scheme, epoch)
            found = session.get(Range, (index.id, prefix))
            if found is None:
                raise _missing(session, dataset, epoch)
            _check_length(index, found.fingerprints)
            return found.fingerprints

    def read_span(self, dataset: str, scheme: str, epoch: int, first: int, count: int) -> bytes:
        """Return some ranges of an index end to end, in ascending order of prefix.

        Args:
            dataset: its slug.
            scheme: its name.
            epoch: which.
            first: prefix of the first.
            count: how many.

        Raises:
            EpochGone, Unavailable: as of `read_ranges`.
        """
        with database_errors(), Session(self._engine) as session:
            index = _index(session, dataset, scheme, epoch)
            return _packed(session, dataset, index, range(first, first + count))

    def read_ranges(self, dataset: str, scheme: str, epoch: int) -> bytes:
        """Return all ranges of an index end to end, in ascending order of prefix.

        Raises:
            EpochGone: the store has no such epoch, or not any more.
            Unavailable: a range is missing, or is not whole.
        """
        with database_errors(), Session(self._engine) as session:
            index = _index(session, dataset, scheme, epoch)
            return _packed(session, dataset, index, range(2**index.prefix_bits))


def _index(session: Session, dataset: str, scheme: str, epoch: int) -> SchemeIndex:
    """Return an index that answers, or did before the epoch that does."""
    index = session.exec(
        select(SchemeIndex)
        .join(Dataset, col(SchemeIndex.dataset_id) == col(Dataset.id))
        .where(
            col(Dataset.slug) == dataset,
            _IS_PUBLISHED,
            col(Dataset.epoch) >= epoch,
            col(SchemeIndex.scheme) == scheme,
            col(SchemeIndex.epoch) == epoch,
        )
    ).first()
    if index is None:
        raise _gone()
    return index


def _packed(session: Session, dataset: str, index: SchemeIndex, prefixes: range) -> bytes:
    """Return the ranges of consecutive prefixes end to end."""
    found = session.exec(
        select(Range.prefix, Range.fingerprints)
        .where(
            col(Range.index_id) == index.id,
            col(Range.prefix).between(prefixes.start, prefixes.stop - 1),
        )
        .order_by(col(Range.prefix))
        .execution_options(yield_per=256)
    )
    packed = bytearray()
    expected = iter(prefixes)
    for prefix, fingerprints in found:
        if prefix != next(expected):
            raise _missing(session, dataset, index.epoch)
        _check_length(index, fingerprints)
        packed += fingerprints
    if next(expected, None) is not None:
        raise _missing(session, dataset, index.epoch)
    return bytes(packed)


def _check_length(index: SchemeIndex, fingerprints: bytes) -> None:
    if len(fingerprints) != index.range_length * FINGERPRINT_BYTES:
        raise _not_whole()


def _missing(session: Session, dataset: str, epoch: int) -> EpochGone | Unavailable:
    """Return why a range is not there: an older epoch is being erased, or the database is wrong."""
    current = session.exec(select(Dataset.epoch).where(col(Dataset.slug) == dataset)).first()
    return _not_whole() if current == epoch else _gone()


def _gone() -> EpochGone:
    return EpochGone("this epoch of the dataset is not the current one any more")


def _not_whole() -> Unavailable:
    # Read as an answer, it would be "not exposed" for some who are.
    return Unavailable("the stored ranges of an index are not complete")


def _parameters(session: Session, dataset: Dataset) -> DatasetParameters:
    if dataset.epoch is None or dataset.published_at is None:
        raise Unavailable("a published dataset has no epoch")
    return dataset_parameters(
        session,
        dataset,
        epoch=dataset.epoch,
        # SQLite keeps no time zone; what was written is UTC.
        published_at=dataset.published_at.replace(tzinfo=UTC),
        rows=dataset.rows,
        rows_rejected=dataset.rows_rejected,
    )


def _revisions(session: Session) -> dict[tuple[str, str, int], int]:
    found = session.exec(
        select(Dataset.slug, SchemeIndex.scheme, SchemeIndex.epoch, SchemeIndex.revision)
        .join(SchemeIndex, col(SchemeIndex.dataset_id) == col(Dataset.id))
        .where(_IS_PUBLISHED, col(SchemeIndex.epoch) == col(Dataset.epoch))
    )
    return {(slug, scheme, epoch): revision for slug, scheme, epoch, revision in found}

"""Datasets that answer: implements `exposure.ports.PublishedStore`."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.crypto.keys import decode_public_key
from app.crypto.stretch import StretchProfile
from app.errors import EpochGone, Unavailable
from app.exposure.ports import Published
from app.protocol.fingerprints import FINGERPRINT_BYTES
from app.protocol.parameters import DatasetParameters, SchemeParameters
from app.storage.drafts import deployment_parameters
from app.storage.engine import database_errors
from app.storage.tables import Dataset, Range, SchemeIndex


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
            found = session.exec(
                select(Dataset).where(col(Dataset.epoch).is_not(None)).order_by(col(Dataset.slug))
            )
            return Published(
                deployment_parameters(session),
                tuple(_dataset_parameters(session, dataset) for dataset in found.all()),
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
                raise _not_whole()
            _check_length(index, found.fingerprints)
            return found.fingerprints

    def read_ranges(self, dataset: str, scheme: str, epoch: int) -> bytes:
        """Return all ranges of an index end to end, in ascending order of prefix.

        Raises:
            EpochGone: the store has no such epoch, or not any more.
            Unavailable: a range is missing, or is not whole.
        """
        with database_errors(), Session(self._engine) as session:
            index = _index(session, dataset, scheme, epoch)
            ranges = session.exec(
                select(Range.prefix, Range.fingerprints)
                .where(col(Range.index_id) == index.id)
                .order_by(col(Range.prefix))
                .execution_options(yield_per=256)
            )
            packed = bytearray()
            read = 0
            for prefix, fingerprints in ranges:
                if prefix != read:
                    raise _not_whole()
                _check_length(index, fingerprints)
                packed += fingerprints
                read += 1
            if read != 2**index.prefix_bits:
                raise _not_whole()
            return bytes(packed)


def _index(session: Session, dataset: str, scheme: str, epoch: int) -> SchemeIndex:
    """Return an index that answers, or did before the epoch that does."""
    index = session.exec(
        select(SchemeIndex)
        .join(Dataset, col(SchemeIndex.dataset_id) == col(Dataset.id))
        .where(
            col(Dataset.slug) == dataset,
            col(Dataset.epoch) >= epoch,
            col(SchemeIndex.scheme) == scheme,
            col(SchemeIndex.epoch) == epoch,
        )
    ).first()
    if index is None:
        raise EpochGone("this epoch of the dataset is not the current one any more")
    return index


def _check_length(index: SchemeIndex, fingerprints: bytes) -> None:
    if len(fingerprints) != index.range_length * FINGERPRINT_BYTES:
        raise _not_whole()


def _not_whole() -> Unavailable:
    # Read as an answer, it would be "not exposed" for some who are.
    return Unavailable("the stored ranges of an index are not complete")


def _dataset_parameters(session: Session, dataset: Dataset) -> DatasetParameters:
    if dataset.epoch is None or dataset.published_at is None:
        raise Unavailable("a published dataset has no epoch")
    indexes = session.exec(
        select(SchemeIndex)
        .where(col(SchemeIndex.dataset_id) == dataset.id, col(SchemeIndex.epoch) == dataset.epoch)
        .order_by(col(SchemeIndex.position))
    ).all()
    return DatasetParameters(
        dataset=dataset.slug,
        title=dataset.title,
        breach_date=dataset.breach_date,
        # SQLite keeps no time zone; what was written is UTC.
        published_at=dataset.published_at.replace(tzinfo=UTC),
        epoch=dataset.epoch,
        rows=dataset.rows,
        rows_rejected=dataset.rows_rejected,
        schemes={index.scheme: _scheme_parameters(index) for index in indexes},
    )


def _scheme_parameters(index: SchemeIndex) -> SchemeParameters:
    return SchemeParameters(
        scheme=index.scheme,
        epoch=index.epoch,
        public=index.is_public,
        public_key=decode_public_key(index.public_key),
        prefix_bits=index.prefix_bits,
        range_length=index.range_length,
        stretch=StretchProfile(
            index.stretch_memory_kib, index.stretch_iterations, index.stretch_parallelism
        ),
        entries=index.entries,
        rows=index.rows,
        commitment=index.commitment,
    )

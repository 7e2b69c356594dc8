"""From rows to what is public about a deployment, a dataset and its schemes."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from app.crypto.keys import decode_public_key
from app.crypto.stretch import StretchProfile
from app.identity.schemes import NORMALISATION_VERSION
from app.protocol.parameters import DatasetParameters, DeploymentParameters, SchemeParameters
from app.storage.tables import Dataset, Deployment, SchemeIndex


def deployment_parameters(session: Session) -> DeploymentParameters:
    """Return the deployment's public parameters."""
    deployment = session.exec(select(Deployment)).one()
    return DeploymentParameters(deployment.stretch_salt, NORMALISATION_VERSION)


def dataset_parameters(
    session: Session,
    dataset: Dataset,
    *,
    epoch: int,
    published_at: datetime,
    rows: int,
    rows_rejected: int,
) -> DatasetParameters:
    """Return a dataset's parameters in one of its epochs, with that epoch's numbers."""
    indexes = session.exec(
        select(SchemeIndex)
        .where(col(SchemeIndex.dataset_id) == dataset.id, col(SchemeIndex.epoch) == epoch)
        .order_by(col(SchemeIndex.position))
    ).all()
    return DatasetParameters(
        dataset=dataset.slug,
        title=dataset.title,
        breach_date=dataset.breach_date,
        published_at=published_at,
        ends_on=dataset.ends_on,
        epoch=epoch,
        rows=rows,
        rows_rejected=rows_rejected,
        schemes={index.scheme: _scheme_parameters(index) for index in indexes},
    )


def stretch_of(index: SchemeIndex) -> StretchProfile:
    """Return the cost of one input of an index."""
    return StretchProfile(
        index.stretch_memory_kib, index.stretch_iterations, index.stretch_parallelism
    )


def _scheme_parameters(index: SchemeIndex) -> SchemeParameters:
    return SchemeParameters(
        scheme=index.scheme,
        epoch=index.epoch,
        public=index.is_public,
        public_key=decode_public_key(index.public_key),
        prefix_bits=index.prefix_bits,
        range_length=index.range_length,
        stretch=stretch_of(index),
        entries=index.entries,
        rows=index.rows,
        commitment=index.commitment,
    )

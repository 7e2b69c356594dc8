"""Datasets that are erased: implements `lifecycle.ports.ErasureStore`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select

from app.errors import StateRefused
from app.lifecycle.audit import Step
from app.lifecycle.ports import Erasure
from app.lifecycle.states import DatasetState
from app.storage.audit import record_step
from app.storage.contents import delete_contents
from app.storage.datasets import found_dataset, move_to
from app.storage.engine import database_errors, scrub, writing
from app.storage.scope import delete_tallies
from app.storage.tables import Dataset, Entry, IngestRun, Range, SchemeIndex, SignedManifest


class SqlErasureStore:
    """Erases datasets in the database.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, dataset: str, by: str, reason: str, keys: Mapping[str, int]) -> Erasure:
        """Let the dataset answer nobody for ever, and note what there is of it."""
        with writing(self._engine) as session:
            found = found_dataset(session, dataset)
            if found.certificate is not None:
                raise StateRefused(
                    f"the dataset {dataset} was erased already",
                    hint="concerne dataset certificate shows what that left",
                )
            if found.erasure is None:
                found.erasure = _counted(session, found, by, reason, keys)
                move_to(session, found, DatasetState.ERASED)
                counts = _totals(found.erasure)
                record_step(session, Step.ERASURE_STARTED, dataset=dataset, by=by, counts=counts)
            return _erasure_of(found, found.erasure)

    def delete_contents(self, dataset: str) -> None:
        """Delete entries and ranges, in pieces."""
        with database_errors(), Session(self._engine) as session:
            found = found_dataset(session, dataset)
            index_ids = session.exec(
                select(SchemeIndex.id).where(col(SchemeIndex.dataset_id) == found.id)
            ).all()
            run_ids = session.exec(
                select(IngestRun.id).where(col(IngestRun.dataset_id) == found.id)
            ).all()
            session.rollback()
            delete_tallies(session, run_ids)
            delete_contents(session, index_ids)

    def scrub(self) -> None:
        """Fold the journal in and cut it."""
        scrub(self._engine)

    def finish(self, dataset: str, certificate: str, by: str) -> str:
        """Delete all but the name, keep the certificate, and return the one that is kept."""
        with writing(self._engine) as session:
            found = found_dataset(session, dataset)
            if found.certificate is None:
                for table in (SchemeIndex, IngestRun, SignedManifest):
                    session.exec(delete(table).where(col(table.dataset_id) == found.id))
                counts = _totals(found.erasure or {})
                found.epoch = found.published_at = None
                found.rows = found.rows_rejected = 0
                found.certificate = certificate
                session.add(found)
                record_step(session, Step.ERASED, dataset=dataset, by=by, counts=counts)
            kept = found.certificate
        scrub(self._engine)
        return kept

    def due(self, day: date) -> Sequence[str]:
        """Return what ends on a day or before, and what is being erased."""
        has_ended = (col(Dataset.ends_on) <= day) & (col(Dataset.state) != DatasetState.ERASED)
        is_erasing = (col(Dataset.state) == DatasetState.ERASED) & col(Dataset.certificate).is_(
            None
        )
        with database_errors(), Session(self._engine) as session:
            found = select(Dataset.slug).where(has_ended | is_erasing).order_by(col(Dataset.slug))
            return session.exec(found).all()


def _counted(
    session: Session, dataset: Dataset, by: str, reason: str, keys: Mapping[str, int]
) -> dict[str, Any]:
    indexes = session.exec(
        select(SchemeIndex)
        .where(col(SchemeIndex.dataset_id) == dataset.id)
        .order_by(col(SchemeIndex.epoch), col(SchemeIndex.position))
    ).all()
    counts: dict[str, dict[str, int]] = {"entries": {}, "ranges": {}}
    for index in indexes:
        for name, table in (("entries", Entry), ("ranges", Range)):
            rows = select(func.count()).select_from(table)
            number = session.exec(rows.where(col(table.index_id) == index.id)).one()
            counts[name][index.scheme] = counts[name].get(index.scheme, 0) + number
    digests = session.exec(
        select(IngestRun.source_sha256)
        .where(col(IngestRun.dataset_id) == dataset.id, col(IngestRun.source_sha256).is_not(None))
        .order_by(col(IngestRun.id))
    )
    return {
        "began_at": datetime.now(UTC).isoformat(),
        "by": by,
        "reason": reason,
        "keys": dict(keys),
        "sources": [digest.hex() for digest in digests if digest is not None],
        **counts,
    }


def _totals(erasure: Mapping[str, Any]) -> dict[str, int]:
    return {n: sum(erasure[n].values()) for n in ("entries", "ranges", "keys") if n in erasure}


def _erasure_of(dataset: Dataset, noted: Mapping[str, Any]) -> Erasure:
    return Erasure(
        dataset=dataset.slug,
        title=dataset.title,
        began_at=datetime.fromisoformat(noted["began_at"]),
        by=noted["by"],
        reason=noted["reason"],
        entries=noted["entries"],
        ranges=noted["ranges"],
        keys=noted["keys"],
        sources=noted["sources"],
    )

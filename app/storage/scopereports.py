"""What was counted of what is published: implements `scope.ports.ScopeStore`."""

from __future__ import annotations

import json
from datetime import UTC

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.errors import Unavailable, UnknownDataset
from app.lifecycle.states import DatasetState
from app.scope.ports import PublishedScope
from app.scope.source import ScopeSource, SourceTables
from app.storage.engine import database_errors
from app.storage.parameters import dataset_parameters, deployment_parameters
from app.storage.runs import finished_runs, growth_of, taken_out_before
from app.storage.tables import Dataset, IngestRun, ScopeTables


class SqlScopeStore:
    """Scopes in the database.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def published(self, dataset: str) -> PublishedScope:
        """Return a published dataset's scope, as of one moment."""
        with database_errors(), Session(self._engine) as session:
            found = session.exec(
                select(Dataset).where(
                    col(Dataset.slug) == dataset, col(Dataset.state) == DatasetState.PUBLISHED
                )
            ).first()
            if found is None or found.epoch is None or found.published_at is None:
                raise UnknownDataset("no dataset of that name is published")
            parameters = dataset_parameters(
                session,
                found,
                epoch=found.epoch,
                # SQLite keeps no time zone; what was written is UTC.
                published_at=found.published_at.replace(tzinfo=UTC),
                rows=found.rows,
                rows_rejected=found.rows_rejected,
            )
            # What waits to be published is not told yet.
            runs = [run for run in finished_runs(session, found) if run.epoch <= found.epoch]
            sources = tuple(_source(session, n, run) for n, run in enumerate(runs, start=1))
            forgotten = sum(run.forgotten for run in runs) + taken_out_before(runs[-1])
            deployment = deployment_parameters(session)
            grown = tuple(growth_of(runs))
            return PublishedScope(parameters, sources, grown, deployment, forgotten)


def _source(session: Session, number: int, run: IngestRun) -> ScopeSource:
    if run.source_sha256 is None:
        raise Unavailable("a source that was read to its end has no digest")
    kept = session.get(ScopeTables, run.id)
    counted = None if kept is None else SourceTables.from_json(json.loads(kept.document))
    return ScopeSource(
        number=number,
        sha256=run.source_sha256,
        size_bytes=run.source_bytes,
        rows=run.rows,
        rows_used=run.rows_used,
        rejected={reason: noted["rows"] for reason, noted in run.rejects.items()},
        # Below eleven people even their number is not told, and nothing else of them.
        counted=None if counted is None or counted.people is None else counted,
    )

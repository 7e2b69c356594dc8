"""The audit trail in the database: each event in the transaction of the step that it tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.lifecycle.audit import FIRST_PREVIOUS, AuditEvent, Step
from app.storage.engine import database_errors
from app.storage.tables import AuditRecord

_EVENTS_AT_ONCE = 1000


def record_step(
    session: Session, step: Step, *, dataset: str, by: str, counts: Mapping[str, int] | None = None
) -> None:
    """Add an event, to be committed with the step.

    Args:
        session: as `engine.writing` gives it: two events of one number would break the chain.
        step: what was done.
        dataset: its slug.
        by: who did it.
        counts: how many of what.
    """
    newest = select(AuditRecord).order_by(col(AuditRecord.number).desc()).limit(1)
    last = session.exec(newest).first()
    event = AuditEvent(
        number=1 if last is None or last.number is None else last.number + 1,
        at=datetime.now(UTC),
        by=by,
        what=step,
        dataset=dataset,
        counts=counts or {},
        previous=FIRST_PREVIOUS if last is None else last.digest,
    )
    session.add(AuditRecord(number=event.number, event=event.text(), digest=event.digest))


class SqlAuditTrail:
    """The audit trail, to be read.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stored(self) -> Iterator[tuple[str, bytes]]:
        """Yield each event's text and digest, the first first, as of one moment."""
        with database_errors(), Session(self._engine) as session:
            found = session.exec(
                select(AuditRecord.event, AuditRecord.digest)
                .order_by(col(AuditRecord.number))
                .execution_options(yield_per=_EVENTS_AT_ONCE)
            )
            yield from found

"""The audit trail in the database: each event in the transaction of the step that it tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, func, or_, select

from app.lifecycle.audit import FIRST_PREVIOUS, AuditEvent, Step, parse_event
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
    """The audit trail, to be read; implements `lifecycle.history.HistoryStore` as well.

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

    def steps_after(self, number: int, steps: Sequence[Step]) -> tuple[int, Sequence[AuditEvent]]:
        """Return the newest event's number, and the events of these steps after a number.

        Args:
            number: of an event that was read before, or 0.
            steps: which.
        """
        text = col(AuditRecord.event)
        with database_errors(), Session(self._engine) as session:
            newest = session.exec(select(func.max(AuditRecord.number))).one() or 0
            found = session.exec(
                select(AuditRecord.event)
                .where(
                    col(AuditRecord.number).between(number + 1, newest),
                    # Canonical JSON; a quotation mark in a value has a backslash before it.
                    or_(*(text.contains(f'"what":"{step.value}"') for step in steps)),
                )
                .order_by(col(AuditRecord.number))
            )
            return newest, [parse_event(event) for event in found]

"""What was counted of a leak's shape: while a draft is filled, and once it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select

from app.storage.engine import database_errors, writing
from app.storage.tables import ScopeTables, ScopeTally

# Some hundred kilobytes each.
_TALLIES_AT_ONCE = 100


def add_tally(session: Session, run_id: int, labels: bytes, records: bytes) -> None:
    """Add a tally behind the others of a run, in the session's transaction."""
    last = select(func.max(ScopeTally.number)).where(col(ScopeTally.run_id) == run_id)
    number = (session.exec(last).one() or 0) + 1
    session.add(ScopeTally(run_id=run_id, number=number, labels=labels, records=records))


def read_labels(engine: Engine, run_id: int) -> Iterator[bytes]:
    """Yield the labels of a run's tallies, in order."""
    with database_errors(), Session(engine) as session:
        yield from session.exec(
            select(ScopeTally.labels)
            .where(col(ScopeTally.run_id) == run_id)
            .order_by(col(ScopeTally.number))
        ).all()


def read_records(engine: Engine, run_id: int) -> Iterator[bytes]:
    """Yield the records of a run's tallies, one at a time."""
    number = 0
    while True:
        with database_errors(), Session(engine) as session:
            found = session.exec(
                select(ScopeTally.number, ScopeTally.records)
                .where(col(ScopeTally.run_id) == run_id, col(ScopeTally.number) > number)
                .order_by(col(ScopeTally.number))
                .limit(1)
            ).first()
        if found is None:
            return
        number, records = found
        yield records


def keep_document(engine: Engine, run_id: int, document: str) -> None:
    """Keep what was counted in all, in the place of what may be there."""
    with writing(engine) as session:
        session.merge(ScopeTables(run_id=run_id, document=document))


def has_document(engine: Engine, run_id: int) -> bool:
    """Tell whether that is kept."""
    with database_errors(), Session(engine) as session:
        return session.get(ScopeTables, run_id) is not None


def delete_tallies(session: Session, run_ids: Iterable[int | None]) -> None:
    """Delete the tallies of some runs, and commit each piece."""
    for run_id in run_ids:
        is_its = col(ScopeTally.run_id) == run_id
        some = select(ScopeTally.number).where(is_its).limit(_TALLIES_AT_ONCE).scalar_subquery()
        deletion = delete(ScopeTally).where(is_its, col(ScopeTally.number).in_(some))
        while session.exec(deletion).rowcount:
            session.commit()
        session.commit()

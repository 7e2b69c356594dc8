"""Entries and ranges leave the database in pieces: a statement keeps what it changes in memory."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, delete, select

from app.storage.tables import Entry, Range

ENTRIES_AT_ONCE = 50_000
# Some 4 kB each.
RANGES_AT_ONCE = 1000


def delete_contents(session: Session, index_ids: Iterable[int | None]) -> None:
    """Delete all entries and ranges of some indexes, and commit each piece."""
    for index_id in index_ids:
        entries = select(Entry.element).where(col(Entry.index_id) == index_id)
        some = entries.limit(ENTRIES_AT_ONCE).scalar_subquery()
        deletion = delete(Entry).where(
            col(Entry.index_id) == index_id, col(Entry.element).in_(some)
        )
        while session.exec(deletion).rowcount:
            session.commit()
        ranges = select(Range.prefix).where(col(Range.index_id) == index_id)
        few = ranges.limit(RANGES_AT_ONCE).scalar_subquery()
        deletion = delete(Range).where(col(Range.index_id) == index_id, col(Range.prefix).in_(few))
        while session.exec(deletion).rowcount:
            session.commit()
        session.commit()

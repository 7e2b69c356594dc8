"""What everybody may know of the lives of datasets: publications, corrections and erasures.

Taken from the audit trail, which is only ever added to, so that what was told once is told the
same for ever. Who did it stays in the trail. A retirement is not told: it may be undone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.lifecycle.audit import AuditEvent, Step

TOLD_STEPS = (Step.PUBLISHED, Step.ERASED)


class NewsKind(StrEnum):
    """What there is to tell. A correction is another epoch of what was published before."""

    PUBLICATION = "publication"
    CORRECTION = "correction"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell.

    Args:
        kind: what happened.
        at: when, UTC.
        dataset: its slug.
        epoch: that answers from then on; the last one that did, for an erasure.
        rows: that the sources held; 0 for an erasure.
    """

    kind: NewsKind
    at: datetime
    dataset: str
    epoch: int
    rows: int


class HistoryStore(Protocol):
    """Where the audit trail is kept."""

    def steps_after(self, number: int, steps: Sequence[Step]) -> tuple[int, Sequence[AuditEvent]]:
        """Return the newest event's number, and the events of these steps after a number."""


class History:
    """All there is to tell. Each call reads what has come to the trail since the last one.

    Args:
        store: where the trail is.
    """

    def __init__(self, store: HistoryStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._read_to = 0
        self._news: tuple[News, ...] = ()
        self._epochs: dict[str, int] = {}

    def news(self) -> Sequence[News]:
        """Return everything, the first first.

        Raises:
            Unavailable: the trail cannot be read.
        """
        with self._lock:
            newest, events = self._store.steps_after(self._read_to, TOLD_STEPS)
            found = [news for event in events if (news := self._told(event)) is not None]
            self._news, self._read_to = (*self._news, *found), newest
            return self._news

    def _told(self, event: AuditEvent) -> News | None:
        """Return what an event has to tell: what was retired and answers again is no news."""
        last = self._epochs.get(event.dataset, 0)
        if event.what is Step.ERASED:
            # A draft can be erased, too: nobody had ever heard of it.
            kind, epoch, rows = NewsKind.ERASURE, last, 0
        else:
            kind = NewsKind.CORRECTION if last else NewsKind.PUBLICATION
            epoch, rows = event.counts["epoch"], event.counts["rows"]
            if epoch == last:
                return None
        if not epoch:
            return None
        self._epochs[event.dataset] = epoch
        return News(kind, event.at, event.dataset, epoch, rows)


def first_published(news: Sequence[News], dataset: str) -> datetime | None:
    """Return when a dataset was first published, or None if that was before there was a trail."""
    return next(
        (n.at for n in news if n.dataset == dataset and n.kind is NewsKind.PUBLICATION), None
    )

"""How far an ingest is, told in what was evaluated and not in what was read ahead."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from app.crypto.ristretto255 import Element
from app.ingest.checkpoints import Checkpoint, Checkpoints
from app.ingest.distinct import RecentInputs
from app.ingest.ports import Observer
from app.ingest.tallies import Tallies
from app.reading.records import RecordReader
from app.reading.sources.opening import Table
from app.reading.sources.rows import Row

_TOLD_EVERY_SECONDS = 0.2


class Progress:
    """Draws distinct inputs from rows, and tells the observer how far their evaluation is.

    Reading is some seconds ahead of evaluating; what counts as done is what was evaluated.
    """

    def __init__(
        self,
        observer: Observer,
        table: Table,
        records: RecordReader,
        start: Checkpoint | None = None,
        tallies: Tallies | None = None,
    ) -> None:
        self._observer = observer
        self._table = table
        self._records = records
        self._tallies = tallies
        self._recent = RecentInputs()
        self._drawn = self.inputs = start.inputs if start else 0
        self._told_at = 0.0
        self._checkpoints = Checkpoints(start)

    def drawn(self, rows: Iterator[Row]) -> Iterator[tuple[str, bytes]]:
        """Yield the inputs of rows, those that were seen a while ago left out."""
        for row in rows:
            inputs = self._records.inputs(row)
            # Before the place behind the row is noted: what is written with it has this row too.
            if self._tallies is not None:
                self._tallies.row(row, inputs)
            for each in inputs:
                if self._recent.is_new(each[1]):
                    self._drawn += 1
                    yield each
            if self._checkpoints.is_due(self._drawn):
                self._note()
        self._note()

    def _note(self) -> None:
        self._checkpoints.note(self._table.position(), self._records.counts, self._drawn)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The last place behind which every input was evaluated."""
        return self._checkpoints.reached

    def evaluated(self, chunk: Sequence[tuple[str, Element | None]]) -> None:
        """Count evaluated inputs, in the order in which they were drawn."""
        self.inputs += len(chunk)
        for _, element in chunk:
            self._checkpoints.evaluated(is_forgotten=element is None)

    def tell_now_and_then(self) -> None:
        """Tell the observer where it stands, if it was not told just now."""
        if (now := time.monotonic()) - self._told_at >= _TOLD_EVERY_SECONDS:
            self._told_at = now
            self.tell()

    def tell(self) -> None:
        """Tell the observer where it stands."""
        share = self.inputs / self._drawn if self._drawn else 1.0
        self._observer.reading(
            bytes_done=round(self._table.bytes_done * share),
            rows=self._records.counts.rows,
            inputs=self.inputs,
        )

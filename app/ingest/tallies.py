"""What is counted of a leak's shape, written before it takes up room.

A commit comes after so many entries or seconds. People who are known give no entry and are counted
all the same: in a file by date, hundreds of thousands of rows on end.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.ingest.ports import Count, Draft, Tally
from app.reading.sources.rows import Row


class Tallies:
    """Counts rows, and adds what was counted to the draft whenever it is enough.

    It may then be there before the checkpoint behind its rows: a run that is taken up counts them
    again, and twice the same is once.

    Args:
        count: whoever counts.
        draft: where tallies are kept.
    """

    def __init__(self, count: Count, draft: Draft) -> None:
        self._count = count
        self._draft = draft

    def row(self, row: Row, inputs: Sequence[tuple[str, bytes]]) -> None:
        """Count one row, given the inputs that it gave."""
        self._count.row(row, inputs)
        if self._count.is_full:
            self._draft.add({}, None, self.take())

    def take(self) -> Tally:
        """Return what is not in the draft yet, to be written with the next checkpoint."""
        return Tally(*self._count.take())

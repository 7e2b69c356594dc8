"""What a source has given since the last commit, and when the next one is due."""

from __future__ import annotations

import time
from collections import defaultdict

from app.crypto.ristretto255 import Element
from app.ingest.checkpoints import Checkpoint
from app.ingest.ports import Draft
from app.ingest.tallies import Tallies
from app.reading.rejects import RejectReport

# A commit rewrites about one page an entry: often enough to lose little, seldom enough to cost
# nothing beside Argon2id, and in memory a few megabytes at most.
COMMIT_SECONDS = 5.0
COMMIT_ENTRIES = 50_000


class CommitBuffer:
    """Collects elements, and adds them to the draft now and then.

    Args:
        draft: that is being filled.
        report: is settled before each commit: what was told must outlast a crash.
        tallies: whose last goes with the elements, or None when nobody counts.
    """

    def __init__(self, draft: Draft, report: RejectReport, tallies: Tallies | None) -> None:
        self._draft = draft
        self._report = report
        self._tallies = tallies
        self._begin()

    def _begin(self) -> None:
        self._entries: defaultdict[str, list[Element]] = defaultdict(list)
        self._size = 0
        self._since = time.monotonic()

    def extend(self, chunk: list[tuple[str, Element | None]]) -> None:
        """Collect elements by scheme; None stands for an input that is left out."""
        for scheme, element in chunk:
            if element is not None:
                self._entries[scheme].append(element)
        self._size += len(chunk)

    def flush_if_due(self, checkpoint: Checkpoint | None) -> None:
        """Write when it is worth it; a checkpoint is behind nothing that is not written by then."""
        if self._size >= COMMIT_ENTRIES or time.monotonic() - self._since >= COMMIT_SECONDS:
            self.flush(checkpoint)

    def flush(self, checkpoint: Checkpoint | None) -> None:
        """Write what was collected, with the checkpoint that it reaches."""
        self._report.settle()
        tally = None if self._tallies is None else self._tallies.take()
        self._draft.add(self._entries, checkpoint, tally)
        self._begin()

"""What a newer epoch has taken the place of is erased, and what a run left that got nowhere.

The old keys go first, so that what is left is of use to nobody. Each step can be taken again: an
epoch is known to be left over until all of it is gone, and whoever comes next goes on.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.crypto.keyring import KeyRing
from app.lifecycle.ports import ClearingStore


class Clearing:
    """Erases epochs that will never answer again. Whoever calls `clear` holds the dataset's lock.

    Args:
        store: where they are.
        ring: where their keys are.
    """

    def __init__(self, store: ClearingStore, ring: KeyRing) -> None:
        self._store = store
        self._ring = ring

    def due(self) -> Sequence[str]:
        """Return the datasets of which an older epoch is left over."""
        return self._store.due()

    def clear(self, dataset: str, *, by: str) -> None:
        """Erase what is left over of a dataset; done at once when there is nothing.

        A run that was interrupted and can be taken up again is left as it is.

        Args:
            dataset: its slug.
            by: who does it, for the audit trail.

        Raises:
            Unavailable: not all of it could be erased yet; the next call goes on.
        """
        for epoch in self._store.left_over(dataset):
            for name in self._ring.names():
                if name.startswith(f"{dataset}/") and name.endswith(f"/{epoch}"):
                    self._ring.erase(name)
            self._store.delete_contents(dataset, epoch)
            self._store.scrub()
            self._store.finish(dataset, epoch, by)

"""Erasing a dataset: entries, ranges and keys go, its name and a signed certificate stay.

The first transaction makes it answer nobody for ever and notes what there is. All that follows can
be taken again: whoever finds an erasure that was interrupted takes it to its end, and signs what
was noted. There is a certificate only when everything is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from app.crypto.keyring import KeyRing
from app.crypto.signing import SigningKey
from app.errors import ConcerneError, IngestRunning
from app.lifecycle.certificate import CERTIFICATE_KIND, certificate_of
from app.lifecycle.ports import DatasetLock, ErasureStore

ON_REQUEST = "on request"
AT_ITS_END = "end date"
BY_PROGRAM = "concerne"


class Erasing:
    """Erases datasets. Whoever calls `erase` holds the dataset's lock.

    Args:
        store: where they are erased.
        ring: where their keys are.
        signing_key: gives the deployment's, which is made with its first use.
        program: the version of this program.
    """

    def __init__(
        self,
        store: ErasureStore,
        ring: KeyRing,
        signing_key: Callable[[], SigningKey],
        *,
        program: str,
    ) -> None:
        self._store = store
        self._ring = ring
        self._signing_key = signing_key
        self._program = program

    def erase(self, dataset: str, *, by: str, reason: str = ON_REQUEST) -> str:
        """Erase a dataset in any state, or go on with an erasure that was interrupted.

        Args:
            dataset: its slug.
            by: who does it, for the audit trail and the certificate.
            reason: why, likewise.

        Returns:
            The signed certificate.

        Raises:
            UnknownDataset: there is none of that name.
            StateRefused: it was erased already.
            Unavailable: not all of it could be erased yet; it answers nobody, and the same command
                goes on.
        """
        # Before anything is gone: a key that cannot sign must not be noticed at the end.
        signing_key = self._signing_key()
        names = [name for name in self._ring.names() if name.startswith(f"{dataset}/")]
        keys = Counter(name.split("/")[1] for name in names)
        erasure = self._store.begin(dataset, by, reason, keys)
        # First, because without them all the rest is of no use to anybody.
        for name in names:
            self._ring.erase(name)
        self._store.delete_contents(dataset)
        self._store.scrub()
        document = certificate_of(erasure, datetime.now(UTC), self._program)
        return self._store.finish(dataset, signing_key.sign(CERTIFICATE_KIND, document), by)


class Sweeping:
    """Erases what has come to its end. Any number of processes may do it at the same time.

    Args:
        store: where datasets are erased.
        erasing: that erases them.
        lock: for each dataset.
    """

    def __init__(self, store: ErasureStore, erasing: Erasing, lock: DatasetLock) -> None:
        self._store = store
        self._erasing = erasing
        self._lock = lock

    def sweep(self, day: date) -> Mapping[str, ConcerneError | None]:
        """Erase each dataset whose end has come, and go on with what was interrupted.

        One that fails does not keep the others from being erased, and is tried again by the next
        sweep; neither is one that another process is busy with.

        Returns:
            For each that was erased None, for each that failed why.
        """
        outcomes: dict[str, ConcerneError | None] = {}
        for dataset in self._store.due(day):
            try:
                with self._lock(dataset):
                    if dataset in self._store.due(day):
                        self._erasing.erase(dataset, by=BY_PROGRAM, reason=AT_ITS_END)
                        outcomes[dataset] = None
            except IngestRunning:
                continue
            except ConcerneError as exc:
                outcomes[dataset] = exc
        return outcomes

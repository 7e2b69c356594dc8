"""A source is added to a published dataset: as its next epoch, with new keys.

Every element that is there comes along, E' = (k'/k)·E, without anybody knowing whose it is; then
the new source is read under the new keys, and what is in both is one entry. Until the next epoch is
published the one before answers, and nothing of it is changed.
"""

from __future__ import annotations

from contextlib import suppress

from app.crypto.keyring import KeyRing
from app.crypto.stretch import StretchProfile
from app.errors import (
    DatasetExists,
    InvalidMapping,
    KeyExists,
    KeyRingError,
    StateRefused,
    Unavailable,
)
from app.ingest.beginning import Begun, check_same, load_keys, plan_of
from app.ingest.ports import CurrentEpoch, EpochDraft, EpochStore, Observer
from app.ingest.rekeying import rekey_all
from app.protocol.parameters import key_name
from app.reading.mapping import SourceMapping


class Adding:
    """Begins runs that add to a dataset, or takes them up again.

    Args:
        store: where datasets are kept.
        ring: where its keys are and new ones are made.
        profile: what a stretch would cost in a new dataset; this one keeps its own.
        workers: threads that give the old elements the new key.
        observer: is told how far that is.
    """

    def __init__(
        self,
        store: EpochStore,
        ring: KeyRing,
        profile: StretchProfile,
        workers: int,
        observer: Observer,
    ) -> None:
        self._store = store
        self._ring = ring
        self._profile = profile
        self._workers = workers
        self._observer = observer

    def check(self, dataset: str, mapping: SourceMapping) -> None:
        """Check, before anything is read or changed, that a source can be added so.

        Raises:
            UnknownDataset, StateRefused: there is nothing that it could be added to.
            InvalidMapping: its schemes are not the dataset's.
        """
        current = self._store.current(dataset)
        _check_schemes(current, mapping)
        if len(set(current.stretch.values())) != 1:
            raise StateRefused(
                f"the schemes of the dataset {dataset} do not share one stretch profile",
                hint="give this leak another --dataset",
            )

    def take_up(self, dataset: str, mapping: SourceMapping) -> Begun | None:
        """Return the interrupted run, if there is one that has all of the old entries.

        Raises:
            DatasetExists: an epoch was filled already, and waits to be published.
            RunDiffers: it was begun with another mapping.
            KeyMissing, InvalidKey: its keys are not all there.
        """
        if self._store.is_filled(dataset):
            raise DatasetExists(
                f"the dataset {dataset} has another source that waits to be published",
                hint="concerne dataset publish or discard it first",
            )
        left = self._store.unfinished(dataset)
        if left is None or not left.got_somewhere:
            return None
        current = self._store.current(dataset)
        check_same(dataset, left, mapping, next(iter(current.stretch.values())))
        keys = load_keys(self._ring, dataset, current.epoch + 1, left.public_keys)
        return Begun(
            left.draft,
            keys,
            left.stretch,
            left.plan,
            left.checkpoint,
            before=current,
            not_followed=self._told_otherwise(current, mapping),
        )

    def begin(self, dataset: str, mapping: SourceMapping) -> Begun:
        """Begin the next epoch, with new keys and all the old entries.

        Raises:
            KeyMissing, InvalidKey: the keys of the old entries are not all there.
            KeyExists: there are keys of that epoch, which the store does not know.
        """
        current = self._store.current(dataset)
        old = load_keys(self._ring, dataset, current.epoch, current.public_keys)
        self.discard(dataset)
        if _keys_of(self._ring, dataset, current.epoch + 1):
            raise KeyExists(
                f"the key ring holds keys of a later epoch of {dataset} than the database knows",
                hint="restore the database they belong to, or move them out of the key ring",
            )
        plan = plan_of(mapping)
        try:
            self._store.announce(dataset, plan)
            keys = {
                scheme: self._ring.create(key_name(dataset, scheme, current.epoch + 1))
                for scheme in current.public_keys
            }
            stretch = next(iter(current.stretch.values()))
            public_keys = {scheme: key.public_key for scheme, key in keys.items()}
            draft = self._store.begin(
                EpochDraft(dataset, current.epoch + 1, stretch, public_keys, current.public_schemes)
            )
            rekey_all(self._store, draft, current, old, keys, self._workers, self._observer)
        except BaseException:
            self.give_up(dataset, is_bad=True)
            raise
        said = self._told_otherwise(current, mapping)
        return Begun(draft, keys, stretch, plan, None, before=current, not_followed=said)

    def give_up(self, dataset: str, *, is_bad: bool) -> None:
        """Take away what a run wrote; if that fails, the next run does it.

        Args:
            dataset: its slug.
            is_bad: the run cannot be taken up; otherwise it is left there if it got somewhere.
        """
        with suppress(Unavailable, KeyRingError, OSError):
            # What was filled to its end by then is whole, and stays.
            if self._store.is_filled(dataset):
                return
            left = self._store.unfinished(dataset)
            if is_bad or left is None or not left.got_somewhere:
                self.discard(dataset)

    def discard(self, dataset: str) -> None:
        """Remove an epoch that is not published, its keys first; what answers is left as it is."""
        discard_added(self._store, self._ring, dataset)

    def _told_otherwise(self, current: CurrentEpoch, mapping: SourceMapping) -> tuple[str, ...]:
        """Return what mapping and settings say otherwise than the dataset, which stays as it is."""
        pairs = {
            "title": (mapping.title, current.title),
            "breach date": (mapping.breach_date, current.breach_date),
            "public schemes": (set(mapping.public_schemes), set(current.public_schemes)),
            "stretch profile": ({self._profile}, set(current.stretch.values())),
        }
        return tuple(name for name, (said, kept) in pairs.items() if said != kept)


def discard_added(store: EpochStore, ring: KeyRing, dataset: str) -> bool:
    """Remove what was added to a dataset and is not published, whole or not, its keys first.

    Returns:
        Whether there was anything.

    Raises:
        UnknownDataset: there is none of that name.
    """
    epoch = store.abandon(dataset)
    # Keys of an epoch that was never announced are somebody else's.
    if epoch is None:
        return False
    for name in _keys_of(ring, dataset, epoch):
        ring.erase(name)
    store.discard(dataset)
    return True


def _keys_of(ring: KeyRing, dataset: str, epoch: int) -> list[str]:
    names = ring.names()
    return [n for n in names if n.startswith(f"{dataset}/") and n.endswith(f"/{epoch}")]


def _check_schemes(current: CurrentEpoch, mapping: SourceMapping) -> None:
    missing = [name for name in current.public_keys if name not in mapping.schemes]
    unknown = [name for name in mapping.schemes if name not in current.public_keys]
    if not missing and not unknown:
        return
    told = [f"{name} is missing" for name in missing]
    told += [f"{name} is not one of them" for name in unknown]
    raise InvalidMapping(
        f"the mapping's schemes are not those of the dataset {current.dataset}: {', '.join(told)}",
        hint=f"a source that is added has to give {', '.join(current.public_keys)}",
    )

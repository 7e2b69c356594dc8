"""A run begins, or takes up again what an interrupted one left; nothing is left of one given up."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from app.crypto.keyring import KeyRing
from app.crypto.keys import EvaluationKey, PublicKey
from app.crypto.stretch import StretchProfile
from app.errors import (
    DatasetExists,
    InvalidKey,
    KeyExists,
    KeyRingError,
    RunDiffers,
    Unavailable,
)
from app.ingest.checkpoints import Checkpoint, Plan
from app.ingest.ports import (
    CurrentEpoch,
    Draft,
    DraftStore,
    EpochDraft,
    NewDataset,
    UnfinishedRun,
)
from app.protocol.parameters import key_name
from app.reading.mapping import SourceMapping

FIRST_EPOCH = 1
_ANEW = "give the same as then, or begin anew with --restart"


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that can go on.

    Args:
        draft: to be filled.
        keys: by scheme.
        stretch: the cost of one input.
        plan: what it keeps to.
        checkpoint: where it stands, or None at its beginning.
        before: what the source is added to, or None when it is the first.
        not_followed: what the mapping says otherwise than that.
    """

    draft: Draft
    keys: Mapping[str, EvaluationKey]
    stretch: StretchProfile
    plan: Plan
    checkpoint: Checkpoint | None
    before: CurrentEpoch | None = None
    not_followed: tuple[str, ...] = ()

    @property
    def epoch(self) -> int:
        """The one that is filled."""
        return FIRST_EPOCH if self.before is None else self.before.epoch + 1


class Beginning:
    """Begins the first run of a dataset.

    Args:
        store: where drafts are kept.
        ring: where keys are made, one for each scheme.
        profile: the cost of a stretch.
        ends_on: the day, UTC, with whose beginning the dataset is erased.
    """

    def __init__(
        self, store: DraftStore, ring: KeyRing, profile: StretchProfile, ends_on: date
    ) -> None:
        self._store = store
        self._ring = ring
        self._profile = profile
        self._ends_on = ends_on

    def check(self, dataset: str, _mapping: SourceMapping) -> None:
        """Check, before anything is read or changed, that a dataset can be made.

        Raises:
            DatasetExists: the slug is taken.
        """
        self._store.check_absent(dataset)

    def take_up(self, dataset: str, mapping: SourceMapping) -> Begun | None:
        """Return the interrupted run, if there is one that got somewhere.

        Raises:
            RunDiffers: it was begun with another mapping, or at another cost.
            KeyMissing, InvalidKey: its keys are not all there.
        """
        left = self._store.unfinished(dataset)
        if left is None:
            return None
        check_same(dataset, left, mapping, self._profile)
        keys = load_keys(self._ring, dataset, FIRST_EPOCH, left.public_keys)
        return Begun(left.draft, keys, left.stretch, left.plan, left.checkpoint)

    def begin(self, dataset: str, mapping: SourceMapping) -> Begun:
        """Begin a run, with new keys; what an earlier one left is gone.

        Raises:
            KeyExists: there are keys of a dataset of that name, which the store does not know.
        """
        self._clear_the_way(dataset)
        plan = plan_of(mapping)
        try:
            self._store.announce(
                NewDataset(dataset, mapping.title, mapping.breach_date, self._ends_on), plan
            )
            keys = {
                scheme: self._ring.create(key_name(dataset, scheme, FIRST_EPOCH))
                for scheme in mapping.schemes
            }
            public_keys = {scheme: key.public_key for scheme, key in keys.items()}
            draft = self._store.begin(
                EpochDraft(dataset, FIRST_EPOCH, self._profile, public_keys, mapping.public_schemes)
            )
        except BaseException:
            self.give_up(dataset, is_bad=True)
            raise
        return Begun(draft, keys, self._profile, plan, None)

    def give_up(self, dataset: str, *, is_bad: bool) -> None:
        """Take away what a run wrote; if that fails, the next run does it.

        Args:
            dataset: its slug.
            is_bad: the run cannot be taken up; otherwise it is left there if it got somewhere.
        """
        # An interruption that comes after the last transaction finds a dataset that is whole.
        with suppress(DatasetExists, Unavailable, KeyRingError, OSError):
            self._store.check_absent(dataset)
            if is_bad or self._store.unfinished(dataset) is None:
                self.discard(dataset)

    def discard(self, dataset: str) -> None:
        """Remove a draft, its keys first: while it is there, the keys are known to be its."""
        for name in self._keys_of(dataset):
            self._ring.erase(name)
        self._store.discard_stale(dataset)

    def _clear_the_way(self, dataset: str) -> None:
        """Remove what a run left that did not reach its end, and nothing else.

        Raises:
            KeyExists: keys without a draft are of a dataset that was published once: the store is
                an older copy, or another one. Erasing them could not be taken back.
        """
        if self._store.has_draft(dataset):
            self.discard(dataset)
        elif self._keys_of(dataset):
            raise KeyExists(
                f"the key ring holds keys of a dataset {dataset} that the database does not know",
                hint="restore the database they belong to, or move them out of the key ring",
            )

    def _keys_of(self, dataset: str) -> list[str]:
        return [name for name in self._ring.names() if name.startswith(f"{dataset}/")]


def plan_of(mapping: SourceMapping) -> Plan:
    """Return what a run that begins now keeps to."""
    return Plan(mapping.sha256, datetime.now().astimezone().date())


def load_keys(
    ring: KeyRing, dataset: str, epoch: int, public_keys: Mapping[str, PublicKey]
) -> Mapping[str, EvaluationKey]:
    """Return the keys of an epoch, by scheme, in the order of `public_keys`.

    Raises:
        KeyMissing, InvalidKey: they are not all there, or not those that the entries are under.
    """
    keys = {}
    for scheme, public_key in public_keys.items():
        name = key_name(dataset, scheme, epoch)
        keys[scheme] = ring.load(name)
        if keys[scheme].public_key != public_key:
            raise InvalidKey(f"the key {name} is not the one that the entries were made with")
    return keys


def check_same(
    dataset: str, left: UnfinishedRun, mapping: SourceMapping, profile: StretchProfile
) -> None:
    """Check that an interrupted run can be gone on with.

    Raises:
        RunDiffers: it was begun with something else, or somebody was forgotten meanwhile.
    """
    begun = f"the interrupted run into {dataset} was begun"
    if left.plan.mapping_sha256 != mapping.sha256:
        raise RunDiffers(f"{begun} with another mapping", hint=_ANEW)
    if left.stretch != profile:
        raise RunDiffers(f"{begun} with another stretch profile", hint=_ANEW)
    if left.is_overtaken:
        raise RunDiffers(
            f"somebody was forgotten since {begun}, who may be among its entries",
            hint="begin anew with --restart",
        )

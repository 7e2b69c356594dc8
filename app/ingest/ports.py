"""What filling a dataset needs from a store and from whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.crypto.keys import PublicKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import Stretched, StretchProfile
from app.ingest.checkpoints import Checkpoint, Plan
from app.protocol.parameters import DeploymentParameters
from app.reading.mapping import SourceMapping
from app.reading.records import RowCounts
from app.reading.sources.bytestream import Prefix
from app.reading.sources.rows import Row


@dataclass(frozen=True, slots=True)
class NewDataset:
    """A dataset before anything is in it.

    Args:
        ends_on: the day, UTC, with whose beginning it is erased.
    """

    dataset: str
    title: str
    breach_date: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class EpochDraft:
    """An epoch before it answers anybody.

    Args:
        public_keys: by scheme, in the order in which they are offered; of that epoch.
        public_schemes: those that everybody may ask by.
    """

    dataset: str
    epoch: int
    stretch: StretchProfile
    public_keys: Mapping[str, PublicKey]
    public_schemes: Sequence[str]


@dataclass(frozen=True, slots=True)
class CurrentEpoch:
    """A published dataset, as it is before another source is added to it.

    Args:
        epoch: the one that answers.
        stretch: by scheme.
        public_keys: by scheme, in the order in which they are offered; of that epoch.
        public_schemes: those that everybody may ask by.
        rows: by scheme, rows of all sources so far that gave at least one input.
        entries: by scheme, as they were published; some may have been taken out since.
    """

    dataset: str
    title: str
    breach_date: date
    ends_on: date
    epoch: int
    stretch: Mapping[str, StretchProfile]
    public_keys: Mapping[str, PublicKey]
    public_schemes: Sequence[str]
    rows: Mapping[str, int]
    entries: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class IndexPublication:
    """One scheme's index, ready to answer.

    Args:
        entries: distinct inputs of all sources, those too that were taken out since.
        ranges: each prefix with its filled-up range, to be read once.
    """

    scheme: str
    entries: int
    rows: int
    prefix_bits: int
    range_length: int
    commitment: bytes | None
    ranges: Iterator[tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What was read: never a value of it.

    Args:
        sha256: of the source's bytes.
        size_bytes: of the source.
        counts: what became of its rows.
        forgotten: inputs that were left out because somebody had asked for it.
        taken_out: entries of earlier sources that had been taken out for that reason.
    """

    sha256: bytes
    size_bytes: int
    counts: RowCounts
    forgotten: int = 0
    taken_out: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of some rows, sealed.

    Args:
        labels: what has to be known to go on counting.
        records: what has to be known to say at the end what was counted.
    """

    labels: bytes
    records: bytes


class Count(Protocol):
    """Whoever counts, while a source is read, what shape a leak has."""

    def row(self, row: Row, inputs: Sequence[tuple[str, bytes]]) -> None:
        """Count one row, given the inputs that it gave; twice the same is once."""

    @property
    def is_full(self) -> bool:
        """Whether so much was counted since the last time that it is to be taken now."""

    def take(self) -> tuple[bytes, bytes]:
        """Return labels and records, as in `Tally`, of what was counted since the last time."""

    def result(self, labels: Iterable[bytes], records: Callable[[], Iterator[bytes]]) -> str:
        """Return what was counted in all, as it may be published: a document.

        Args:
            labels: all that were taken.
            records: gives all that were taken, as often as it is called.
        """


class Census(Protocol):
    """Who begins to count."""

    def begin(
        self,
        dataset: str,
        epoch: int,
        mapping: SourceMapping,
        header: Sequence[str],
        today: date,
        labels: Iterable[bytes] | None,
    ) -> Count | None:
        """Begin to count a source, or go on with what an interrupted run counted.

        Args:
            dataset: its slug.
            epoch: that is filled.
            mapping: whose columns are looked at.
            header: the source's column names, or as many empty ones.
            today: after which no date is accepted.
            labels: that were taken before, or None in a new run.

        Returns:
            None where the interrupted run did not count.
        """

    def end(self, dataset: str, epoch: int) -> None:
        """Take away the key without which what was taken says nothing; done when there is none."""


class Draft(Protocol):
    """A dataset that is being filled, in the store."""

    def add(
        self,
        entries: Mapping[str, Sequence[Element]],
        checkpoint: Checkpoint | None = None,
        tally: Tally | None = None,
    ) -> None:
        """Add elements by scheme; those that are there already stay one.

        Args:
            entries: to be added.
            checkpoint: noted in the same transaction, so that the one is never there without the
                other; None leaves the one that may be there.
            tally: likewise. All tallies together are of the rows up to the checkpoint, and perhaps
                of some behind.
        """

    def labels(self) -> Iterator[bytes]:
        """Yield the labels of every tally, in order."""

    def tallies(self) -> Iterator[bytes]:
        """Yield the records of every tally, in bounded memory."""

    def keep_scope(self, document: str) -> None:
        """Keep what was counted in all."""

    def has_scope(self) -> bool:
        """Tell whether that is kept."""

    def drop_tallies(self) -> None:
        """Delete every tally."""

    def count(self, scheme: str) -> int:
        """Return how many distinct elements a scheme has."""

    def elements(self, scheme: str) -> Iterator[Element]:
        """Yield a scheme's distinct elements, in bounded memory."""

    def rekeyed(self) -> None:
        """Note that every element of the epoch before was added."""

    def finish(self, report: SourceReport, indexes: Iterable[IndexPublication]) -> None:
        """Write the ranges of each index, in the place of any that are there; note it is whole.

        Each index is made and written before the next is asked for, and nobody waits for the
        database while one is made. Until the last transaction the draft cannot be published.
        """


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """What an interrupted run left.

    Args:
        plan: as it was begun.
        stretch: the dataset's.
        public_keys: by scheme, as in `EpochDraft`.
        draft: to be filled on.
        checkpoint: where it stands; None when nothing was kept of the source.
        is_overtaken: somebody was forgotten since, who may be among its entries.
        is_rekeyed: the entries of the epoch before are all there under the new key; never so in
            the first epoch.
    """

    plan: Plan
    stretch: StretchProfile
    public_keys: Mapping[str, PublicKey]
    draft: Draft
    checkpoint: Checkpoint | None
    is_overtaken: bool
    is_rekeyed: bool = False

    @property
    def got_somewhere(self) -> bool:
        """Whether it is worth being taken up."""
        return self.checkpoint is not None or self.is_rekeyed


class Forgotten(Protocol):
    """Whom no source may bring back."""

    def holds(
        self, dataset: str, encoded: bytes, profile: StretchProfile, stretched: Stretched
    ) -> bool:
        """Tell whether an input, stretched under a profile, is to be left out of a dataset."""


class DraftStore(Protocol):
    """Where drafts are begun."""

    def deployment(self) -> DeploymentParameters:
        """Return the deployment's public parameters, made with the first call ever."""

    def check_absent(self, dataset: str) -> None:
        """Raise DatasetExists if the slug is taken by anything but an unfinished draft."""

    def has_draft(self, dataset: str) -> bool:
        """Tell whether a run that did not reach its end left a draft of that slug."""

    def unfinished(self, dataset: str) -> UnfinishedRun | None:
        """Return such a run, if it got as far as a checkpoint."""

    def sources(self, dataset: str) -> Collection[Prefix]:
        """Return length and digest of each source that was read to its end into the dataset."""

    def discard_stale(self, dataset: str) -> None:
        """Remove the unfinished draft of that slug, if there is one; all else stays as it is."""

    def announce(self, dataset: NewDataset, plan: Plan) -> None:
        """Note that a dataset is begun, before its keys are made: then they are known.

        Args:
            dataset: as it will be.
            plan: what has to be the same when the run is taken up again.
        """

    def begin(self, draft: EpochDraft) -> Draft:
        """Write the empty indexes of the epoch that was announced."""


class EpochStore(Protocol):
    """Where what is published is, and its next epoch is begun beside it."""

    def current(self, dataset: str) -> CurrentEpoch:
        """Return what another source can be added to.

        Raises:
            UnknownDataset: there is none of that name.
            StateRefused: it is not published, or has come to its end.
        """

    def elements_of(self, dataset: str, scheme: str, epoch: int) -> Iterator[Sequence[Element]]:
        """Yield an epoch's distinct elements, a page at a time; others may write meanwhile."""

    def count_of(self, dataset: str, scheme: str, epoch: int) -> int:
        """Return how many distinct elements an epoch has, without those that were taken out."""

    def is_filled(self, dataset: str) -> bool:
        """Tell whether an epoch beside the one that answers is whole and waits."""

    def announce(self, dataset: str, plan: Plan) -> None:
        """Note that the next epoch is begun, before its keys are made: then they are known."""

    def begin(self, draft: EpochDraft) -> Draft:
        """Write the empty indexes of the epoch that was announced."""

    def unfinished(self, dataset: str) -> UnfinishedRun | None:
        """Return what a run that added to the dataset and did not reach its end left, or None."""

    def abandon(self, dataset: str) -> int | None:
        """Note that the epoch beside the one that answers got nowhere, whole or not.

        Returns:
            Its number, or None when there is none.
        """

    def discard(self, dataset: str) -> None:
        """Remove that epoch; all else stays as it is."""


class Observer(Protocol):
    """Whoever watches an ingest: a progress bar, a log, a counter."""

    def rekeying(self, *, done: int, total: int) -> None:
        """Called now and then while the entries that are there are given the new key."""

    def reading(self, *, bytes_done: int, rows: int, inputs: int) -> None:
        """Called now and then while the source is read and its inputs are evaluated.

        Args:
            bytes_done: of the source, as far as its inputs are evaluated.
            rows: that were read, which is some way ahead.
            inputs: that were evaluated.
        """

    def publishing(self, *, scheme: str, entries: int) -> None:
        """Called when a scheme's ranges begin to be made."""

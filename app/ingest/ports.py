"""What filling a dataset needs from a store and from whoever watches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.crypto.keys import PublicKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import StretchProfile
from app.ingest.records import RowCounts
from app.protocol.parameters import DeploymentParameters


@dataclass(frozen=True, slots=True)
class DatasetDraft:
    """A dataset before it answers anybody.

    Args:
        public_keys: by scheme, in the order in which they are offered; of epoch `epoch`.
        public_schemes: those that everybody may ask by.
    """

    dataset: str
    title: str
    breach_date: date
    epoch: int
    stretch: StretchProfile
    public_keys: Mapping[str, PublicKey]
    public_schemes: Sequence[str]


@dataclass(frozen=True, slots=True)
class IndexPublication:
    """One scheme's index, ready to answer.

    Args:
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
    """

    sha256: bytes
    size_bytes: int
    counts: RowCounts


class Draft(Protocol):
    """A dataset that is being filled, in the store."""

    def add(self, entries: Mapping[str, Sequence[Element]]) -> None:
        """Add elements by scheme, in one transaction; those that are there already stay one."""

    def count(self, scheme: str) -> int:
        """Return how many distinct elements a scheme has."""

    def elements(self, scheme: str) -> Iterator[Element]:
        """Yield a scheme's distinct elements, in bounded memory."""

    def publish(self, report: SourceReport, indexes: Iterable[IndexPublication]) -> None:
        """Write the ranges of each index, then make the epoch the current one.

        Each index is made and written before the next is asked for, and nobody waits for the
        database while one is made. The last transaction is what publishes.
        """


class DraftStore(Protocol):
    """Where drafts are begun."""

    def deployment(self) -> DeploymentParameters:
        """Return the deployment's public parameters, made with the first call ever."""

    def check_absent(self, dataset: str) -> None:
        """Raise DatasetExists if a published dataset has that slug."""

    def has_draft(self, dataset: str) -> bool:
        """Tell whether a run that did not reach its end left a draft of that slug."""

    def discard_stale(self, dataset: str) -> None:
        """Remove the draft of that slug, if there is one; a published dataset is left as it is."""

    def begin(self, draft: DatasetDraft) -> Draft:
        """Write the draft."""


class Observer(Protocol):
    """Whoever watches an ingest: a progress bar, a log, a counter."""

    def reading(self, *, bytes_done: int, rows: int, inputs: int) -> None:
        """Called now and then while the source is read and its inputs are evaluated.

        Args:
            bytes_done: of the source, as far as its inputs are evaluated.
            rows: that were read, which is some way ahead.
            inputs: that were evaluated.
        """

    def publishing(self, *, scheme: str, entries: int) -> None:
        """Called when a scheme's ranges begin to be made."""

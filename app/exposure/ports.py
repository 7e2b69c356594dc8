"""What answering needs from a store and from whoever holds the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.crypto.ristretto255 import Element
from app.crypto.stretch import Stretched
from app.errors import ConcerneError
from app.protocol.fingerprints import Location
from app.protocol.messages import EvaluationAnswer
from app.protocol.parameters import DatasetParameters, DeploymentParameters


@dataclass(frozen=True, slots=True)
class Published:
    """Everything public, as of one moment.

    Args:
        revisions: by dataset, scheme and epoch, what is another value whenever the ranges of that
            index have changed within the epoch.
    """

    deployment: DeploymentParameters
    datasets: tuple[DatasetParameters, ...]
    revisions: Mapping[tuple[str, str, int], int] = field(default_factory=dict)


class PublishedStore(Protocol):
    """Where published datasets are kept."""

    def load(self) -> Published:
        """Return everything public, as of one moment."""

    def read_range(self, dataset: str, scheme: str, epoch: int, prefix: int) -> bytes:
        """Return one range; raise EpochGone when the epoch is not there any more."""

    def read_span(self, dataset: str, scheme: str, epoch: int, first: int, count: int) -> bytes:
        """Return `count` ranges from prefix `first` on, end to end; raise EpochGone as above."""

    def read_ranges(self, dataset: str, scheme: str, epoch: int) -> bytes:
        """Return all ranges of an index end to end; raise EpochGone as above."""


class KeyHolder(Protocol):
    """Who can compute with the secret keys, in this process or in another."""

    def hold(self, names: Sequence[str]) -> Mapping[str, ConcerneError]:
        """Get ready to use the keys of these names, and forget all others.

        Returns:
            Why, for each name whose key cannot be had; the others are held.
        """

    def evaluate(self, name: str, epoch: int, blinded: Sequence[Element]) -> EvaluationAnswer:
        """Evaluate a batch of blinded elements with a key."""

    def locate(
        self, name: str, dataset: str, scheme: str, prefix_bits: int, stretched: Stretched
    ) -> Location:
        """Return where a stretched identifier would stand under a key."""

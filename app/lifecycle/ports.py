"""What the life of a dataset needs from a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.crypto.keys import PublicKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import StretchProfile
from app.lifecycle.states import DatasetState
from app.protocol.fingerprints import Location
from app.protocol.parameters import DatasetParameters, DeploymentParameters


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """One dataset, whatever its state.

    Args:
        epoch: the current one, or None before the first publication and after the erasure.
        entries: by scheme, distinct inputs of the newest epoch that is whole.
        is_filled: whether an epoch waits to be published.
        is_erasing: whether its erasure has begun and has not left a certificate yet.
    """

    dataset: str
    title: str
    breach_date: date
    state: DatasetState
    ends_on: date
    epoch: int | None
    published_at: datetime | None
    rows: int
    rows_rejected: int
    entries: Mapping[str, int]
    is_filled: bool
    is_erasing: bool


@dataclass(frozen=True, slots=True)
class FilledEpoch:
    """An epoch that is whole and was never published.

    Args:
        parameters: as they will be published at the instant that was asked for.
        source_sha256: of the source that the epoch came from.
        source_bytes: of the same.
        forgotten: inputs that were left out.
    """

    deployment: DeploymentParameters
    parameters: DatasetParameters
    source_sha256: bytes
    source_bytes: int
    forgotten: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure that has begun: what there was when it did.

    Args:
        entries: elements that were stored, by scheme.
        ranges: likewise.
        keys: in the key ring, by scheme.
        sources: SHA-256 of each source that was read, in hexadecimal.
    """

    dataset: str
    title: str
    began_at: datetime
    by: str
    reason: str
    entries: Mapping[str, int]
    ranges: Mapping[str, int]
    keys: Mapping[str, int]
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """One scheme's index in one epoch, published or not."""

    scheme: str
    epoch: int
    public_key: PublicKey
    prefix_bits: int
    stretch: StretchProfile


@dataclass(frozen=True, slots=True)
class Removal:
    """One person under one scheme in one epoch."""

    scheme: str
    epoch: int
    element: Element
    location: Location


@dataclass(frozen=True, slots=True)
class Token:
    """By what somebody is known again who must not be taken in.

    Args:
        token: keyed.
        key_id: of the suppression key.
        profile: of the stretch that it was made of.
    """

    token: bytes
    key_id: bytes
    profile: StretchProfile


class DatasetStore(Protocol):
    """Where datasets are kept, with their audit trail: a step and its event are one transaction."""

    def datasets(self) -> Sequence[DatasetRecord]:
        """Return all datasets, by slug."""

    def dataset(self, dataset: str) -> DatasetRecord:
        """Return one dataset; raise UnknownDataset if there is none."""

    def filled_epoch(self, dataset: str, published_at: datetime) -> FilledEpoch | None:
        """Return the epoch that waits to be published, or None."""

    def publish(self, dataset: str, by: str, filled: FilledEpoch | None, manifest: str) -> None:
        """Publish the epoch with its signed manifest, or (None) what was retired once more."""

    def retire(self, dataset: str, by: str) -> None:
        """Let a published dataset answer nobody."""

    def manifest(self, dataset: str) -> str:
        """Return the signed manifest of the current epoch; raise StateRefused if there is none."""

    def certificate(self, dataset: str) -> str:
        """Return the signed certificate of erasure; raise StateRefused if there is none."""


class ErasureStore(Protocol):
    """Where datasets are erased, in steps each of which can be taken again."""

    def begin(self, dataset: str, by: str, reason: str, keys: Mapping[str, int]) -> Erasure:
        """Let the dataset answer nobody for ever and note what there is of it.

        What a run that was killed noted stays; `by`, `reason` and `keys` are then not used.

        Raises:
            UnknownDataset: there is none of that name.
            StateRefused: it was erased already.
        """

    def delete_contents(self, dataset: str) -> None:
        """Delete entries and ranges, in pieces."""

    def scrub(self) -> None:
        """See to it that no journal keeps what was deleted; raise Unavailable if one does."""

    def finish(self, dataset: str, certificate: str, by: str) -> str:
        """Delete all but the name, keep the certificate, and return the one that is kept.

        Where another process was first, that is its certificate.
        """

    def due(self, day: date) -> Sequence[str]:
        """Return the datasets that end on a day or before, and those whose erasure has begun."""


class ForgettingStore(Protocol):
    """Where people are taken out, and remembered as tokens."""

    def deployment(self) -> DeploymentParameters:
        """Return the deployment's public parameters."""

    def indexes(self, dataset: str) -> Sequence[IndexRecord]:
        """Return a dataset's indexes in every epoch that is whole, in the order of its schemes.

        Raises:
            UnknownDataset: there is none of that name.
            StateRefused: it is erased, or not filled.
        """

    def tokens(self) -> Iterator[Token]:
        """Yield every token."""

    def forget(
        self, dataset: str, by: str, removals: Sequence[Removal], tokens: Sequence[Token]
    ) -> frozenset[str]:
        """Take one person out and remember the tokens, in one transaction.

        Returns:
            The schemes under which there was an entry.

        Raises:
            Unavailable: a range lacks a fingerprint that it must have; nothing was changed.
        """

    def scrub(self) -> None:
        """See to it that no journal keeps what was deleted; raise Unavailable if one does."""


class DatasetLock(Protocol):
    """The right to change a dataset, across processes."""

    def __call__(self, dataset: str, /) -> AbstractContextManager[None]:
        """Hold it while the block runs; raise IngestRunning if another process does."""

"""Whether a file is the leak that a report tells of; and if not, how much of it is in the dataset.

The second is a share, found out from a random sample by the private evaluation: the server learns
how many were asked, and whoever asks learns counts only, none of few.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from app.errors import InvalidMessage, SampleTooSmall
from app.identity.schemes import NORMALISATION_VERSION
from app.protocol.documents import count_of, field_of, object_of
from app.protocol.manifest import Manifest, ReadSource
from app.protocol.messages import (
    Json,
    dataset_from_json,
    dataset_to_json,
    deployment_from_json,
    deployment_to_json,
)
from app.scope.ports import PublishedScope
from app.scope.report import ScopeReport
from app.scope.table import PEOPLE_MINIMUM
from app.scope.tables import PERSON_SCHEMES

SAMPLE_MINIMUM: Final = 1000
# Of a normal distribution, for 95 of 100 intervals.
_Z: Final = 1.959964
_DIGEST_BYTES: Final = 16


def comparison_of(found: PublishedScope) -> Json:
    """Return what somebody who holds a file needs beside the counts, to compare it offline."""
    return {
        "deployment": deployment_to_json(found.deployment),
        "dataset": dataset_to_json(found.parameters),
        "forgotten": found.forgotten,
    }


def manifest_of(report: ScopeReport) -> Manifest:
    """Return what a report tells of the files that were read, as a manifest does.

    Raises:
        InvalidMessage, InvalidKey, StretchRefused: it does not tell it, or in another version.
    """
    fields = object_of(report.method.get("comparison"), "what a file is compared with")
    dataset = dataset_from_json(field_of(fields, "dataset", dict))
    if dataset.dataset != report.dataset or not report.sources:
        raise InvalidMessage("the report tells of two datasets, or of no source")
    return Manifest(
        program=report.program,
        deployment=deployment_from_json(
            field_of(fields, "deployment", dict), normalisation=NORMALISATION_VERSION
        ),
        dataset=dataset,
        sources=tuple(ReadSource(s.sha256, s.size_bytes, s.rows) for s in report.sources),
        forgotten=count_of(fields, "forgotten"),
    )


def strongest_scheme(report: ScopeReport) -> str:
    """Return the scheme of a report that tells people apart best."""
    return next((name for name in PERSON_SCHEMES if name in report.schemes), min(report.schemes))


class Sample:
    """A random sample of distinct inputs, in memory that does not grow with their number.

    It is those whose keyed digests are the smallest, under a key that is of this sample alone: an
    input that comes again changes nothing, and each has the same chance.

    Args:
        size: how many.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._state = hashlib.blake2b(key=secrets.token_bytes(32), digest_size=_DIGEST_BYTES)
        # The largest digest first, so that it makes place for a smaller one.
        self._heap: list[tuple[int, bytes]] = []
        self._held: set[int] = set()

    def add(self, encoded: bytes) -> None:
        """Offer one input."""
        state = self._state.copy()
        state.update(encoded)
        digest = int.from_bytes(state.digest(), "big")
        if digest in self._held:
            return
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, (-digest, encoded))
        elif -digest > self._heap[0][0]:
            largest, _ = heapq.heapreplace(self._heap, (-digest, encoded))
            self._held.remove(-largest)
        else:
            return
        self._held.add(digest)

    def taken(self, scheme: str) -> Sequence[bytes]:
        """Return the sample.

        Raises:
            SampleTooSmall: there are not as many distinct inputs as a share can be told of.
        """
        if len(self._heap) < SAMPLE_MINIMUM:
            raise SampleTooSmall(
                f"the file gives {len(self._heap):,} distinct identifiers of {scheme};"
                f" a share is told of {SAMPLE_MINIMUM:,} at least",
                hint="fewer would come near to asking about somebody",
            )
        return [encoded for _, encoded in self._heap]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a sample are in a dataset.

    Args:
        exposed: of them.
        sampled: all.
    """

    exposed: int
    sampled: int

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the file's own lies, with 95 % confidence (Wilson's interval)."""
        n, share = self.sampled, self.exposed / self.sampled
        centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        spread = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        return max(0.0, centre - spread), min(1.0, centre + spread)

    def told(self) -> str:
        """Return the share for a person; neither a few nor nearly all are told exactly.

        Otherwise a file made of strangers and one person would be a question about that person.
        """
        n, few = self.sampled, PEOPLE_MINIMUM
        if self.exposed < few:
            most = Share(few - 1, n).interval[1]
            return f"fewer than {few} of {n:,} sampled: at most {most:.1%} of the file"
        if n - self.exposed < few:
            least = Share(n - few + 1, n).interval[0]
            return f"all but fewer than {few} of {n:,} sampled: at least {least:.1%} of the file"
        low, high = self.interval
        share = self.exposed / n
        return (
            f"{self.exposed:,} of {n:,} sampled: {share:.1%} of the file,"
            f" between {low:.1%} and {high:.1%} with 95 % confidence"
        )


class SampledServer(Protocol):
    """Who can say how many of some inputs are in a dataset, without learning which."""

    def count_exposed(self, dataset: str, scheme: str, encoded: Sequence[bytes]) -> int:
        """Return how many are in the dataset.

        Raises:
            Unavailable, CryptographyError: it is not known.
        """


def share_of(server: SampledServer, dataset: str, scheme: str, sample: Sequence[bytes]) -> Share:
    """Ask a server how much of a sample is in a dataset."""
    return Share(server.count_exposed(dataset, scheme, sample), len(sample))


def check_sample_size(size: int) -> None:
    """Check the size of a sample before a file is read.

    Raises:
        SampleTooSmall: a share is not told of so few.
    """
    if size < SAMPLE_MINIMUM:
        raise SampleTooSmall(f"a sample has {SAMPLE_MINIMUM:,} identifiers at least")

"""Whether a source is what a manifest tells of, or a part of it, for somebody who has no key.

First the bytes; then the numbers; then, if these agree, the commitments (protocol §8), which need
the stretch of every distinct input. Nothing is stored. What was seen is remembered in memory as
keyed digests, about 100 bytes for each distinct input, because the sum takes each of them once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey
from app.crypto.stretch import StretchProfile, check_client_accepts
from app.errors import InvalidMessage
from app.ingest.evaluation import Evaluator
from app.protocol.commitment import commitment
from app.protocol.manifest import Manifest
from app.protocol.parameters import SchemeParameters
from app.reading.mapping import SourceMapping
from app.reading.records import RecordReader
from app.reading.sources.bytestream import ByteSource, DigestingSource
from app.reading.sources.opening import LeakSource, Table

_DIGEST_BYTES = 16
# Under the key 1 an element is the input's own point P.
_NO_KEY = EvaluationKey((1).to_bytes(group.SCALAR_BYTES, "little"))

OpenSource = Callable[[], AbstractContextManager[ByteSource]]


class Verdict(Enum):
    """What a comparison came to."""

    SAME = "same leak"
    PART = "part of the leak"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, with its reasons: numbers and names, never a value of the source."""

    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(slots=True)
class Survey:
    """What a source holds, in numbers, as a mapping reads it.

    Args:
        rows: all of them.
        rejected: those that give no input.
        scheme_rows: by scheme, rows that give at least one input.
        entries: by scheme, distinct inputs.
        unseen: a digest of each distinct input of a scheme that has a commitment.
    """

    rows: int = 0
    rejected: int = 0
    scheme_rows: Mapping[str, int] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    unseen: set[bytes] = field(default_factory=set)


class Verification:
    """Compares one source with one manifest.

    Args:
        manifest: what its other holder tells.
        source: opens the source, from its beginning; it is read up to three times.
        workers: threads that stretch.
        identities: to decrypt the source with.

    Raises:
        StretchRefused: the manifest asks for more than a client computes.
        InvalidMessage: its schemes do not share one stretch.
    """

    def __init__(
        self,
        manifest: Manifest,
        source: OpenSource,
        *,
        workers: int,
        identities: Sequence[Any] = (),
    ) -> None:
        self._manifest = manifest
        self._schemes = manifest.dataset.schemes
        self._source = source
        self._identities = identities
        self._workers = workers
        self._state = hashlib.blake2b(key=secrets.token_bytes(32), digest_size=_DIGEST_BYTES)
        self.profile = _profile_of(self._schemes)

    def compare_bytes(self) -> Finding | None:
        """Compare digest and length; None if they differ, which says nothing about the leak."""
        with self._source() as stream:
            source = DigestingSource(stream)
            source.drain()
        known = self._manifest.sources
        for number, each in enumerate(known, start=1):
            if (source.sha256, source.size_bytes) != (each.sha256, each.size_bytes):
                continue
            if len(known) == 1:
                return Finding(Verdict.SAME, ("the same bytes",))
            told = f"the same bytes as source {number} of {len(known)}"
            return Finding(Verdict.PART, (told, f"{each.rows:,} of {self._rows:,} rows"))
        return None

    def survey(self, mapping: SourceMapping) -> Survey:
        """Read the source and count what the manifest counts.

        Raises:
            InvalidMapping, InvalidSource: it cannot be read so.
        """
        found = Survey()
        seen: set[bytes] = set()
        with self._table(mapping) as table:
            records = RecordReader(mapping, table.header)
            for row in table.rows():
                for scheme, encoded in records.inputs(row):
                    if (digest := self._digest(encoded)) not in seen:
                        seen.add(digest)
                        found.entries[scheme] += 1
        found.rows, found.rejected = records.counts.rows, records.counts.rejected
        found.scheme_rows = records.counts.scheme_rows
        found.unseen = seen
        return found

    def compare_numbers(self, survey: Survey) -> Finding | None:
        """Compare rows and entries; None if they agree, which proves little."""
        dataset = self._manifest.dataset
        pairs = [
            ("rows", dataset.rows, survey.rows),
            ("rows rejected", dataset.rows_rejected, survey.rejected),
        ]
        for name, scheme in self._schemes.items():
            pairs.append((f"{name}, rows", scheme.rows, survey.scheme_rows.get(name, 0)))
            pairs.append((f"{name}, entries", scheme.entries, survey.entries[name]))
        reasons = [f"{what}: {there:,} there, {here:,} here" for what, there, here in pairs
                   if there != here]  # fmt: skip
        return self._judged([*reasons, *self._came_in_parts()]) if reasons else None

    @property
    def committed(self) -> Mapping[str, bytes]:
        """The commitments that there are: none for a scheme of less than 1,000 entries."""
        found = {name: scheme.commitment for name, scheme in self._schemes.items()}
        return {name: value for name, value in found.items() if value is not None}

    def compare_commitments(
        self, mapping: SourceMapping, survey: Survey, told: Callable[[int], None]
    ) -> Finding:
        """Stretch every distinct input once, and compare the sums.

        Args:
            mapping: as for the survey.
            survey: whose numbers agree; it is used up.
            told: is called with how many inputs were stretched so far.
        """
        committed = self.committed
        if not committed:
            reason = "equal numbers, but of too few entries for a commitment: they prove little"
            return Finding(Verdict.UNKNOWN, (reason,))
        totals = dict.fromkeys(committed, group.IDENTITY_SUM)
        evaluator = Evaluator(
            dict.fromkeys(committed, _NO_KEY),
            self._manifest.deployment.stretch_salt,
            self.profile,
            self._workers,
        )
        done = 0
        with self._table(mapping) as table:
            for chunk in evaluator.evaluate_all(self._once(table, mapping, survey.unseen)):
                for scheme, point in chunk:
                    if point is not None:
                        totals[scheme] = group.add(totals[scheme], point)
                told(done := done + len(chunk))
        reasons = [
            f"{name}: as many entries, but not the same"
            for name, value in committed.items()
            if commitment(totals[name]) != value
        ]
        if reasons:
            return self._judged(reasons)
        return Finding(Verdict.SAME, ("other bytes, the same entries", *self._uncommitted()))

    @contextmanager
    def _table(self, mapping: SourceMapping) -> Iterator[Table]:
        with self._source() as stream:
            source = LeakSource(stream, mapping.source, self._identities, mapping.column_names)
            with source.open() as table:
                table.check_whole()
                yield table

    def _once(
        self, table: Table, mapping: SourceMapping, unseen: set[bytes]
    ) -> Iterator[tuple[str, bytes]]:
        committed = self.committed
        records = RecordReader(mapping, table.header)
        for row in table.rows():
            for scheme, encoded in records.inputs(row):
                digest = self._digest(encoded)
                if digest in unseen and scheme in committed:
                    unseen.remove(digest)
                    yield scheme, encoded

    @property
    def _rows(self) -> int:
        return self._manifest.dataset.rows

    def _came_in_parts(self) -> Iterator[str]:
        rows = [f"{source.rows:,}" for source in self._manifest.sources]
        if len(rows) > 1:
            yield f"it came in {len(rows)} sources, of {', '.join(rows)} rows"

    def _uncommitted(self) -> Iterator[str]:
        for name in self._schemes:
            if name not in self.committed:
                yield f"{name}: equal numbers, too few for a commitment"

    def _judged(self, reasons: list[str]) -> Finding:
        forgotten = self._manifest.forgotten
        if not forgotten:
            return Finding(Verdict.DIFFERS, tuple(reasons))
        left_out = f"{forgotten:,} inputs of the source were left out, which may be all there is"
        return Finding(Verdict.UNKNOWN, (*reasons, left_out))

    def _digest(self, encoded: bytes) -> bytes:
        state = self._state.copy()
        state.update(encoded)
        return state.digest()


def _profile_of(schemes: Mapping[str, SchemeParameters]) -> StretchProfile:
    profiles = {scheme.stretch for scheme in schemes.values()}
    if len(profiles) != 1:
        raise InvalidMessage("the manifest's schemes do not share one stretch")
    (profile,) = profiles
    check_client_accepts(profile)
    return profile

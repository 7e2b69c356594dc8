"""Counts distinct people while a source is read; nothing that is kept says who or what they were.

For each row and each cell that it counts in, a record is kept while the draft is filled: the cell
and a keyed digest of the person and the cell. No two records of one person can be put together
without the key, which is of that run alone; and they are sealed, so that a copy of the database
does not even say how many people are in which cell. When the source was read to its end they are
counted (`app.scope.tallying`), and the key is erased with them.

A row may be counted twice, because a run that was interrupted goes on from a little before where it
was: equal records are one. So a run that was killed anywhere counts the same as one that was not.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.crypto.derivation import derive_key
from app.crypto.keyring import KeyRing
from app.crypto.sealing import Sealer
from app.encoding import from_base64url, to_base64url
from app.errors import KeyMissing
from app.identity.schemes import scheme_named
from app.protocol.parameters import key_name
from app.reading.mapping import SourceMapping
from app.reading.sources.rows import Row
from app.scope.cells import (
    FIRST_LABORATORY,
    LABORATORIES_MAXIMUM,
    NAMELESS,
    NO_LABORATORY,
    Counted,
    cells_of,
    code_of,
    counted_of,
    known_by,
    table_of,
)
from app.scope.source import SourceTables
from app.scope.table import PEOPLE_MINIMUM
from app.scope.tables import PERSON_SCHEMES, tables_of
from app.scope.tallying import DIGEST_BYTES, RECORD, Counts, count_records
from app.scope.traits import Named, TraitReader

# The key's name in the ring, beside those of the schemes; none of them is called so.
KEY_SCHEME: Final = "scope"
_SEALING: Final = b"concerne/v1/scope/sealing"
# What is sealed as the one is not opened as the other.
_LABELS: Final = b"labels"
_RECORDS: Final = b"records"
# Some megabytes as objects of a hundred bytes each; sealed, a fifth of that.
_RECORDS_MAXIMUM: Final = 25_000
_PERSON: Final = b"scope/person"
_PLACE: Final = b"scope/place"
_VALUE: Final = b"scope/value"


class ScopeCensus:
    """Begins to count: what an entry point hands to an ingest.

    Args:
        ring: where a run's key is made, and erased when the counting is done.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def begin(
        self,
        dataset: str,
        epoch: int,
        mapping: SourceMapping,
        header: Sequence[str],
        today: date,
        labels: Iterable[bytes] | None,
    ) -> ScopeCount | None:
        """Begin, or go on with what an interrupted run counted.

        Args:
            dataset: its slug.
            epoch: that is filled.
            mapping: whose columns are looked at.
            header: the source's column names, or as many empty ones.
            today: after which no date is accepted.
            labels: what `ScopeCount.take` gave of them before, or None in a new run.

        Returns:
            None where an interrupted run was begun without counting: what it read is not counted.
        """
        name = key_name(dataset, KEY_SCHEME, epoch)
        if labels is None:
            self._ring.erase(name)
            secret = self._ring.create(name).secret
        else:
            try:
                secret = self._ring.load(name).secret
            except KeyMissing:
                return None
        reader = TraitReader(mapping, header, today)
        count = ScopeCount(reader, mapping, secret)
        count.go_on(labels or ())
        return count

    def end(self, dataset: str, epoch: int) -> None:
        """Erase the run's key: what was counted with it says nothing to anybody any more."""
        self._ring.erase(key_name(dataset, KEY_SCHEME, epoch))


@dataclass(slots=True)
class _Laboratory:
    """One name: its number, the rows that told it, and whether the name itself was sealed yet."""

    number: int
    rows: int = 0
    is_told: bool = False


@dataclass(slots=True)
class _Laboratories:
    """Numbers the names as they come; with too many of them the column is no laboratory's."""

    by_digest: dict[bytes, _Laboratory] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    changed: dict[bytes, str] = field(default_factory=dict)
    are_too_many: bool = False

    def number(self, digest: bytes, name: str) -> int | None:
        known = self.by_digest.get(digest)
        if known is None:
            if len(self.by_digest) >= LABORATORIES_MAXIMUM:
                self.are_too_many = True
                return None
            known = _Laboratory(FIRST_LABORATORY + len(self.by_digest))
            self.by_digest[digest] = known
        known.rows += 1
        if not known.is_told:
            self.changed[digest] = name
        return known.number

    def taken(self) -> list[list[Any]]:
        """Return what changed; a name only once as many rows told it as people are needed."""
        told: list[list[Any]] = []
        for digest, name in self.changed.items():
            known = self.by_digest[digest]
            known.is_told = known.rows >= PEOPLE_MINIMUM
            text = name if known.is_told else None
            told.append([known.number, to_base64url(digest), known.rows, text])
        self.changed.clear()
        return told

    def learn(self, told: Sequence[Sequence[Any]]) -> None:
        for number, written, rows, name in told:
            digest = from_base64url(written, name="digest", length=DIGEST_BYTES)
            known = self.by_digest.setdefault(digest, _Laboratory(number))
            known.rows = max(known.rows, rows)
            if name is not None:
                known.is_told = True
                self.names[number] = name


class ScopeCount:
    """Counts one run: implements `ingest.ports.Count`.

    Args:
        reader: of the rows' traits.
        mapping: says what can be counted at all.
        secret: of the run.
    """

    def __init__(self, reader: TraitReader, mapping: SourceMapping, secret: bytes) -> None:
        self._reader = reader
        self._mapping = mapping
        self._sealer = Sealer(derive_key(secret, _SEALING))
        self._person = hashlib.blake2b(key=secret, digest_size=DIGEST_BYTES, person=_PERSON)
        self._place = hashlib.blake2b(key=secret, digest_size=DIGEST_BYTES, person=_PLACE)
        self._value = hashlib.blake2b(key=secret, digest_size=DIGEST_BYTES, person=_VALUE)
        self._laboratories = _Laboratories()
        self._tables = counted_of(self.columns, reader.kinds)
        self._records: set[bytes] = set()

    def go_on(self, labels: Iterable[bytes]) -> None:
        """Learn the names that were numbered before."""
        for sealed in labels:
            document = json.loads(self._sealer.open(sealed, _LABELS))
            self._laboratories.learn(document["laboratories"])
            self._laboratories.are_too_many |= document["too_many"]

    def row(self, row: Row, inputs: Sequence[tuple[str, bytes]]) -> None:
        """Count one row.

        Args:
            row: as it was read.
            inputs: that it gave; those of a scheme begin with the cells as they stand.
        """
        if row.values is None or not inputs:
            return
        found = _strongest(inputs)
        if found is None:
            self._keep(b"%d" % row.line, code_of(Counted.ROWS_APART))
            return
        scheme, encoded = found
        traits = self._reader.read(row.values, _named(scheme, encoded))
        person = _digest(self._person, encoded)
        for code in cells_of(traits, self._number(traits.laboratory)):
            if table_of(code) in self._tables:
                self._keep(person, code)

    def _number(self, laboratory: str | None) -> int | None:
        if "laboratory" not in self._mapping.scope or self._laboratories.are_too_many:
            return None
        if laboratory is None:
            return NO_LABORATORY
        if not laboratory:
            return NAMELESS
        digest = _digest(self._value, laboratory.encode())
        return self._laboratories.number(digest, laboratory)

    def _keep(self, who: bytes, code: int) -> None:
        digest = _digest(self._place, who + known_by(code).to_bytes(4, "little"))
        self._records.add(RECORD.pack(digest, code))

    @property
    def is_full(self) -> bool:
        """Whether so much is kept in memory that it is to be taken."""
        return len(self._records) >= _RECORDS_MAXIMUM

    def take(self) -> tuple[bytes, bytes]:
        """Return what was counted since it was taken last, sealed: names, and records.

        The records are in an order that says nothing of the rows', among many.
        """
        labels = {
            "laboratories": self._laboratories.taken(),
            "too_many": self._laboratories.are_too_many,
        }
        records = b"".join(sorted(self._records))
        self._records.clear()
        sealed_labels = self._sealer.seal(json.dumps(labels).encode(), _LABELS)
        return sealed_labels, self._sealer.seal(records, _RECORDS)

    def result(self, labels: Iterable[bytes], records: Callable[[], Iterator[bytes]]) -> str:
        """Return what may be published of all that was taken, as canonical JSON.

        Args:
            labels: all of them.
            records: gives all of them, as often as it is called.
        """
        self.go_on(labels)
        counts = count_records(lambda: map(self._opened, records()))
        names = self._laboratories.names
        return SourceTables(
            people=_enough(counts, Counted.PEOPLE),
            rows_apart=_enough(counts, Counted.ROWS_APART),
            tables=tables_of(counts, names, self.columns, self._reader.kinds),
        ).to_text()

    def _opened(self, sealed: bytes) -> bytes:
        return self._sealer.open(sealed, _RECORDS)

    @property
    def columns(self) -> frozenset[str]:
        """What the mapping says anything of, for the tables that can be made."""
        of_fields = set(self._mapping.fields)
        found = set(self._mapping.scope)
        if self._laboratories.are_too_many:
            found.discard("laboratory")
        if "postcode" in found:
            found.add("department")
        if "birth_date" in of_fields:
            found.add("born")
        if "nir" in of_fields:
            found |= {"sex", "born"}
        return frozenset(found)


def _digest(state: Any, value: bytes) -> bytes:
    keyed = state.copy()
    keyed.update(value)
    digest: bytes = keyed.digest()
    return digest


def _enough(counts: Counts, cell: Counted) -> int | None:
    number = counts.get(code_of(cell), 0)
    return number if number >= PEOPLE_MINIMUM else None


def _strongest(inputs: Sequence[tuple[str, bytes]]) -> tuple[str, bytes] | None:
    first: dict[str, bytes] = {}
    for scheme, encoded in inputs:
        first.setdefault(scheme, encoded)
    for scheme in PERSON_SCHEMES:
        if scheme in first:
            return scheme, first[scheme]
    return None


def _named(scheme: str, encoded: bytes) -> Named:
    """Take the fields out of an encoded input again: a label, and then each with its length."""
    values: list[str] = []
    at = 0
    while at < len(encoded):
        (length,) = struct.unpack_from(">H", encoded, at)
        values.append(encoded[at + 2 : at + 2 + length].decode("utf-8"))
        at += 2 + length
    fields = dict(zip(scheme_named(scheme).fields, values[1:], strict=True))
    return Named(fields.get("nir", ""), fields.get("birth_date", ""))

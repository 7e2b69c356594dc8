"""The distinct questions of a list, and which of them each row asks.

A question is one identifier under one scheme; people who share a telephone share a question. What
is kept of a row is a few small numbers, so that a list of any usual length fits into memory; the
identifiers themselves are packed, and dropped once they are stretched.
"""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from app.identity.schemes import scheme_named
from app.reading.mapping import SourceMapping
from app.reading.records import RecordReader, RowCounts
from app.reading.sources.opening import Table

# A scheme's place is in the highest bits of a question's number, its ordinal in the others.
_ORDINAL_BITS = 28
_ORDINAL_MASK = (1 << _ORDINAL_BITS) - 1
_DIGEST_BYTES = 16
_ROWS_PER_CALL = 1000
# Told of a row that was read only as it stands.
CROWDED = ("row", "too many other readings")


@dataclass(frozen=True, slots=True)
class Faults:
    """What of a row could not be read.

    Args:
        values: filled cells that are refused, each as (field, reason).
        row: why there are no cells at all, in a word; else empty.
        is_unasked: it has identifiers, and all of them are of schemes that are not asked.
    """

    values: tuple[tuple[str, str], ...] = ()
    row: str = ""
    is_unasked: bool = False


class PackedInputs:
    """Encoded inputs of one scheme, one behind the other."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, encoded: bytes) -> None:
        """Add one."""
        self._bytes += encoded
        self._ends.append(len(self._bytes))

    def forget(self) -> None:
        """Drop the inputs; only how many there were stays known."""
        self._bytes.clear()

    def since(self, first: int) -> Iterator[bytes]:
        """Yield those from an ordinal on."""
        for place in range(first, len(self)):
            yield bytes(self._bytes[self._ends[place] : self._ends[place + 1]])


class Questions:
    """What every row of a list asks, under the schemes that are asked at all.

    Args:
        schemes: in the order in which they are asked.
    """

    def __init__(self, schemes: Sequence[str]) -> None:
        self.schemes = tuple(schemes)
        self.inputs = {scheme: PackedInputs() for scheme in schemes}
        self._ends = array("Q", [0])
        self._asked = array("L")
        self._faults_of = array("L")
        self._faults: list[Faults] = []

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._faults_of)

    def totals(self) -> Mapping[str, int]:
        """Return the number of distinct questions by scheme."""
        return {scheme: len(inputs) for scheme, inputs in self.inputs.items()}

    def of_row(self, row: int) -> tuple[list[tuple[str, int]], Faults]:
        """Return the questions of one row, from 0, as (scheme, ordinal), and its faults."""
        asked = self._asked[self._ends[row] : self._ends[row + 1]]
        questions = [(self.schemes[n >> _ORDINAL_BITS], n & _ORDINAL_MASK) for n in asked]
        return questions, self._faults[self._faults_of[row]]

    def read(
        self,
        table: Table,
        mapping: SourceMapping,
        *,
        today: date,
        on_rows: Callable[[int], None] = lambda _rows: None,
    ) -> None:
        """Read a list to its end.

        Args:
            table: the opened list.
            mapping: whose schemes are at least those that are asked.
            today: after which no birth date is accepted.
            on_rows: is told the rows so far, now and then.

        Raises:
            InvalidSource, InvalidMapping: it cannot be read, or lacks a column.
        """
        counts = RowCounts()
        reader = RecordReader(mapping, table.header, counts=counts, today=today)
        # Only to find what was seen before: shorter than the inputs, and of no use afterwards.
        key, known = secrets.token_bytes(_DIGEST_BYTES), dict[bytes, int]()
        numbers: dict[Faults, int] = {}
        crowded = 0
        for row in table.rows():
            inputs, before = reader.inputs(row), len(self._asked)
            for scheme, encoded in inputs:
                if scheme in self.inputs:
                    digest = blake2b(encoded, digest_size=_DIGEST_BYTES, key=key).digest()
                    number = known.get(digest)
                    if number is None:
                        number = known[digest] = self._add(scheme, encoded)
                    self._asked.append(number)
            self._ends.append(len(self._asked))
            values = _parted(counts.refused_values)
            counts.refused_values.clear()
            if counts.crowded > crowded:
                values, crowded = (*values, CROWDED), counts.crowded
            why = "" if row.values is not None else row.reason
            faults = Faults(values, why, bool(inputs) and len(self._asked) == before)
            self._faults_of.append(numbers.setdefault(faults, len(numbers)))
            if len(self) % _ROWS_PER_CALL == 0:
                on_rows(len(self))
        self._faults = list(numbers)
        on_rows(len(self))

    def _add(self, scheme: str, encoded: bytes) -> int:
        inputs = self.inputs[scheme]
        inputs.append(encoded)
        return self.schemes.index(scheme) << _ORDINAL_BITS | len(inputs) - 1


def schemes_with(field: str, schemes: Sequence[str]) -> list[str]:
    """Return those schemes that need a field."""
    return [scheme for scheme in schemes if field in scheme_named(scheme).fields]


def _parted(refused: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """Return field and reason of what a row's reading counted as refused."""
    return tuple((what.partition(": ")[0], what.partition(": ")[2]) for what in refused)

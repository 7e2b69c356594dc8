"""What a run keeps so that the next one goes on: nothing is stretched or asked twice.

Three kinds of record stand in the journal: what the run was begun with, stretched inputs in the
order of the questions, and answers in the same order. A stretched input is as sensitive as the
identifier itself, and an answer more so; outside the journal, which is encrypted, neither is
written. No identifier is in it at all.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

from app.checking.journal import Journal, Place
from app.crypto.stretch import STRETCHED_BYTES, Stretched
from app.errors import RunDiffers
from app.protocol.parameters import SchemeParameters

_BEGINNING, _STRETCHED, _ANSWERED = b"B", b"S", b"A"
# The scheme's place, and the ordinal of the first value.
_HEAD = struct.Struct(">cBL")
_INDEX_BYTES = 16
_NAMES = {
    "list_sha256": "the list",
    "mapping_sha256": "the mapping",
    "dataset": "the dataset",
    "server": "the server's address",
    "chosen": "the schemes that were chosen",
    "stretch": "how the deployment stretches identifiers",
}


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run was begun with.

    Args:
        list_sha256: of the list's bytes, in hexadecimal.
        mapping_sha256: of what the mapping says.
        dataset: that is asked.
        server: its address.
        chosen: the schemes that were named, or none for all that can be asked.
        stretch: the deployment's salt and the cost by scheme.
        schemes: that are asked.
        today: ISO date, after which no birth date is accepted.
    """

    list_sha256: str
    mapping_sha256: str
    dataset: str
    server: str
    chosen: tuple[str, ...]
    stretch: str
    schemes: tuple[str, ...]
    today: str

    @property
    def day(self) -> date:
        """The day on which the run began."""
        return date.fromisoformat(self.today)

    def check_same(self, now: Beginning) -> None:
        """Check that a run goes on with what it was begun with.

        The schemes may have become other ones meanwhile; the run keeps its own.

        Raises:
            RunDiffers: what differs is named.
        """
        different = [what for name, what in _NAMES.items() if self._differs(now, name)]
        if different:
            raise RunDiffers(
                f"the state is of a run with another: {', '.join(different)}",
                hint="give the command of that run again, or remove the state to begin anew",
            )

    def _differs(self, now: Beginning, name: str) -> bool:
        if name != "stretch":
            return bool(getattr(self, name) != getattr(now, name))
        before, current = json.loads(self.stretch), json.loads(now.stretch)
        return any(current.get(what, cost) != cost for what, cost in before.items())


class State:
    """The journal's records, by meaning.

    Args:
        journal: open, and this one's alone.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.beginning: Beginning | None = None
        self._stretched: dict[int, list[Place]] = {}
        self._counts: dict[int, int] = {}
        # By index: what was answered in one epoch is of no use in the next.
        self._answers: dict[tuple[bytes, int], bytearray] = {}
        for place, record in journal.records():
            self._take(place, record)

    def begin(self, beginning: Beginning) -> Beginning:
        """Note what the run is begun with, or check that it is what it was begun with.

        Returns:
            What it was begun with.

        Raises:
            RunDiffers: the state is another run's.
        """
        if self.beginning is None:
            self._journal.append(_BEGINNING + json.dumps(asdict(beginning)).encode())
            self.beginning = beginning
        self.beginning.check_same(beginning)
        return self.beginning

    def stretched_count(self, scheme: int) -> int:
        """Return how many inputs of a scheme are stretched: the first so many."""
        return self._counts.get(scheme, 0)

    def add_stretched(self, scheme: int, values: Sequence[Stretched]) -> None:
        """Keep the next stretched inputs of a scheme."""
        first = self.stretched_count(scheme)
        record = _HEAD.pack(_STRETCHED, scheme, first) + b"".join(values)
        self._take(self._journal.append(record), record)

    def stretched(self, scheme: int, first: int) -> Iterator[Stretched]:
        """Yield the stretched inputs of a scheme from an ordinal on."""
        for place in self._stretched.get(scheme, []):
            record = self._journal.read(place)
            _, _, start = _HEAD.unpack_from(record)
            count = (len(record) - _HEAD.size) // STRETCHED_BYTES
            for number in range(max(first - start, 0), count):
                at = _HEAD.size + number * STRETCHED_BYTES
                yield Stretched(record[at : at + STRETCHED_BYTES])

    def add_answers(
        self, scheme: int, dataset: str, index: SchemeParameters, answers: Sequence[bool]
    ) -> None:
        """Keep the next answers of a scheme, in one epoch."""
        first = len(self.answers(scheme, dataset, index))
        head = _HEAD.pack(_ANSWERED, scheme, first) + _digest(dataset, index)
        record = head + bytes(answers)
        self._take(self._journal.append(record), record)

    def answers(self, scheme: int, dataset: str, index: SchemeParameters) -> bytes:
        """Return the answers of a scheme in one epoch so far, 1 for yes and 0 for no."""
        return bytes(self._answers.get((_digest(dataset, index), scheme), b""))

    def _take(self, place: Place, record: bytes) -> None:
        if record[:1] == _BEGINNING:
            self.beginning = _beginning_of(json.loads(record[1:]))
            return
        kind, scheme, first = _HEAD.unpack_from(record)
        body = record[_HEAD.size :]
        if kind == _STRETCHED:
            self._stretched.setdefault(scheme, []).append(place)
            self._counts[scheme] = first + len(body) // STRETCHED_BYTES
        else:
            known = self._answers.setdefault((body[:_INDEX_BYTES], scheme), bytearray())
            known += body[_INDEX_BYTES:]


def _digest(dataset: str, index: SchemeParameters) -> bytes:
    """Name one index: with another key, or other ranges, an answer is another one."""
    said = [dataset, index.scheme, index.epoch, index.public_key.hex(), index.prefix_bits]
    text = json.dumps([*said, index.range_length])
    return hashlib.sha256(text.encode()).digest()[:_INDEX_BYTES]


def _beginning_of(written: Mapping[str, object]) -> Beginning:
    lists = {name: tuple(value) for name, value in written.items() if isinstance(value, list)}
    known = {each.name for each in fields(Beginning)}
    return Beginning(**{n: v for n, v in ({**written, **lists}).items() if n in known})  # type: ignore[arg-type]  # as `asdict` wrote it

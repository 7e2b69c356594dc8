"""How far a run is, so that an interrupted one goes on from there and loses nothing.

A checkpoint lies after a row all of whose inputs are in the store. It is written in the same
transaction as these, so that the store never holds one without the other; inputs beyond it are
evaluated once more, and are already there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.reading.records import RowCounts
from app.reading.sources.opening import Position

# Under a second of Argon2id: what is computed anew after an interruption, at most.
INPUTS_BETWEEN = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be the same when a run is taken up again.

    Args:
        mapping_sha256: digest of what the mapping says.
        began_on: the day of its beginning, after which no birth date is accepted.
    """

    mapping_sha256: bytes
    began_on: date


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a run stands.

    Args:
        position: after which row.
        counts: what became of the rows up to there.
        inputs: that they gave, evaluated and in the store.
        forgotten: of these, those that were left out.
    """

    position: Position
    counts: RowCounts
    inputs: int = 0
    forgotten: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as what json can write: numbers, names of reasons and lines, no value."""
        return {
            "position": self.position.as_json(),
            "counts": self.counts.as_json(),
            "inputs": self.inputs,
            "forgotten": self.forgotten,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Checkpoint:
        """Return what `as_json` was called on."""
        return cls(
            Position.from_json(written["position"]),
            RowCounts.from_json(written["counts"]),
            written["inputs"],
            written["forgotten"],
        )


class Checkpoints:
    """Notes places while rows are read ahead, and gives back the last that is behind them all.

    Args:
        start: where the run goes on, or None at its beginning.
    """

    def __init__(self, start: Checkpoint | None) -> None:
        self._noted: deque[Checkpoint] = deque()
        self._last_noted = start.inputs if start else 0
        self._forgotten = start.forgotten if start else 0
        self._evaluated = self._last_noted
        self.reached = start

    def is_due(self, drawn: int) -> bool:
        """Tell whether enough inputs were drawn since the last place."""
        return drawn >= self._last_noted + INPUTS_BETWEEN

    def note(self, position: Position, counts: RowCounts, drawn: int) -> None:
        """Note a place between two rows.

        Args:
            position: after the first of the two.
            counts: as they are now; a copy is kept.
            drawn: inputs that the rows so far gave.
        """
        self._last_noted = drawn
        self._noted.append(Checkpoint(position, counts.copy(), drawn))
        self._pass()

    def evaluated(self, *, is_forgotten: bool) -> None:
        """Count one input, in the order in which they were drawn."""
        self._evaluated += 1
        self._forgotten += is_forgotten
        self._pass()

    def _pass(self) -> None:
        while self._noted and self._noted[0].inputs <= self._evaluated:
            noted = self._noted.popleft()
            # The inputs of this place are the last that were evaluated, so that the number of
            # those that were left out is the one of now.
            self.reached = Checkpoint(noted.position, noted.counts, noted.inputs, self._forgotten)

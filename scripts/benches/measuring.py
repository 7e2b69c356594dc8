"""Figures, their floors, and the turns in which both are measured."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")


class Unit(Enum):
    """What a figure and its floor are numbers of."""

    SECONDS = "s"
    PER_SECOND = "/s"
    MIB = "MiB"
    KILOBYTES = "kB"


@dataclass(frozen=True, slots=True)
class Target:
    """What a ratio should be at most, or at least."""

    ratio: float
    is_minimum: bool = False

    def is_met(self, ratio: float) -> bool:
        """Tell whether a ratio is as good as that."""
        return ratio >= self.ratio if self.is_minimum else ratio <= self.ratio

    def __str__(self) -> str:
        return f"{'≥' if self.is_minimum else '≤'} {self.ratio:.2f}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure and the floor that was measured next to it, in the same unit."""

    figure: float
    floor: float

    @property
    def ratio(self) -> float:
        """How many times the floor the figure is."""
        return self.figure / self.floor


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Args:
        name: what was measured, and over what.
        unit: of figure and floor.
        pairs: one for each repetition, at least one.
        target: None for a figure that is only there to explain another.
    """

    name: str
    unit: Unit
    pairs: Sequence[Pair]
    target: Target | None = None

    @property
    def ratio(self) -> float:
        """The median of the repetitions' ratios."""
        return statistics.median(pair.ratio for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class Result:
    """What one subject found: figures, and notes that help to read them."""

    figures: Sequence[Figure]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How large and how often.

    Args:
        folder: for everything that has to be on disk; removed afterwards.
        runs: repetitions.
        is_full: whether the sizes are those of the promises.
        rows: of a list, where somebody chose them.
    """

    folder: Path
    runs: int
    is_full: bool
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took: the processor's seconds in all threads, and the clock's."""

    cpu_seconds: float
    wall_seconds: float


def cost_of(work: Callable[[], object]) -> Cost:
    """Do the work, and return what it took this process."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def in_turns(runs: int, *steps: Callable[[], _T]) -> list[tuple[_T, ...]]:
    """Do all steps in turn, `runs` times: what disturbs the machine disturbs them alike."""
    return [tuple(step() for step in steps) for _ in range(runs)]


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))

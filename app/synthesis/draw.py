"""Chance that repeats itself: one seed, one sequence, on every Python.

`random.random()` is the only generator whose sequence Python promises to keep for one integer
seed. `choice`, `sample` and `shuffle` may draw differently from one version to the next, so
everything here is derived from `random()` alone. Nothing iterates over a set, so PYTHONHASHSEED
plays no part.
"""

from __future__ import annotations

import bisect
import itertools
import random
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")


class Weighted(Generic[T]):
    """Values and how often each is to come, relative to one another."""

    def __init__(self, *choices: tuple[T, int]) -> None:
        self.values = tuple(value for value, _ in choices)
        self.thresholds = tuple(itertools.accumulate(weight for _, weight in choices))


class Draw:
    """Everything that is left to chance in a made-up leak.

    Args:
        seed: 0 or more; Python seeds −1 and 1 alike, so that a negative one would not be its own.
    """

    def __init__(self, seed: int) -> None:
        generator = random.Random(seed)  # noqa: S311 - must be predictable; protects nothing
        self._random = generator.random

    def per_thousand(self, times: int) -> bool:
        """Say yes so many times in a thousand."""
        return self._random() * 1000 < times

    def below(self, limit: int) -> int:
        """Return one of 0 … limit − 1. Exact enough below 2⁵³, evenly for what is needed here."""
        return int(self._random() * limit)

    def between(self, first: int, last: int) -> int:
        """Return one of first … last, both included."""
        return first + int(self._random() * (last - first + 1))

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values, each as likely as the next."""
        return values[int(self._random() * len(values))]

    def pick_weighted(self, weighted: Weighted[T]) -> T:
        """Return one of the values, as often as its weight says."""
        thresholds = weighted.thresholds
        return weighted.values[bisect.bisect_right(thresholds, self.below(thresholds[-1]))]


class Deal:
    """Deals exact counts of some kinds over a known number of turns, without a list of positions.

    Selection sampling (Knuth, The Art of Computer Programming, 3.4.2, algorithm S), for several
    kinds at once: a kind with k left comes with chance k out of the n turns left, so that every
    arrangement is equally likely and the counts are exact at the end.

    Args:
        draw: where chance comes from.
        turns: how often `next` will be called.
        counts: how many of each kind; what is left of `turns` is dealt as "".
    """

    def __init__(self, draw: Draw, turns: int, counts: Mapping[str, int]) -> None:
        if sum(counts.values()) > turns:
            raise ValueError("more to deal than there are turns")
        self._draw = draw
        self._turns = turns
        self._left = dict(counts)

    def next(self) -> str:
        """Return the kind of the next turn."""
        at = self._draw.below(self._turns)
        self._turns -= 1
        for kind, left in self._left.items():
            if at < left:
                self._left[kind] = left - 1
                return kind
            at -= left
        return ""


def words(text: str) -> tuple[str, ...]:
    """Split a comma-separated list, as the vocabulary is written, into its entries."""
    return tuple(" ".join(part.split()) for part in text.split(","))

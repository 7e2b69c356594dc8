"""Which sources have tables beside each other: each way in which one may nearly be in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scope.source import ScopeSource, SourceTables
from app.scope.successive import DIFFERENCE_MINIMUM, apart
from tests.scope.examples import example_report, example_table


def source(people: int) -> ScopeSource:
    (found,) = example_report().sources
    return replace(found, counted=SourceTables(people, None, (example_table(),)))


def told(*each: tuple[int, Mapping[str, int] | None]) -> list[bool]:
    """Return which of some sources have tables, by their people and what the dataset grew by."""
    found = apart([source(people) for people, _ in each], [growth for _, growth in each])
    assert all(bool(s.tables) != s.is_withheld for s in found)
    return [bool(s.tables) for s in found]


@pytest.mark.parametrize(
    ("second", "growth", "is_told"),
    [
        # All new, and only some; new people alone do not do if all of the first are in it as well.
        (400, {"nir": 400}, True),
        (400, {"nir": 100}, True),
        (400, {"nir": 99}, False),
        (900, {"nir": 400}, False),
        (800, {"nir": 400}, True),
        (801, {"nir": 400}, False),
        # It is not known, or not in numbers of people.
        (400, None, False),
        (400, {"name-dob": 400, "email": 400, "phone": 400}, False),
        (400, {"nir-dob": 400}, True),
        (400, {"nir-dob": 198}, False),
    ],
)
def test_a_source_is_told_if_enough_came_and_enough_went(
    second: int, growth: Mapping[str, int] | None, is_told: bool
) -> None:
    assert told((500, {"nir": 500}), (second, growth)) == [True, is_told]


def test_what_is_not_told_sets_nothing_apart() -> None:
    """The third is compared with the first alone: the second's tables are nobody's to subtract."""
    assert told((500, {"nir": 500}), (510, {"nir": 10}), (400, {"nir": 300})) == [True, False, True]


@given(
    st.lists(st.tuples(st.integers(100, 900), st.integers(0, 900)), min_size=2, max_size=6),
    st.integers(1, 5),
)
def test_another_source_takes_nothing_back(each: list[tuple[int, int]], first: int) -> None:
    sources = [(people, {"nir": min(new, people)}) for people, new in each]
    assert told(*sources)[:first] == told(*sources[:first])


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(100, 900)), min_size=2, max_size=4),
)
def test_of_two_that_are_told_neither_is_nearly_in_the_other(each: list[tuple[int, int]]) -> None:
    people = [set(range(first, first + number)) for first, number in each]
    seen: set[int] = set()
    growth = []
    for these in people:
        growth.append({"nir": len(these - seen)})
        seen |= these
    answers = told(*zip(map(len, people), growth, strict=True))
    shown = [these for these, is_told in zip(people, answers, strict=True) if is_told]
    for at, later in enumerate(shown):
        for before in shown[:at]:
            assert min(len(later - before), len(before - later)) >= DIFFERENCE_MINIMUM

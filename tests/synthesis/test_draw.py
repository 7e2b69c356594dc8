from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.synthesis.draw import Deal, Draw, Weighted, words


def test_the_sequence_of_a_seed_is_the_one_that_python_promises_to_keep() -> None:
    draw = Draw(0)
    assert [draw.below(1_000_000) for _ in range(3)] == [844421, 757954, 420571]


@given(seed=st.integers(min_value=0), first=st.integers(0, 99), width=st.integers(0, 99))
def test_between_keeps_to_its_bounds(seed: int, first: int, width: int) -> None:
    assert first <= Draw(seed).between(first, first + width) <= first + width


def test_a_weight_of_nothing_never_comes_and_heavier_comes_more_often() -> None:
    draw = Draw(1)
    weighted = Weighted(("never", 0), ("seldom", 1), ("often", 9))
    came = Counter(draw.pick_weighted(weighted) for _ in range(2_000))
    assert came["never"] == 0
    assert 100 < came["seldom"] < 300


@given(
    seed=st.integers(min_value=0),
    counts=st.dictionaries(st.sampled_from("abc"), st.integers(0, 30)),
    rest=st.integers(0, 30),
)
def test_a_deal_deals_exactly_its_counts(seed: int, counts: dict[str, int], rest: int) -> None:
    turns = sum(counts.values()) + rest
    deal = Deal(Draw(seed), turns, counts)
    dealt = Counter(deal.next() for _ in range(turns))
    assert dealt == Counter({**counts, "": rest})


def test_a_deal_spreads_over_all_turns() -> None:
    """Not all at the beginning: each half of 2,000 turns gets about half of 200."""
    deal = Deal(Draw(3), 2_000, {"rare": 200})
    first_half = [deal.next() for _ in range(1_000)].count("rare")
    assert 70 < first_half < 130


def test_more_to_deal_than_turns_is_refused() -> None:
    with pytest.raises(ValueError, match="more to deal"):
        Deal(Draw(0), 2, {"a": 2, "b": 1})


def test_a_vocabulary_may_break_its_lines_anywhere() -> None:
    assert words("\n    Le\n    Goff, Roux,\n    Petit\n") == ("Le Goff", "Roux", "Petit")

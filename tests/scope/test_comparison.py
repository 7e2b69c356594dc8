"""Samples and shares: no file of strangers and one person is a question about that person."""

from __future__ import annotations

from collections import Counter

import pytest

from app.errors import SampleTooSmall
from app.scope.comparison import SAMPLE_MINIMUM, Sample, Share, check_sample_size


def inputs(number: int) -> list[bytes]:
    return [b"%d" % n for n in range(number)]


def test_a_sample_has_each_distinct_input_once_whatever_comes_again() -> None:
    sample = Sample(1000)
    for encoded in inputs(1500) * 3:
        sample.add(encoded)
    taken = sample.taken("nir")
    assert len(taken) == len(set(taken)) == 1000
    assert set(taken) <= set(inputs(1500))


def test_each_input_has_the_same_chance_however_often_it_stands_there() -> None:
    """Of 40 draws of half, an input is drawn 20 times; under 2 or over 38 once in 7 million."""
    drawn: Counter[bytes] = Counter()
    for _ in range(40):
        sample = Sample(1000)
        for encoded in [*inputs(2000), *inputs(1000)]:
            sample.add(encoded)
        drawn.update(sample.taken("nir"))
    assert len(drawn) == 2000
    assert 2 <= min(drawn.values()) <= max(drawn.values()) <= 38
    twice = sum(drawn[encoded] for encoded in inputs(1000))
    assert abs(twice - 20_000) < 1000


def test_a_sample_too_small_tells_the_threshold() -> None:
    sample = Sample(1000)
    for encoded in inputs(SAMPLE_MINIMUM - 1):
        sample.add(encoded)
    with pytest.raises(SampleTooSmall, match=r"999 distinct identifiers of nir.*1,000 at least"):
        sample.taken("nir")
    with pytest.raises(SampleTooSmall, match="1,000"):
        check_sample_size(999)


@pytest.mark.parametrize(
    ("exposed", "low", "high"),
    # Wilson's interval, computed by hand from its formula.
    [(0, 0.0, 0.003827), (500, 0.469074, 0.530926), (1000, 0.996173, 1.0)],
)
def test_the_interval_is_wilsons(exposed: int, low: float, high: float) -> None:
    assert Share(exposed, 1000).interval == pytest.approx((low, high), abs=1e-5)


def test_neither_a_few_nor_nearly_all_are_told_exactly() -> None:
    few = {Share(exposed, 1000).told() for exposed in range(11)}
    most = {Share(1000 - missing, 1000).told() for missing in range(11)}
    assert len(few) == len(most) == 1
    assert Share(11, 1000).told().startswith("11 of 1,000 sampled: 1.1% of the file, between")

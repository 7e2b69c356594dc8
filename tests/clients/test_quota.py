"""A quota is the declared size of a list and a stated margin, rounded up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clients.quota import MARGIN_PERCENT, Quota
from app.errors import InvalidInput


@pytest.mark.parametrize(
    ("declared", "margin", "elements"),
    [(100, 10, 110), (100_000, 10, 110_000), (1, 10, 2), (9, 0, 9), (3, 50, 5), (7, 100, 14)],
)
def test_known_quotas(declared: int, margin: int, elements: int) -> None:
    assert Quota(declared, margin).elements == elements


@given(st.integers(1, 10**8), st.integers(0, 100))
def test_it_is_never_less_than_promised_and_never_one_more(declared: int, margin: int) -> None:
    elements = Quota(declared, margin).elements
    assert 100 * (elements - 1) < declared * (100 + margin) <= 100 * elements


def test_the_margin_is_a_tenth_if_nothing_is_said() -> None:
    assert Quota(1000) == Quota(1000, MARGIN_PERCENT) == Quota(1000, 10)


@pytest.mark.parametrize(("declared", "margin"), [(0, 10), (-1, 10), (10**9, 0), (1, -1), (1, 101)])
def test_what_is_out_of_bounds_is_refused(declared: int, margin: int) -> None:
    with pytest.raises(InvalidInput):
        Quota(declared, margin)

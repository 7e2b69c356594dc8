from __future__ import annotations

from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from app.synthesis.quotas import Quotas, quotas


def test_at_the_reported_size_the_counts_are_the_reported_ones() -> None:
    assert quotas(491_840) == Quotas(
        with_nir=489_838,
        women=268_983,
        men=195_828,
        children=13_478,
        babies=425,
        landlines=270_569,
        mobiles=159_591,
        emails=55_738,
    )


@given(st.integers(1, 2_000_000))
def test_no_kind_has_more_rows_than_there_are(rows: int) -> None:
    quota = quotas(rows)
    assert all(0 <= count <= rows for count in asdict(quota).values())
    assert quota.women + quota.men <= rows
    assert quota.children + quota.babies <= rows


@given(st.integers(200, 2_000_000))
def test_from_200_rows_on_there_is_some_of_each(rows: int) -> None:
    quota = quotas(rows)
    assert all(asdict(quota).values())
    assert quota.with_nir < rows
    assert quota.women + quota.men < rows

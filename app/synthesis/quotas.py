"""How many of each kind a leak of some size has: the proportions that the press reported.

The source of the numbers is the press of February 2021 about a file of 491,840 rows. Whatever a
number is called there, here it is a number of rows in which that column is filled, but for the
e-mail addresses, which were reported and are counted as distinct ones.
"""

from __future__ import annotations

from dataclasses import dataclass

REPORTED_ROWS = 491_840
REPORTED_WITHOUT_NIR = REPORTED_ROWS - 489_838
REPORTED_WOMEN = 268_983
REPORTED_MEN = 195_828
REPORTED_CHILDREN = 13_478
REPORTED_BABIES = 425
REPORTED_LANDLINES = 270_569
REPORTED_MOBILES = 159_591
REPORTED_EMAILS = 55_738

# From this size on, a leak has at least one of everything, however rare.
SOME_OF_EACH_FROM_ROWS = 200


@dataclass(frozen=True, slots=True)
class Quotas:
    """Exact counts for a leak of one size."""

    with_nir: int
    women: int
    men: int
    children: int
    babies: int
    landlines: int
    mobiles: int
    emails: int


def quotas(rows: int) -> Quotas:
    """Scale the reported counts to `rows`, to the nearest, and exactly at 491,840."""

    def scaled(reported: int) -> int:
        nearest = (2 * reported * rows + REPORTED_ROWS) // (2 * REPORTED_ROWS)
        return max(nearest, 1) if rows >= SOME_OF_EACH_FROM_ROWS else nearest

    women = scaled(REPORTED_WOMEN)
    return Quotas(
        with_nir=rows - scaled(REPORTED_WITHOUT_NIR),
        women=women,
        # Both are rounded up at some tiny sizes, and a row has one sex at most.
        men=min(scaled(REPORTED_MEN), rows - women),
        children=scaled(REPORTED_CHILDREN),
        babies=scaled(REPORTED_BABIES),
        landlines=scaled(REPORTED_LANDLINES),
        mobiles=scaled(REPORTED_MOBILES),
        emails=scaled(REPORTED_EMAILS),
    )

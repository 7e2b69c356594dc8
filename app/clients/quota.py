"""How many distinct evaluations a client may have: the declared size of its list, and a margin.

The margin is for rows that give more than one identifier, and for those who come while the list
is checked. It is small, because whoever steals a credential can ask as many about others.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import InvalidInput

MARGIN_PERCENT = 10
_MARGIN_PERCENT_MAXIMUM = 100
# More than there are people in the country.
_DECLARED_MAXIMUM = 100_000_000


@dataclass(frozen=True, slots=True)
class Quota:
    """What a client may have evaluated of each scheme that it was granted.

    Args:
        declared: how many its list has.
        margin_percent: how many more, in hundredths of that.

    Raises:
        InvalidInput: one of the two is out of bounds.
    """

    declared: int
    margin_percent: int = MARGIN_PERCENT

    def __post_init__(self) -> None:
        if not 1 <= self.declared <= _DECLARED_MAXIMUM:
            raise InvalidInput(f"the size of a list is 1 to {_DECLARED_MAXIMUM:,}")
        if not 0 <= self.margin_percent <= _MARGIN_PERCENT_MAXIMUM:
            raise InvalidInput(f"a margin is 0 to {_MARGIN_PERCENT_MAXIMUM} percent")

    @property
    def elements(self) -> int:
        """Distinct blinded elements, rounded up."""
        return self.declared + -(-self.declared * self.margin_percent // 100)

"""Which sources of a dataset have tables beside each other: of two, none is nearly in the other.

Each source is counted by itself. Whoever has the tables of a file, and those of the same file with
three people more, has the tables of these three by subtracting, whatever is hidden in either. So a
source has tables beside those before it only if enough of its people are in none of these, and
enough of the people of each of these are not in it. Of a difference of two numbers it is then open
by as many people how many came and how many went.

How many are new is known from what the dataset grew by. Who they are is not known to anybody here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.scope.source import ScopeSource, SourceTables

# As many as a source needs to have tables at all.
DIFFERENCE_MINIMUM: Final = 100
# Into how many identifiers of a scheme one person's cells may be read, the scheme first that says
# most. A year of two digits is of two centuries; names are read in so many ways that what a
# dataset grew by says little of people.
_READINGS: Final[Mapping[str, int]] = {"nir": 1, "nir-dob": 2}


def apart(
    sources: Sequence[ScopeSource], grown: Sequence[Mapping[str, int] | None]
) -> tuple[ScopeSource, ...]:
    """Return the sources, those without their tables that would be a difference.

    Equal beginnings give equal results: what was told once is told for ever, and nothing of it is
    taken back when another source comes.

    Args:
        sources: in the order in which they came.
        grown: by how many entries of each scheme the dataset grew with each; None if not known.
    """
    told: list[ScopeSource] = []
    found = []
    for source, growth in zip(sources, grown, strict=True):
        if source.tables and not all(_are_apart(before, source, growth) for before in told):
            found.append(replace(source, is_withheld=True, counted=_headline(source)))
            continue
        found.append(source)
        told += [source] if source.tables else []
    return tuple(found)


def _headline(source: ScopeSource) -> SourceTables | None:
    return None if source.counted is None else replace(source.counted, tables=())


def _are_apart(before: ScopeSource, source: ScopeSource, growth: Mapping[str, int] | None) -> bool:
    if before.people is None or source.people is None:
        return False
    new = _new_people(growth or {})
    shared_at_most = max(0, source.people - new)
    return min(new, before.people - shared_at_most) >= DIFFERENCE_MINIMUM


def _new_people(growth: Mapping[str, int]) -> int:
    """Return how many people are in no source before, at least."""
    return max((growth.get(name, 0) // most for name, most in _READINGS.items()), default=0)

"""Disclosure control: which numbers are not shown, so that nobody can be picked out.

A number is shown only where at least eleven people are in the cell and at least eleven of the
people of each of its totals are not: neither a few nor nearly all. Zeros are not shown either.
Further numbers are left out (complementary suppression) until, from all tables together, with their
totals, by any sums and differences, it stays possible of every number that is not shown that it is
another one: a small one could be 0 and could be eleven, any other is uncertain by eleven at least.
That is checked for each of them by two linear programs before anything is published.

Eleven is what French health statistics keep to: of the national health data system (SNDS) numbers
below 11 are not given (Health Data Hub, https://documentation-snds.health-data-hub.fr, its open
data: "Les effectifs inférieurs à 11 ne sont pas restitués"). That further cells have to protect
them, and that all linked tables have to be looked at together, is the practice of INSEE
(https://inseefrlab.github.io/manuel-protection-tableaux/).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from app.errors import Unavailable
from app.scope.model import TableModel, Target, few_people, targets_of

if TYPE_CHECKING:
    from app.scope.solver import TableProgram

_ALMOST = 1e-4
# Each round suppresses something or is the last.
_ROUNDS_MAXIMUM = 50


class Protection(Enum):
    """What an audit found."""

    HOLDS = auto()
    BROKEN = auto()


@dataclass(frozen=True, slots=True)
class Unprotected:
    """Cells that nothing can protect: their table cannot be shown."""

    places: frozenset[int]


def suppress(model: TableModel, minimum: int) -> list[bool] | Unprotected:
    """Return which cells are not shown.

    Args:
        model: of all tables together.
        minimum: people that a number may be shown of.
    """
    suppressed = few_people(model, minimum)
    program = _program(model)
    for _ in range(_ROUNDS_MAXIMUM):
        is_broken = False
        # What protects a small number makes others uncertain as well, and seldom the other way.
        for target in sorted(targets_of(model, suppressed, minimum), key=lambda t: not t.is_small):
            if _holds(program, suppressed, target, minimum):
                continue
            is_broken = True
            if not _protect(program, suppressed, target, minimum):
                return Unprotected(frozenset(target.terms))
        if not is_broken:
            return suppressed
    raise Unavailable("the tables could not be protected; nothing was published")


def audit(model: TableModel, suppressed: Sequence[bool], minimum: int) -> Protection:
    """Check every number that is not shown, whoever chose them."""
    if any(
        few and not hidden
        for few, hidden in zip(few_people(model, minimum), suppressed, strict=True)
    ):
        return Protection.BROKEN
    program = _program(model)
    targets = targets_of(model, suppressed, minimum)
    holds = all(_holds(program, suppressed, target, minimum) for target in targets)
    return Protection.HOLDS if holds else Protection.BROKEN


def _program(model: TableModel) -> TableProgram:
    # The solver and what it needs take 17 MB, and most who import this only read what is published.
    from app.scope.solver import TableProgram  # noqa: PLC0415

    return TableProgram(model)


def _holds(program: TableProgram, suppressed: Sequence[bool], target: Target, minimum: int) -> bool:
    below, above = program.bounds(suppressed, target)
    if target.is_small:
        return below >= target.people - _ALMOST and above >= minimum - target.people - _ALMOST
    return below + above >= minimum - _ALMOST


def _protect(program: TableProgram, suppressed: list[bool], target: Target, minimum: int) -> bool:
    """Suppress further cells for one target; tell whether that can be done at all."""
    # Each of these changes must be possible; of two in one line, one of them.
    changes: list[tuple[int, ...]] = [(minimum, -minimum)]
    if target.is_small:
        changes = [(minimum - target.people,), (-target.people,)]
    for either in changes:
        found = [program.cheapest(suppressed, target, change) for change in either]
        possible = [each for each in found if each is not None]
        if not possible:
            return False
        _, further = min(possible)
        for place in further:
            suppressed[place] = True
    return True

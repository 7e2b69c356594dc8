"""What must hold of a source's tables, whatever was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from app.scope.places import REGION_OF
from app.scope.table import OTHER, ScopeTable
from tests.scope.attack import Attack, Key

MINIMUM = 11
ALMOST = 1e-3


def check_shown(tables: Sequence[ScopeTable], truth: Mapping[Key, int], people: int) -> int:
    """Check that what is shown is true and of enough people; return how many cells are."""
    shown = 0
    for table in tables:
        sides = [dimension.values for dimension in table.dimensions]
        assert table.cells[-1] == people
        for at in product(*(range(len(side)) for side in sides)):
            values = tuple(side[place] for side, place in zip(sides, at, strict=True))
            number = table.cell(*at)
            if number is not None:
                shown += 1
                assert number == truth[(table.name, *values)], (table.name, values)
                assert OTHER not in values
                assert number >= MINIMUM
                assert people - number >= MINIMUM
        check_adds_up(table)
    check_sums_tell_of_nobody(tables)
    return shown


def check_adds_up(table: ScopeTable) -> None:
    """Check that no number is above its total, and that all of a line make it up."""
    *_, last = table.dimensions
    lines = range(table.dimensions[0].size) if len(table.dimensions) == 2 else [None]
    for line in lines:
        place = () if line is None else (line,)
        *parts, total = (table.cell(*place, at) for at in range(last.size))
        if total is None:
            continue
        told = [part for part in parts if part is not None]
        assert all(part <= total for part in told)
        if len(told) == len(parts) and last.name != "kinds":
            assert sum(told) >= total


def check_sums_tell_of_nobody(tables: Sequence[ScopeTable]) -> None:
    """Check that no sum exceeds its total by a few people: as many are in two of its values."""
    for table in tables:
        sizes = [dimension.size for dimension in table.dimensions]
        for along, dimension in enumerate(table.dimensions):
            # Whoever has three kinds of data is in three values of one line, as all know.
            if dimension.name != "kinds":
                for at in product(*(range(n) if i != along else [0] for i, n in enumerate(sizes))):
                    line = [(*at[:along], place, *at[along + 1 :]) for place in range(sizes[along])]
                    *parts, total = (table.cell(*place) for place in line)
                    _check_exceeds(parts, total)
    for name, finer, value_of in (
        ("region", "department", lambda code: REGION_OF.get(code, "")),
        ("exam-year", "exam-month", lambda month: month[:4]),
    ):
        of = {table.name: table for table in tables}
        if name in of and finer in of:
            for value in of[name].dimensions[0].values:
                its = of[finer].dimensions[0].values
                parts = [_one(of[finer], v) for v in its if v != OTHER and value_of(v) == value]
                if OTHER not in its and value != OTHER:
                    _check_exceeds(parts, _one(of[name], value))


def _one(table: ScopeTable, value: str) -> int | None:
    return table.cell(table.dimensions[0].values.index(value))


def _check_exceeds(parts: Sequence[int | None], total: int | None) -> None:
    if total is not None and None not in parts:
        exceeds = sum(part for part in parts if part is not None) - total
        assert not 0 < exceeds < MINIMUM


def check_attack_fails(
    tables: Sequence[ScopeTable], truth: Mapping[Key, int], people: int, **knowledge: Any
) -> int:
    """Check that nothing that is suppressed can be known; return how many cells were tried.

    Args:
        tables: as published.
        truth: the true numbers.
        people: in all.
        knowledge: what else the attacker has, as `Attack` takes it.
    """
    attack = Attack(tables, truth, people, **knowledge)
    for key in attack.suppressed():
        true = attack.true(key)
        lowest, highest = attack.interval({key: 1})
        assert lowest <= true + ALMOST
        assert highest >= true - ALMOST
        assert highest - lowest >= MINIMUM - ALMOST, (key, true, lowest, highest)
        if true < MINIMUM:
            assert lowest <= ALMOST, (key, true, lowest)
            assert highest >= MINIMUM - ALMOST, (key, true, highest)
        for total in attack.totals_of(key, tables):
            rest = (people if total is None else attack.true(total)) - true
            if total is None:
                low, high = people - highest, people - lowest
            elif OTHER in total:
                continue
            else:
                low, high = attack.interval({total: 1, key: -1})
            if rest < MINIMUM:
                assert low <= ALMOST, (key, total, low)
                assert high >= MINIMUM - ALMOST, (key, total, high)
    return len(attack.suppressed())

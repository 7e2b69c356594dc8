"""All tables of a source as one model: what each shows, and how they hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from app.scope.model import Cell, TableModel
from app.scope.places import REGION_OF
from app.scope.sides import CROSSINGS, TOLD_KINDS, Side, Sides
from app.scope.table import NOT_TOLD, OTHER, PEOPLE_MINIMUM

# The tables, in the order in which they are published.
ORDER: Final = (
    "laboratory", "department", "region", "exam-year", "exam-month", "sex", "birth-decade",
    "kinds", "laboratory-year", "department-kind", "children", "laboratories-per-person",
)  # fmt: skip
# What is lost with a total counts more than what is lost with a cell of a crossing.
_TOTAL_WEIGHT: Final = 5.0
_REST: Final = " in rare values"
# Under this key a model notes that it has a table.
_SOME: Final = " "


def has_table(model: TableModel, name: str) -> bool:
    """Tell whether a model has a table of this name."""
    return (name, _SOME) in model.places


def table_of_key(key: tuple[str, ...]) -> str:
    """Return the table that a cell is of."""
    return key[0].removesuffix(_REST)


def model_of(sides: Sides, left_out: Collection[str]) -> TableModel:
    """Return the model of all tables that are not left out."""
    model = TableModel(sides.people)
    for name in ORDER:
        side = sides.by_name.get(name)
        if side is not None and name not in left_out:
            _add_side(model, side)
    _link(model, sides, "region", "department", lambda code: REGION_OF.get(code, NOT_TOLD))
    _link(model, sides, "exam-year", "exam-month", lambda month: month[:4])
    _link_homes(model, sides)
    _link_laboratories(model, sides)
    _link_what_is_not_told(model)
    for name, *names in CROSSINGS:
        its = sides.of(name) if name not in left_out else ()
        if its and all(has_table(model, each) for each in names):
            _add_crossing(model, name, its, sides.crossed(name))
    return model


def _link(
    model: TableModel, sides: Sides, name: str, finer: str, value_of: Callable[[str], str]
) -> None:
    """Note that what is shown of a finer table adds up to the coarser one's values."""
    if not all(has_table(model, table) for table in (name, finer)):
        return
    coarse, fine = sides.by_name[name], sides.by_name[finer]
    for value in fine.people:
        whole = model.places.get((name, value_of(value)))
        if whole is not None:
            model.within.append((model.places[finer, value], whole))
    rare = Counter[str]()
    for value, people in fine.rare.items():
        rare[value_of(value)] += people
    elsewhere = _add_up(model, fine, name, value_of, {v: rare[v] for v in coarse.people})
    if elsewhere is not None and coarse.rare:
        model.known_sum([elsewhere], model.places[name, OTHER])


def _link_homes(model: TableModel, sides: Sides) -> None:
    """Note which laboratories make up a département, if the column tells the laboratories'."""
    if all(has_table(model, table) for table in ("department", "laboratory")):
        homes, fine = sides.homes(), sides.by_name["laboratory"]
        _add_up(model, fine, "department", lambda v: homes.of.get(v, OTHER), homes.rare)


def _add_up(
    model: TableModel,
    fine: Side,
    name: str,
    value_of: Callable[[str], str],
    rare: Mapping[str, int],
) -> int | None:
    """Note what the values of a coarser table are the sums of.

    Args:
        model: that has both tables.
        fine: the finer one's side.
        name: of the coarser table.
        value_of: which value of the coarser a value of the finer is a part of.
        rare: those values of the coarser, and how many people of each have rare values of the
            finer, which nobody can tell apart.

    Returns:
        The cell of those who have other rare values, or None where there are none.
    """
    rests: list[int] = []
    for value, people in rare.items():
        parts = [model.places[fine.name, v] for v in fine.people if value_of(v) == value]
        if people:
            rests.append(model.add((fine.name + _REST, value), Cell(people, is_hidden=True)))
            parts.append(rests[-1])
        model.known_sum(parts, model.places[name, value])
    number, elsewhere = sum(fine.rare.values()) - sum(rare.values()), None
    if number > 0:
        elsewhere = model.add((fine.name + _REST, OTHER), Cell(number, is_hidden=True))
        rests.append(elsewhere)
    if fine.rare:
        model.known_sum(rests, model.places[fine.name, OTHER])
    return elsewhere


def _link_laboratories(model: TableModel, sides: Sides) -> None:
    """Note that people times their laboratories make the laboratories' people."""
    name = "laboratories-per-person"
    if not all(has_table(model, table) for table in (name, "laboratory")):
        return
    terms = {
        model.places["laboratory", value]: 1
        for value in sides.by_name["laboratory"].listed
        if value != NOT_TOLD
    }
    for value in sides.by_name[name].people:
        if value != NOT_TOLD:
            terms[model.places[name, value]] = -int(value.rstrip("+"))
    model.equations.append(terms)


def _link_what_is_not_told(model: TableModel) -> None:
    """Note that who has no postcode has no address, and whose sex is not told is a child.

    It is so where the one is read from the other's column, which everybody can see from the
    numbers; where these are far from it, it is not.
    """
    for told, part, value in (("kinds", "address", "department"), ("children", "child", "sex")):
        one, other = model.places.get((told, part)), model.places.get((value, NOT_TOLD))
        if one is None or other is None:
            continue
        people = model.cells[one].people
        missing = people if told == "children" else model.people - people
        if abs(missing - model.cells[other].people) < PEOPLE_MINIMUM:
            model.equations.append({one: 1, other: -1 if told == "children" else 1})


def _add_side(model: TableModel, side: Side) -> None:
    model.places[side.name, _SOME] = -1
    least = PEOPLE_MINIMUM if side.is_folded else 0
    parts = []
    for value, people in side.people.items():
        place = model.add((side.name, value), Cell(people, weight=_TOTAL_WEIGHT, least=least))
        model.is_part(place, None)
        if side.name == "kinds" and value in TOLD_KINDS:
            model.is_told(place)
        parts.append(place)
    if side.rare:
        rest = Cell(sum(side.rare.values()), is_hidden=True)
        parts.append(model.add((side.name, OTHER), rest))
    # Somebody has several kinds of data, and nobody knows how many.
    if side.name != "kinds":
        model.known_sum(parts, None)


def _add_crossing(
    model: TableModel,
    name: str,
    sides: Sequence[Side],
    crossed: Mapping[tuple[str, str], int],
) -> None:
    first, second = sides
    model.places[name, _SOME] = -1
    people: dict[tuple[str, str], int] = {}
    for (one, other), number in crossed.items():
        key = (first.place(one), second.place(other))
        people[key] = people.get(key, 0) + number
    for one in first.listed:
        for other in second.listed:
            is_hidden = OTHER in (one, other)
            cell = Cell(people.get((one, other), 0), is_hidden=is_hidden)
            place = model.add((name, one, other), cell)
            if not is_hidden:
                model.is_part(place, model.places[first.name, one])
                model.is_part(place, model.places[second.name, other])
    for one in first.listed:
        if second.name != "kinds":
            parts = [model.places[name, one, other] for other in second.listed]
            model.known_sum(parts, model.places[first.name, one])
    for other in second.listed:
        parts = [model.places[name, one, other] for one in first.listed]
        model.known_sum(parts, model.places[second.name, other])

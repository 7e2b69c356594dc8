"""Made-up microdata, as a source and its mapping; and what there is to count in it, by brute force.

Nothing here uses the program's own counting: a set of people a cell.
"""

from __future__ import annotations

import csv
import io
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.scope.places import REGION_OF
from app.scope.report import NOT_TOLD, OTHER, PEOPLE_MINIMUM

MAPPING = """\
[fields]
nir = "NUM_SECU"
birth_date = "DATE_NAISS"

[dataset]
title = "Made up"
breach_date = 2021-02-23
schemes = ["nir-dob", "nir"]

[scope]
laboratory = "LABO"
department = "DEPT"
exam_date = "DATE_EXAM"
sex = "SEXE"
child = "QUALITE"
prescriber = "PRESCRIPTEUR"
comment = "COMMENTAIRE"
"""
COLUMNS = (
    "NUM_SECU", "DATE_NAISS", "LABO", "DEPT", "DATE_EXAM", "SEXE", "QUALITE", "PRESCRIPTEUR",
    "COMMENTAIRE",
)  # fmt: skip
_OPEN_ENDED = ("laboratory", "department", "region", "exam-year", "exam-month", "birth-decade")
Cells = dict[tuple[str, ...], set[str]]


@dataclass(frozen=True)
class Shape:
    """How made-up microdata look.

    Args:
        seed: equal seeds give equal rows.
        people: distinct ones.
        laboratories: how many.
        skew: the larger, the more people are in the first values.
        visits: rows a person, at most.
    """

    seed: int
    people: int = 400
    laboratories: int = 6
    skew: float = 2.0
    visits: int = 2
    first: int = 0


@dataclass(frozen=True)
class Record:
    """One row."""

    nir: str
    born: str
    laboratory: str
    department: str
    exam: str
    sex: str
    mark: str
    prescriber: str
    comment: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.nir, self.born, self.laboratory, self.department, self.exam, self.sex, self.mark,
            self.prescriber, self.comment,
        )  # fmt: skip


def make_up(shape: Shape) -> list[Record]:
    """Return rows of a shape."""
    draw = random.Random(shape.seed)
    departments = ("56", "22", "27", "45", "41", "35")

    def skewed(values: Sequence[str]) -> str:
        return values[int(len(values) * draw.random() ** shape.skew)]

    laboratories = [f"LABORATOIRE INVENTÉ {chr(65 + n)}" for n in range(shape.laboratories)]
    rows = []
    for number in range(shape.first, shape.first + shape.people):
        born = date(1925 + int(90 * draw.random() ** 0.8), 1 + draw.randrange(12), 3)
        sex = draw.choice("FFM")
        nir = f"{'2' if sex == 'F' else '1'}{born.year % 100:02}{born.month:02}950{number + 1:05}"
        for _ in range(1 + draw.randrange(shape.visits)):
            year = int(skewed(("2019", "2018", "2020", "2017", "2016")))
            exam = date(year, 1 + draw.randrange(12), 1 + draw.randrange(28))
            rows.append(
                Record(
                    nir,
                    born.isoformat(),
                    skewed([*laboratories, ""]),
                    skewed(departments),
                    exam.isoformat() if draw.random() > 0.02 else "",
                    sex,
                    "ENFANT" if draw.random() < 0.03 else "",
                    "DR INVENTÉ" if draw.random() < 0.9 else "",
                    "À JEUN" if draw.random() < 0.3 else "",
                )
            )
    return rows


def to_csv(rows: Iterable[Record], *, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """Write rows as a source."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells for row in rows)
    return out.getvalue().encode(encoding)


def count(rows: Iterable[Record]) -> tuple[int, dict[tuple[str, ...], int]]:
    """Return how many people there are, and how many in each cell: its table, and its values.

    Of values that fewer than eleven people have, the numbers are added up as `other`.
    """
    everybody: set[str] = set()
    tables: dict[str, Cells] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        who = row.nir + row.born
        everybody.add(who)
        year, month = row.exam[:4], row.exam[:7]
        kinds = {"number", "birth-date"}
        kinds |= {"prescriber"} if row.prescriber else set()
        kinds |= {"comment"} if row.comment else set()
        young = False
        if row.exam:
            age = int(row.exam[:4]) - int(row.born[:4]) - (row.exam[5:] < row.born[5:])
            young = age < 15
        is_child = bool(row.mark) or young
        single = {
            "laboratory": row.laboratory,
            "department": row.department,
            "region": REGION_OF[row.department],
            "exam-year": year,
            "exam-month": month,
            "sex": {"F": "woman", "M": "man"}[row.sex],
            "birth-decade": row.born[:3] + "0",
            "children": "child" if is_child else "adult-or-not-told",
        }
        for name, value in single.items():
            tables[name][(value,)].add(who)
        for kind in kinds:
            tables["kinds"][(kind,)].add(who)
            tables["department-kind"][row.department, kind].add(who)
        tables["laboratory-year"][row.laboratory, year].add(who)
    visited: dict[str, set[str]] = defaultdict(set)
    for (laboratory,), people in tables["laboratory"].items():
        for who in people:
            visited[who] |= {laboratory} if laboratory else set()
    for who in everybody:
        number = len(visited[who])
        value = NOT_TOLD if not number else f"{number}" if number < 4 else "4+"
        tables["laboratories-per-person"][(value,)].add(who)
    return len(everybody), _folded(tables)


def _folded(tables: dict[str, Cells]) -> dict[tuple[str, ...], int]:
    rare = {
        name: {value for (value,), people in tables[name].items() if len(people) < PEOPLE_MINIMUM}
        for name in _OPEN_ENDED
    }
    sides = {"laboratory-year": ("laboratory", "exam-year"), "department-kind": ("department", "")}
    folded: dict[tuple[str, ...], int] = defaultdict(int)
    for name, cells in tables.items():
        for values, people in cells.items():
            names = sides.get(name, (name,))
            key = tuple(
                OTHER if value in rare.get(side, set()) else value
                for side, value in zip(names, values, strict=True)
            )
            folded[(name, *key)] += len(people)
    return folded

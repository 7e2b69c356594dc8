"""Made-up microdata, as a source and its mapping; and what there is to count in it, by brute force.

Nothing here uses the program's own counting: a set of people a cell.
"""

from __future__ import annotations

import csv
import io
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.scope.places import REGION_OF
from app.scope.table import NOT_TOLD, OTHER, PEOPLE_MINIMUM

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
DEPARTMENTS = ("56", "22", "27", "45", "41", "35")
FOLDED = ("laboratory", "department", "region", "exam-year", "exam-month", "birth-decade")
# Of rare values, the people that are in each value of a coarser table.
REST = " in rare values"
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
        first: the number of the first person; equal numbers are equal people in equal shapes.
        is_at_home: the département is the laboratory's, and not the person's.
        unplaced: the share of rows that tell no département.
    """

    seed: int
    people: int = 400
    laboratories: int = 6
    skew: float = 2.0
    visits: int = 2
    first: int = 0
    is_at_home: bool = False
    unplaced: float = 0.0


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
    departments = DEPARTMENTS

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
            laboratory, department = skewed([*laboratories, ""]), skewed(departments)
            if shape.is_at_home:
                department = home_of(laboratory)
            if shape.unplaced and draw.random() < shape.unplaced:
                department = ""
            rows.append(
                Record(
                    nir,
                    born.isoformat(),
                    laboratory,
                    department,
                    exam.isoformat() if draw.random() > 0.02 else "",
                    sex,
                    "ENFANT" if draw.random() < 0.03 else "",
                    "DR INVENTÉ" if draw.random() < 0.9 else "",
                    "À JEUN" if draw.random() < 0.3 else "",
                )
            )
    return rows


def home_of(laboratory: str) -> str:
    """Return where a laboratory stands: two of them in each département, one in the last."""
    return DEPARTMENTS[(ord(laboratory[-1]) - 65) // 2] if laboratory else ""


def to_csv(rows: Iterable[Record], *, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """Write rows as a source."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells for row in rows)
    return out.getvalue().encode(encoding)


def count(
    rows: Iterable[Record], *, has_sex: bool = True
) -> tuple[int, dict[tuple[str, ...], int]]:
    """Return how many people there are, and how many in each cell: its table, and its values.

    Of values that fewer than eleven people have, the numbers are added up as `other`.

    Args:
        rows: of the source.
        has_sex: the mapping names its column; else the number tells it, of no child.
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
        # Where the mapping takes the column for postcodes.
        kinds |= {"address"} if row.department else set()
        young = False
        if row.exam:
            age = int(row.exam[:4]) - int(row.born[:4]) - (row.exam[5:] < row.born[5:])
            young = age < 15
        is_child = bool(row.mark) or young
        single = {
            "laboratory": row.laboratory,
            "department": row.department,
            "region": REGION_OF[row.department] if row.department else NOT_TOLD,
            "exam-year": year,
            "exam-month": month,
            "sex": {"F": "woman", "M": "man"}[row.sex] if has_sex or not is_child else NOT_TOLD,
            "birth-decade": row.born[:3] + "0",
            "children": "child" if is_child else "adult-or-not-told",
        }
        for name, value in single.items():
            tables[name][(value,)].add(who)
        for kind in kinds:
            tables["kinds"][(kind,)].add(who)
            tables["department-kind"][row.department, kind].add(who)
        tables["laboratory-year"][row.laboratory, year].add(who)
        tables["laboratory-department"][row.laboratory, row.department].add(who)
    adults = everybody - tables["children"]["child",]
    tables["children"]["adult-or-not-told",] = adults
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
        for name in FOLDED
    }
    sides = {"laboratory-year": ("laboratory", "exam-year"), "department-kind": ("department", "")}
    folded: dict[tuple[str, ...], int] = defaultdict(int)
    coarser: dict[str, Callable[[tuple[str, ...]], str]] = {
        "department": lambda values: REGION_OF.get(values[0], NOT_TOLD),
        "exam-month": lambda values: values[0][:4],
        "laboratory-department": lambda values: values[1],
    }
    for name, cells in tables.items():
        for values, people in cells.items():
            side = name.removesuffix("-department")
            if name in coarser and values[0] in rare[side]:
                folded[side + REST, coarser[name](values)] += len(people)
            if name == "laboratory-department":
                continue
            names = sides.get(name, (name,))
            key = tuple(
                OTHER if value in rare.get(side, set()) else value
                for side, value in zip(names, values, strict=True)
            )
            folded[(name, *key)] += len(people)
    return folded

"""A made-up report as large as a leak of 28 laboratories in six départements, over six years."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from app.scope.report import SchemeScope, ScopeReport
from app.scope.source import ScopeSource, SourceTables
from app.scope.table import NOT_TOLD, OTHER, PEOPLE_MINIMUM, Dimension, ScopeTable

PEOPLE, ROWS = 431_207, 491_840
DEPARTMENTS = {"56": 0.41, "22": 0.17, "27": 0.16, "45": 0.14, "41": 0.08, "18": 0.039}
YEARS = {"2015": 0.09, "2016": 0.17, "2017": 0.2, "2018": 0.22, "2019": 0.21, "2020": 0.19}
TOWNS = (
    "Kerlouan", "Ploubihan", "Saint-Armel-des-Prés", "La Roche-Inventée", "Locmariel", "Pont-Neuf",
    "Vallon-sur-Risle", "Bois-Guérin", "Sully-le-Val", "Montreuil-Feint", "Lanvéo", "Guémadeuc",
    "Trévarn", "Le Bourg-Fictif",
)  # fmt: skip
KINDS = {
    "number": 0.9953, "birth-date": 0.999, "name": 0.9998, "email": 0.11, "phone": 0.71,
    "address": 0.94, "prescriber": 0.88, "comment": 0.27,
}  # fmt: skip
# The one that the pages have in both languages.
RULE = (
    "Shown only where at least 11 people are counted and at least 11 of the people of the total"
    " are not; zeros are not shown. Further numbers are left out until, from all tables and totals"
    " together, each small one could be 0 or 11, and any other is uncertain by 11 at least."
)


def laboratories() -> Mapping[str, float]:
    names = [f"Laboratoire inventé de {town}" for town in TOWNS]
    names += [f"BIO-{town.upper()} (inventé)" for town in TOWNS]
    weights = random.Random(28)
    shares = [weights.random() ** 2 + 0.02 for _ in names]
    return {name: share / sum(shares) for name, share in sorted(zip(names, shares, strict=True))}


def numbers(shares: Mapping[str, float]) -> dict[str, int]:
    return {value: round(PEOPLE * share) for value, share in shares.items()}


def shown(people: int | None) -> int | None:
    return None if people is None or people < PEOPLE_MINIMUM else people


def side(name: str, people: Mapping[str, int | None]) -> ScopeTable:
    cells = (*map(shown, people.values()), PEOPLE)
    return ScopeTable(name, (Dimension(name, tuple(people)),), cells, RULE)


def crossing(
    name: str, first: str, lines: Mapping[str, int], second: str, columns: Mapping[str, float]
) -> ScopeTable:
    """Return a table whose smallest number of each line is hidden."""
    cells: list[int | None] = []
    for line, people in lines.items():
        found = [None if OTHER in (line, c) else round(people * s) for c, s in columns.items()]
        told = [each for each in found if each is not None]
        cells += [None if told and each == min(told) else shown(each) for each in found]
        cells.append(shown(people))
    cells += [shown(round(PEOPLE * share)) for share in columns.values()] + [PEOPLE]
    sides = (Dimension(first, tuple(lines)), Dimension(second, tuple(columns)))
    return ScopeTable(name, sides, tuple(cells), RULE)


def months() -> dict[str, int | None]:
    seasons = random.Random(12)
    found: dict[str, int | None] = {}
    for year, share in YEARS.items():
        for month in range(1, 13):
            people = round(PEOPLE * share / 12 * (0.7 + 0.6 * seasons.random()))
            found[f"{year}-{month:02}"] = None if (year, month) == ("2015", 1) else people
    return found


def large_tables() -> Sequence[ScopeTable]:
    at = numbers(laboratories())
    where = numbers(DEPARTMENTS)
    return (
        side("laboratory", {**at, OTHER: None, NOT_TOLD: 412}),
        side("department", {**where, OTHER: None}),
        side("region", {"Bretagne": 250_100, "Centre-Val de Loire": 111_682, "Normandie": 68_993}),
        side("exam-year", {**numbers(YEARS), NOT_TOLD: None}),
        side("exam-month", {**months(), NOT_TOLD: None}),
        side("sex", {NOT_TOLD: 1_203, "woman": 249_551, "man": 180_453}),
        side("birth-decade", {str(1920 + 10 * n): 4_000 + 9_000 * n for n in range(10)}),
        side("kinds", {**numbers(KINDS)}),
        crossing("laboratory-year", "laboratory", {**at, OTHER: 0}, "exam-year", YEARS),
        crossing("department-kind", "department", where, "kinds", KINDS),
        side("children", {"child": 13_903, "adult-or-not-told": 417_304}),
        side("laboratories-per-person", {"1": 402_118, "2": 27_460, "3": 1_532, "4+": 97}),
    )


def large_report() -> ScopeReport:
    """Return the report of one file."""
    source = ScopeSource(
        number=1,
        sha256=bytes(range(32)),
        size_bytes=61_480_000,
        rows=ROWS,
        rows_used=491_512,
        rejected={"nothing usable": 301, "has more columns than the header": 27},
        counted=SourceTables(people=PEOPLE, rows_apart=412, tables=tuple(large_tables())),
    )
    schemes = {
        "nir-dob": SchemeScope(entries=431_950, rows=489_402, coverage=489_402 / ROWS),
        "nir": SchemeScope(entries=430_812, rows=489_838, coverage=489_838 / ROWS),
        "name-dob": SchemeScope(entries=433_701, rows=491_410, coverage=491_410 / ROWS),
    }
    return ScopeReport(
        dataset="megabus-2021",
        title="Fuite inventée de laboratoires (made-up leak)",
        breach_date=date(2021, 2, 23),
        epoch=1,
        published_at=datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
        made_at=datetime(2026, 11, 25, 9, 31, tzinfo=UTC),
        expires_on=date(2027, 11, 25),
        program="0.1.0",
        method={"version": 1},
        commitment={"nir-dob": bytes(range(32)), "nir": bytes(range(1, 33))},
        schemes=schemes,
        sources=(source,),
    )


def report_of_two() -> ScopeReport:
    """Return one of two files, of which the second has too few people for tables."""
    report = large_report()
    (source,) = report.sources
    small = replace(source, number=2, rows=60, rows_used=60, rejected={}, counted=None)
    return replace(report, epoch=2, sources=(source, small))

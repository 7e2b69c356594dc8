"""Three sources of one leak, three epochs, three reports: nothing comes back by any difference."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from app.scope.report import ScopeReport
from app.scope.reporting import Reporting
from app.storage.scopereports import SqlScopeStore
from tests.ingest.examples import House, house
from tests.scope.checking import check_attack_fails, check_shown
from tests.scope.microdata import MAPPING, Record, Shape, count, make_up, to_csv


def sources() -> list[list[Record]]:
    """Return three sources; the second brings some of the first again, the third hardly more."""
    first = make_up(Shape(seed=21, people=700, laboratories=5))
    second = make_up(Shape(seed=22, people=400, laboratories=7, first=600))
    third = first[:-5] + make_up(Shape(seed=23, people=3, first=2000))
    return [first, [*second, *first[-300:]], third]


def report_of(home: House) -> ScopeReport:
    return Reporting(SqlScopeStore(home.engine), home.signing_key, program="0").report("demo")


def test_the_tables_of_three_successive_epochs_withstand_a_linear_solver(tmp_path: Path) -> None:
    read = sources()
    reports = []
    with house(tmp_path) as home:
        for number, rows in enumerate(read):
            home.ingest(to_csv(rows), MAPPING, is_added=number > 0)
            reports.append(report_of(home))
    assert [report.epoch for report in reports] == [1, 2, 3]
    # Whoever kept the earlier reports has nothing that the last does not say.
    for earlier, later in pairwise(reports):
        assert later.sources[: len(earlier.sources)] == earlier.sources
    tried = 0
    for source, rows in zip(reports[-1].sources, read, strict=True):
        people, truth = count(rows)
        assert source.people == people
        assert check_shown(source.tables, truth, people)
        tried += check_attack_fails(source.tables, truth, people)
    assert tried > 50

"""Three sources of one leak, three epochs, three reports: nothing comes back by any difference."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("more", range(1, 11))
def test_what_a_few_people_add_is_not_the_difference_of_two_reports(
    tmp_path: Path, more: int
) -> None:
    """The same file a week later: whatever is told of it less what was told is of nobody."""
    first = make_up(Shape(seed=24, people=300, laboratories=4, skew=1.0))
    second = first + make_up(Shape(seed=25, people=more, first=2000))
    with house(tmp_path) as home:
        home.ingest(to_csv(first), MAPPING)
        home.ingest(to_csv(second), MAPPING, is_added=True)
        told = report_of(home).sources
    assert [bool(source.tables) for source in told] == [True, False]
    assert told[1].people == 300 + more


def test_files_of_other_people_have_tables_beside_each_other(tmp_path: Path) -> None:
    """One file a laboratory: nobody is in two, or few are, and there is nothing to subtract."""
    with house(tmp_path) as home:
        for number in range(3):
            rows = make_up(Shape(seed=26 + number, people=200, first=1000 * number))
            home.ingest(to_csv(rows), MAPPING, is_added=number > 0)
        told = report_of(home).sources
    assert all(source.tables and not source.is_withheld for source in told)


def test_a_file_of_two_that_are_there_already_tells_nothing_of_either(tmp_path: Path) -> None:
    """What both have together, less the one, would be the hidden numbers of the other."""
    one, other = (make_up(Shape(seed=n, people=250, first=n * 1000)) for n in (31, 32))
    with house(tmp_path) as home:
        for number, rows in enumerate((one, other, one + other)):
            home.ingest(to_csv(rows), MAPPING, is_added=number > 0)
        told = report_of(home).sources
    assert [source.is_withheld for source in told] == [False, False, True]


def test_the_tables_of_three_successive_epochs_withstand_a_linear_solver(tmp_path: Path) -> None:
    read = sources()
    reports = []
    with house(tmp_path) as home:
        for number, rows in enumerate(read):
            home.ingest(to_csv(rows), MAPPING, is_added=number > 0)
            reports.append(report_of(home))
    assert [report.epoch for report in reports] == [1, 2, 3]
    # The third is the first but for some people: its tables less the first's would be theirs.
    assert [source.is_withheld for source in reports[-1].sources] == [False, False, True]
    assert [bool(source.tables) for source in reports[-1].sources] == [True, True, False]
    # Whoever kept the earlier reports has nothing that the last does not say.
    for earlier, later in pairwise(reports):
        assert later.sources[: len(earlier.sources)] == earlier.sources
    tried = 0
    for source, rows in zip(reports[-1].sources, read, strict=True):
        people, truth = count(rows)
        assert source.people == people
        assert bool(check_shown(source.tables, truth, people)) != source.is_withheld
        tried += check_attack_fails(source.tables, truth, people)
    assert tried > 50

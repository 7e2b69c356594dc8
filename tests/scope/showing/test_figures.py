"""Every table is shown, no hidden number is, and every length and colour is of its number."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import pairwise

import pytest

from app.scope.csvtables import table_csv
from app.scope.places import DEPARTMENTS
from app.scope.showing.content import content_of, fingerprint_of
from app.scope.showing.departments import shapes_of
from app.scope.showing.figures import LEVELS, Chart, Figure, figures_of
from app.scope.showing.words import Words
from app.scope.table import PEOPLE_MINIMUM, Dimension, ScopeTable
from tests.scope.examples import example_report
from tests.scope.showing.examples import (
    DEPARTMENTS as SIX,
)
from tests.scope.showing.examples import (
    PEOPLE,
    ROWS,
    large_report,
    large_tables,
    report_of_two,
    side,
)


def figures(language: str = "en") -> dict[str, Figure]:
    (source,) = large_report().sources
    return {figure.name: figure for figure in figures_of(source, Words(language))}


def rows(table: ScopeTable) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table_csv(table), newline="")))


def test_every_table_is_a_figure_in_the_reports_order() -> None:
    assert list(figures()) == [table.name for table in large_tables()]
    assert figures()["department"].chart is Chart.MAP
    assert figures()["exam-month"].chart is Chart.COLUMNS
    assert figures()["laboratory-year"].chart is Chart.GRID
    assert figures()["laboratory"].chart is Chart.BARS


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_hidden_number_is_told_to_be_hidden_and_has_no_length(language: str) -> None:
    words = Words(language)
    lines = [line for figure in figures(language).values() for line in figure.lines]
    hidden = [line for line in lines if line.people is None]
    assert len(hidden) >= 4
    for line in hidden:
        assert (line.shown, line.share, line.length, line.level) == (
            words("masked_short"),
            "",
            0,
            0,
        )
    cells = [cell for f in figures(language).values() for each in f.grid for cell in each.cells]
    short = [level for shown, level in cells if shown == words("masked_short")]
    assert len(short) > 30
    assert set(short) == {0}


def test_lengths_and_levels_are_of_the_numbers() -> None:
    for figure in figures().values():
        shown = [line for line in figure.lines if line.people is not None]
        for one in shown:
            assert 1 <= one.level <= LEVELS
            for other in shown:
                if (one.people or 0) <= (other.people or 0):
                    assert one.length <= other.length
                    assert one.level <= other.level
        if shown:
            assert max(line.length for line in shown) == 1000


def test_laboratories_come_by_size_and_what_is_no_name_comes_last() -> None:
    *named, nameless, others = figures()["laboratory"].lines
    assert [line.people for line in named] == sorted(
        (line.people for line in named), key=lambda people: -(people or 0)
    )
    assert len(named) == 28
    assert {nameless.label, others.label} == {"not told", "others, put together"}


def test_years_stay_in_their_order() -> None:
    labels = [line.label for line in figures()["exam-year"].lines]
    assert labels == ["2015", "2016", "2017", "2018", "2019", "2020", "not told"]


def test_a_laboratory_that_is_called_like_a_word_of_the_report_keeps_its_name() -> None:
    table = side("laboratory", {"number": 40, "woman": 30, "name": 20})
    (source,) = large_report().sources
    assert source.counted is not None
    changed = replace(source, counted=replace(source.counted, tables=(table,)))
    (figure,) = figures_of(changed, Words("fr"))
    assert [line.label for line in figure.lines] == ["number", "woman", "name"]


def ranges(figure: Figure) -> dict[int, tuple[int, int]]:
    found = {}
    for level, numbers in figure.levels:
        first, last = (int(n.replace(",", "")) for n in numbers.split(" to "))
        found[level] = first, last
    return found


def test_levels_say_which_numbers_they_stand_for_without_a_gap() -> None:
    for name in ("department", "laboratory-year", "department-kind"):
        told = ranges(figures()[name])
        assert list(told) == [1, 2, 3, 4, 5]
        assert told[1][0] == PEOPLE_MINIMUM
        assert all(one[1] + 1 == other[0] for one, other in pairwise(told.values()))
    lines = figures()["department"].lines
    told = ranges(figures()["department"])
    for line in (each for each in lines if each.people is not None):
        first, last = told[line.level]
        assert first <= (line.people or 0) <= last


@pytest.mark.parametrize("most", [11, 12, 13, 15, 16, 30, 99])
def test_levels_of_few_people_begin_with_what_can_be_shown(most: int) -> None:
    people = {"56": most, "22": PEOPLE_MINIMUM, "27": None}
    (source,) = large_report().sources
    assert source.counted is not None
    table = side("department", people)
    changed = replace(source, counted=replace(source.counted, tables=(table,)))
    (figure,) = figures_of(changed, Words("en"))
    told = ranges(figure)
    assert min(first for first, _ in told.values()) == PEOPLE_MINIMUM
    assert max(last for _, last in told.values()) == most
    for line in figure.lines[:2]:
        first, last = told[line.level]
        assert first <= (line.people or 0) <= last
    assert figure.lines[0].level == LEVELS


def test_the_map_has_every_departement_and_colours_those_with_a_number() -> None:
    shapes = {shape.code: shape for shape in shapes_of(figures()["department"], "nothing")}
    assert set(shapes) == set(DEPARTMENTS)
    assert {code for code, shape in shapes.items() if shape.level} == set(SIX)
    assert shapes["75"].shown == "nothing"
    assert shapes["56"].name == "Morbihan"
    assert shapes["56"].level == LEVELS
    assert len({shape.outline for shape in shapes.values()}) == len(shapes)


def test_every_table_of_a_large_report_is_a_csv_with_its_numbers_and_its_rule() -> None:
    for table in large_tables():
        _, *lines, french, english = rows(table)
        assert len(lines) == len(table.cells)
        shown = [int(people) for *_, people in lines if people != "s"]
        assert sum(shown) == sum(cell for cell in table.cells if cell is not None)
        assert table.rule in english[0]
        assert Words("fr").rule(table.rule)[0] in french[0]


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_name_is_a_formula_in_a_spreadsheet(name: str) -> None:
    table = ScopeTable("laboratory", (Dimension("laboratory", (name,)),), (40, 50), "A rule.")
    assert rows(table)[1][0] == f"'{name}"


def test_headlines_are_the_reports() -> None:
    (source,) = content_of(large_report(), "en").sources
    told = {fact.name: fact.value for fact in source.headlines}
    assert told == {
        "distinct people": f"{PEOPLE:,}",
        "rows read": f"{ROWS:,}",
        "laboratories named": "28",
        "départements": "6",
        "years of examination": "2015–2020",
    }


def test_how_sure_it_is_comes_from_the_report() -> None:
    (source,) = content_of(large_report(), "en").sources
    told = {fact.name: fact.value for fact in source.sure}
    assert told["Rows without any legible identifier"] == "328 (0.1%)"
    assert told["of which: no usable identifier"] == "301"
    assert told["of which: has more columns than the header"] == "27"
    kinds = next(table for table in large_tables() if table.name == "kinds")
    numberless = PEOPLE - (kinds.cells[0] or 0)
    assert told["People without a social security number"] == f"{numberless:,} (0.5%)"
    assert told["Rows that a question finds by: number alone"] == "489,838 (99.6%)"
    beyond = 491_512 - 412 - PEOPLE
    name = "Rows beyond one for each person (several examinations of one person)"
    assert told[name] == f"{beyond:,}"


def test_people_without_a_number_are_hidden_when_those_with_one_are() -> None:
    (source,) = large_report().sources
    kinds = side("kinds", {"number": None, "name": 500})
    assert source.counted is not None
    changed = replace(source, counted=replace(source.counted, tables=(kinds,)))
    (shown,) = content_of(replace(large_report(), sources=(changed,)), "en").sources
    assert shown.sure[-4].value == "under 11, or hidden"


def test_several_files_are_told_apart_and_one_of_few_people_has_no_figures() -> None:
    first, second = content_of(report_of_two(), "en").sources
    assert (first.title, second.title) == ("File 1", "File 2")
    assert len(first.figures) == len(large_tables())
    assert second.figures == []
    assert second.headlines[0].value == "under 11, or hidden"


def test_the_citation_has_the_fingerprint_of_what_is_signed() -> None:
    report = example_report()
    content = content_of(report, "fr")
    assert content.fingerprint == fingerprint_of(report)
    assert content.fingerprint in content.citation
    other = replace(report, epoch=2)
    assert fingerprint_of(other) != fingerprint_of(report)

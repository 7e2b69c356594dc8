"""Tables over random microdata: what is shown is true, and what is not cannot be found out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.scope.source import SourceTables
from app.scope.table import OTHER
from tests.scope.checking import check_attack_fails, check_shown
from tests.scope.counted import counted
from tests.scope.microdata import COLUMNS, MAPPING, Shape, count, home_of, make_up, to_csv

LABORATORIES_ALONE = MAPPING.partition("department")[0]
SHAPES = st.builds(
    Shape,
    seed=st.integers(0, 10**6),
    people=st.integers(100, 700),
    laboratories=st.integers(1, 12),
    skew=st.sampled_from([1.0, 2.0, 4.0]),
    visits=st.integers(1, 4),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(shape=SHAPES)
def test_what_is_shown_is_true_and_what_is_not_stays_unknown(shape: Shape) -> None:
    rows = make_up(shape)
    people, truth = count(rows)
    tables = counted(to_csv(rows), MAPPING)
    assert tables.people == people
    assert check_shown(tables.tables, truth, people)
    check_attack_fails(tables.tables, truth, people)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@example(shape=Shape(39, 207, 5, 6.0, 1), unplaced=0.01)
@given(shape=SHAPES, unplaced=st.sampled_from([0.0, 0.02]))
def test_who_knows_where_laboratories_stand_finds_nothing_either(
    shape: Shape, unplaced: float
) -> None:
    """The column tells the laboratories' département, so that some laboratories make up each."""
    rows = make_up(replace(shape, is_at_home=True, unplaced=unplaced))
    people, truth = count(rows)
    tables = counted(to_csv(rows), MAPPING).tables
    check_attack_fails(tables, truth, people, homes=home_of)


@pytest.mark.parametrize("several", [1, 10, 11])
def test_how_few_people_are_in_two_laboratories_comes_out_of_no_sum(several: int) -> None:
    """Of enough people it does: what is hidden then protects nobody."""
    rows = make_up(Shape(seed=7, people=300, laboratories=3, visits=1))
    elsewhere = sorted({row.laboratory for row in rows})
    again = [
        replace(row, laboratory=next(name for name in elsewhere if name != row.laboratory))
        for row in rows[:several]
    ]
    tables = counted(to_csv([*rows, *again]), LABORATORIES_ALONE).tables
    (table,) = (table for table in tables if table.name == "laboratory")
    *parts, people = table.cells
    assert people == 300
    assert (None in parts) == (several < 11)


@pytest.mark.parametrize("seed", [51, 53])
def test_that_people_are_whole_is_no_way_in(seed: int) -> None:
    """Bounds of whole numbers are narrower than a linear program's, and never by much."""
    rows = make_up(Shape(seed, people=120, laboratories=3, is_at_home=True))
    people, truth = count(rows)
    tables = counted(to_csv(rows), MAPPING).tables
    assert check_attack_fails(tables, truth, people, homes=home_of, is_whole=True)


@pytest.mark.parametrize(("seed", "people", "laboratories"), [(1, 237, 10), (54, 240, 8)])
def test_a_laboratory_is_not_what_a_departement_has_beside_another(
    seed: int, people: int, laboratories: int
) -> None:
    """Of these, a hidden number came back before laboratories were linked with départements."""
    skew = 1.0 if seed == 1 else 4.0
    shape = Shape(seed, people, laboratories, skew, is_at_home=True, unplaced=0.01)
    rows = make_up(shape)
    everybody, truth = count(rows)
    mapping = MAPPING.replace('department = "DEPT"', 'postcode = "DEPT"')
    tables = counted(to_csv(rows), mapping).tables
    check_attack_fails(tables, truth, everybody, homes=home_of)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@example(Shape(42, 181, 2, 4.0, 1, unplaced=0.15))
@example(Shape(45, 134, 7, 6.0, 1, unplaced=0.15))
@given(
    shape=st.builds(
        Shape,
        seed=st.integers(0, 10**6),
        people=st.integers(100, 300),
        laboratories=st.integers(1, 7),
        skew=st.sampled_from([2.0, 4.0, 6.0]),
        visits=st.just(1),
        unplaced=st.sampled_from([0.05, 0.15]),
    )
)
def test_what_is_read_from_one_column_is_no_way_around_the_other_table(shape: Shape) -> None:
    """Who has no postcode has no address; and whose sex no number tells is a child."""
    rows = make_up(shape)
    everybody, truth = count(rows, has_sex=False)
    mapping = MAPPING.replace('department = "DEPT"', 'postcode = "DEPT"')
    tables = counted(to_csv(rows), mapping.replace('sex = "SEXE"\n', "")).tables
    check_attack_fails(tables, truth, everybody, is_read_off=True)


def test_that_there_is_no_child_and_no_man_is_not_told_either() -> None:
    rows = [r for r in make_up(Shape(seed=2, people=900, visits=1)) if r.sex == "F" and not r.mark]
    tables = counted(to_csv([r for r in rows if r.born < "1990"]), MAPPING).tables
    for name in ("sex", "children"):
        (table,) = (table for table in tables if table.name == name)
        assert len(table.dimensions[0].values) == 2
        assert set(table.cells[:2]) == {None}


def test_who_is_a_child_in_one_row_is_one_and_no_adult() -> None:
    """Otherwise the two, less all people, would be how many are both."""
    rows = make_up(Shape(seed=5, people=2000, visits=3))
    (table,) = (t for t in counted(to_csv(rows), MAPPING).tables if t.name == "children")
    child, other, everybody = table.cells
    assert child is not None
    assert other == 2000 - child
    assert everybody == 2000
    assert child == count(rows)[1]["children", "child"]


def test_a_larger_leak_shows_most_of_its_numbers() -> None:
    rows = make_up(Shape(seed=5, people=6000, laboratories=8, skew=1.0))
    people, truth = count(rows)
    tables = counted(to_csv(rows), MAPPING).tables
    assert {table.name for table in tables} == {
        "laboratory", "department", "region", "exam-year", "exam-month", "sex", "birth-decade",
        "kinds", "laboratory-year", "department-kind", "children", "laboratories-per-person",
    }  # fmt: skip
    shown = check_shown(tables, truth, people)
    cells = sum(value is None for table in tables for value in table.cells)
    assert shown > 2 * cells
    assert check_attack_fails(tables, truth, people)


def test_order_encoding_and_form_of_the_same_rows_change_nothing() -> None:
    rows = make_up(Shape(seed=8, people=900))
    first = counted(to_csv(rows), MAPPING)
    turned = counted(
        to_csv(rows[::-1], delimiter=",", encoding="utf-16"),
        MAPPING + '\n[source]\ndelimiter = ","\n',
    )
    lines = [dict(zip(COLUMNS, row.cells, strict=True)) for row in rows]
    ndjson = "\n".join(json.dumps(line) for line in lines[100:] + lines[:100]).encode()
    assert turned == first
    assert counted(ndjson, MAPPING + '\n[source]\nformat = "ndjson"\n') == first


def test_rows_that_come_twice_and_a_run_that_is_taken_up_again_change_nothing() -> None:
    rows = make_up(Shape(seed=8, people=300))
    assert counted(to_csv(rows + rows[:50]), MAPPING) == counted(to_csv(rows), MAPPING)


def test_fewer_than_a_hundred_people_have_no_tables() -> None:
    few = counted(to_csv(make_up(Shape(seed=1, people=99))), MAPPING)
    assert few == SourceTables(people=99, rows_apart=None, tables=())
    assert counted(to_csv(make_up(Shape(seed=1, people=10))), MAPPING).people is None


def test_rare_laboratories_have_no_name() -> None:
    rows = make_up(Shape(seed=3, people=500, laboratories=3))
    named = [row.__class__(**{**row.__dict__, "laboratory": "DUPONT MARIE"}) for row in rows[:7]]
    text = counted(to_csv(named + rows[7:]), MAPPING).to_text()
    assert "DUPONT" not in text
    assert OTHER in text


@pytest.mark.parametrize("column", ["COMMENTAIRE", "NUM_SECU", "NOM"])
def test_a_column_of_persons_mapped_by_mistake_is_printed_nowhere(column: str) -> None:
    """The numbers are no names; and of a thousand names and more, the column is no laboratory's."""
    rows = make_up(Shape(seed=4, people=2500, visits=1))
    header, *lines = to_csv(rows).decode().rstrip().split("\r\n")
    named = [f"{line};INVENTÉ {chr(65 + n % 26)}{n // 26}" for n, line in enumerate(lines)]
    mapping = MAPPING.replace('laboratory = "LABO"', f'laboratory = "{column}"')
    mapping = mapping.replace('comment = "COMMENTAIRE"', "")
    text = counted("\r\n".join([f"{header};NOM", *named]).encode(), mapping).to_text()
    assert "INVENT" not in text
    assert not any(row.nir in text for row in rows)


def test_without_scope_only_what_identifiers_say_is_counted() -> None:
    rows = make_up(Shape(seed=6, people=800))
    tables = counted(to_csv(rows), MAPPING.split("[scope]")[0]).tables
    assert {table.name for table in tables} <= {"sex", "birth-decade", "kinds"}
    (sexes,) = (table for table in tables if table.name == "sex")
    _, truth = count(rows)
    assert sexes.cells[:2] == (truth["sex", "woman"], truth["sex", "man"])


def test_tables_are_kept_as_they_are_read_back(tmp_path: Path) -> None:
    tables = counted(to_csv(make_up(Shape(seed=9, people=700))), MAPPING)
    assert SourceTables.from_json(json.loads(tables.to_text())) == tables

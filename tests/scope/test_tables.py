"""Tables over random microdata: what is shown is true, and what is not cannot be found out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.scope.source import SourceTables
from app.scope.table import OTHER
from tests.scope.checking import check_attack_fails, check_shown
from tests.scope.counted import counted
from tests.scope.microdata import COLUMNS, MAPPING, Shape, count, make_up, to_csv

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

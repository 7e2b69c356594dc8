"""The report as data: what is written is what is read, and what cannot be is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.errors import InvalidMessage
from app.scope.report import ScopeReport
from tests.scope.examples import example_report, example_table


def test_what_is_written_is_read_back() -> None:
    report = example_report()
    assert ScopeReport.from_json(json.loads(report.canonical())) == report


def test_equal_reports_are_equal_bytes() -> None:
    written = json.loads(example_report().canonical())
    turned = dict(reversed(written.items()))
    assert ScopeReport.from_json(turned).canonical() == example_report().canonical()


def test_a_cell_is_found_by_its_places_and_a_total_behind_the_values() -> None:
    table = example_table()
    assert table.cell(0, 0) is None
    assert table.cell(1, 2) == 80
    assert table.cell(2, 1) == 130
    with pytest.raises(IndexError):
        table.cell(0, 3)


@pytest.mark.parametrize("cell", [0, 1, 10, True, "120", 12.5])
def test_a_number_that_the_rule_forbids_is_refused(cell: object) -> None:
    document = example_report().to_json()
    document["sources"][0]["tables"][0]["cells"][2] = cell
    with pytest.raises(InvalidMessage):
        ScopeReport.from_json(document)


def test_a_table_with_a_cell_too_few_is_refused() -> None:
    document = example_report().to_json()
    document["sources"][0]["tables"][0]["cells"].pop()
    with pytest.raises(InvalidMessage, match="as many cells"):
        ScopeReport.from_json(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("report", 2),
        ("people_minimum", 1),
        ("epoch", 0),
        ("breach_date", "yesterday"),
        ("sources", {}),
        ("commitment", {"nir-dob": "AA"}),
        ("schemes", {"nir-dob": {"entries": 1, "rows": 1, "coverage": 2}}),
    ],
)
def test_a_field_of_another_kind_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidMessage):
        ScopeReport.from_json(example_report().to_json() | {name: value})


def test_a_source_of_too_few_people_tells_no_number() -> None:
    report = example_report()
    (source,) = report.sources
    few = replace(report, sources=(replace(source, counted=None),))
    assert ScopeReport.from_json(json.loads(few.canonical())).sources[0].people is None

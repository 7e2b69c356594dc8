"""Objects, one a line, are rows; whatever else stands on a line is a reject."""

from __future__ import annotations

import io

import pytest

from app.errors import InvalidMapping, InvalidSource
from app.reading.sources.opening import LeakSource, Table
from app.reading.sources.settings import SourceSettings


def opened(text: str, *wanted: str, form: str = "auto") -> Table:
    source = LeakSource(io.BytesIO(text.encode()), SourceSettings(format=form), wanted=wanted)
    return source.open()


def values_of(text: str, *wanted: str) -> list[list[str] | None]:
    rows = opened(text, *wanted).rows()
    return [None if row.values is None else list(row.values) for row in rows]


def test_numbers_are_kept_as_they_are_written() -> None:
    """No digit is rounded away, and no whole number becomes a fraction."""
    text = '{"a": 185055695004846, "b": 1.50, "c": 1E+2, "d": 12345678901234567890123}'
    assert values_of(text) == [["185055695004846", "1.50", "1E+2", "12345678901234567890123"]]


def test_values_that_are_no_text() -> None:
    text = '{"a": true, "b": null, "c": {"d": 1}, "e": ["x"]}'
    assert values_of(text, "a", "b", "c", "e") == [["true", "", "\ufffd", "\ufffd"]]


def test_what_is_inside_is_named_with_a_dot() -> None:
    text = '{"p": {"nir": "1", "tel": ["2", "3"]}}\n{"p": {"tel": ["4"]}, "p.nir": "5"}\n{"p": 6}\n'
    table = opened(text)
    assert list(table.header) == ["p.nir", "p.tel.0", "p.tel.1", "p"]
    assert values_of(text, "p.nir", "p.tel.1") == [["1", "3"], ["5", ""], ["", ""]]


def test_a_column_may_be_missing_from_the_first_lines() -> None:
    text = '{"a": "1"}\n' * 50_000 + '{"a": "2", "b": "3"}\n'
    assert values_of(text, "b", "a")[-1] == ["3", "2"]


def test_a_column_that_no_line_has_is_a_mistake_in_the_mapping() -> None:
    """It would lose everybody who can be found by nothing else."""
    assert values_of('{"a": "1", "b": null}\n', "a", "b") == [["1", ""]]
    with pytest.raises(InvalidMapping, match="'c' of the mapping is in no line"):
        values_of('{"a": "1"}\n', "a", "c")


@pytest.mark.parametrize(
    "line",
    ["[1]", "1", "x", '{"a": 1', '{"a": 1} {"a": 2}', '{"a": 1, "a": 2}', '{"a": NaN}',
     '{"b": {"c": 1, "c": 2}}', "[" * 100_000, '{"a": "\t"}'],
)  # fmt: skip
def test_a_line_that_is_no_object_is_a_reject_with_its_number(line: str) -> None:
    table = opened(f'{{"a": 1}}\n\n{line}\n{{"a": 2}}\n')
    assert [(row.line, row.reason) for row in table.rows()] == [(1, ""), (3, "JSON"), (4, "")]
    counts = table.counts
    assert (counts.total, counts.rows, counts.rejected, counts.blank) == (4, 2, 1, 1)


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert values_of('\ufeff{"a": "é"}\r\n') == [["é"]]


def test_a_list_is_refused_with_a_way_out() -> None:
    with pytest.raises(InvalidSource, match="one JSON list") as caught:
        opened('[\n {"a": 1}]')
    assert "jq" in caught.value.hint


def test_what_has_no_object_is_refused_where_columns_are_not_known() -> None:
    with pytest.raises(InvalidSource, match="no line at the beginning"):
        opened("x\n", form="ndjson")


def test_a_line_may_be_long_and_not_endless() -> None:
    assert values_of('{"a": "%s"}\n' % ("x" * 2_000_000), "a") == [["x" * 2_000_000]]
    with pytest.raises(InvalidSource, match="line 2 is longer"):
        values_of('{"a": 1}\n{"a": "%s"}\n' % ("x" * 20_000_000), "a")

"""No row is lost in silence, whatever stands in the file."""

from __future__ import annotations

import io
import random
from dataclasses import astuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import InvalidSource
from app.reading.sources.delimited import JOINED_LINES_MAXIMUM, DelimitedReader
from app.reading.sources.encodings import TextStream
from app.reading.sources.settings import SourceSettings
from tests.ingest.examples import read

HEADER = "A;B;C\n"


def values_of(text: str) -> list[list[str] | None]:
    return [None if row.values is None else list(row.values) for row in read(HEADER + text)[1]]


def test_plain_rows_are_read() -> None:
    reader, rows = read(HEADER + "1;2;3\r\n4;5;6")
    assert list(reader.header) == ["A", "B", "C"]
    assert [(row.line, row.values) for row in rows] == [(2, ["1", "2", "3"]), (3, ["4", "5", "6"])]


def test_quotes_protect_delimiters_quotes_and_line_ends() -> None:
    assert values_of('"a;b";"say ""no""";\n') == [["a;b", 'say "no"', ""]]
    assert values_of('1;"two\nlines";3\n4;5;6\n') == [["1", "two\nlines", "3"], ["4", "5", "6"]]


def test_a_row_of_several_lines_has_the_number_of_its_first() -> None:
    reader, rows = read(HEADER + '1;"x\ny\n\nz";3\n4;5;6\n')
    assert [row.line for row in rows] == [2, 6]
    assert (reader.counts.rows, reader.counts.continuation) == (2, 3)


def test_a_quote_inside_a_field_is_a_character() -> None:
    assert values_of('1;12" screen;3\n') == [["1", '12" screen', "3"]]


def test_one_quote_that_never_closes_costs_nobody_their_row() -> None:
    """The standard reader lost 1,499 of these 3,000 rows."""
    lines = [f"{n};name {n};x" for n in range(3000)]
    lines[1500] = '1500;"name 1500;x'
    reader, rows = read(HEADER + "\n".join(lines))
    assert [row.values[0] for row in rows if row.values] == [str(n) for n in range(3000)]
    assert reader.counts.unquoted == 1
    assert reader.counts.rejected == reader.counts.continuation == 0


@pytest.mark.parametrize("behind", [0, 1, 2, 19, 20])
def test_a_quote_that_never_closes_near_the_end_costs_nobody_their_row(behind: int) -> None:
    """Looking for its end, the reader comes to the end of the file."""
    lines = ['0;"name;x', *(f'{n};"name {n};x' if n % 2 else f"{n};y;x" for n in range(1, behind))]
    assert [values[0] for values in values_of("\n".join(lines)) if values] == [
        str(n) for n in range(max(1, behind))
    ]


def test_stray_quotes_cost_nobody_their_row() -> None:
    """Ten in a large file, some of them near enough to close one another."""
    lines = [f"{n};name {n};x" for n in range(50_000)]
    strays = [*random.Random(1).sample(range(50_000), 7), 100, 101, 105]
    for stray in strays:
        lines[stray] = f'{stray};"name {stray};x'
    lines[101] = '101;name 101";x'
    reader, rows = read(HEADER + "\n".join(lines))
    assert [row.values[0] for row in rows if row.values] == [str(n) for n in range(50_000)]
    assert reader.counts.rows == 50_000


def test_two_stray_quotes_that_close_each_other_do_not_swallow_a_row() -> None:
    """Joined, these two lines would be one row of three columns."""
    assert values_of('1;"b;c\n2;e";f\n') == [["1", '"b', "c"], ["2", 'e"', "f"]]


def test_where_every_field_is_in_quotes_they_are_trusted() -> None:
    """Each of these two lines has three columns by itself."""
    header = '"A";"B";"C"\n'
    assert read(header + '"1;x;\n";"b";"c"\n')[1][0].values == ["1;x;\n", "b", "c"]


def test_where_every_field_is_in_quotes_a_stray_one_costs_no_value() -> None:
    reader, rows = read('"A";"B";"C"\n"1";"a 12" screen";"c"\n"2";"b";"d"\n')
    assert [row.values for row in rows] == [["1", 'a 12" screen', "c"], ["2", "b", "d"]]
    assert reader.counts.unquoted == 1


def test_lines_that_were_looked_at_come_back_in_their_order() -> None:
    """An open quote looks ahead while earlier lines that were put back are still waiting."""
    lines = ['0;"open;x', "1;b;c", '2;"open;x', '3;"two', 'lines";x']
    lines += [f"{n};b;c" for n in range(4, 40)]
    reader, rows = read(HEADER + "\n".join(lines))
    assert [row.values[0] for row in rows if row.values] == [str(n) for n in range(40)]
    assert reader.counts.continuation == 1


def test_a_comment_of_too_many_lines_is_rejected_line_by_line() -> None:
    inside = "\n".join("x" for _ in range(JOINED_LINES_MAXIMUM + 1))
    reader, rows = read(HEADER + f'1;2;"{inside}"\n4;5;6\n')
    assert rows[-1].values == ["4", "5", "6"]
    # The line that opens the quote has three columns of its own.
    assert reader.counts.rejected == JOINED_LINES_MAXIMUM


def test_ragged_rows_are_rejected_with_their_line_numbers() -> None:
    reader, rows = read(HEADER + '1;2\n1;2;3;4\n"1;2;3"\n1;2;3\n')
    assert [(row.line, row.values is None) for row in rows] == [
        (2, True),
        (3, True),
        (4, False),
        (5, False),
    ]
    assert (reader.counts.rejected, reader.counts.unquoted) == (2, 1)


def test_blank_lines_are_counted_and_skipped() -> None:
    reader, rows = read("\n \n" + HEADER + "\n1;2;3\n\t\n")
    assert [row.line for row in rows] == [5]
    assert reader.counts.blank == 4


def test_column_names_lose_quotes_and_spaces() -> None:
    assert list(read('"A"; B ;"C;D"\n')[0].header) == ["A", "B", "C;D"]


def test_a_tab_can_stand_between_columns() -> None:
    assert list(read("A\tB\n1\t2\n", delimiter="\t")[1][0].values or ()) == ["1", "2"]


@pytest.mark.parametrize("delimiter", [",", "auto"])
def test_a_line_that_names_the_delimiter_is_no_header(delimiter: str) -> None:
    reader, rows = read("sep=;\nA;B\n1;2\n", delimiter)
    assert (list(reader.header), rows[0].line, rows[0].values) == (["A", "B"], 3, ["1", "2"])
    assert (reader.counts.total, reader.counts.header) == (3, 2)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_from_the_first_lines(delimiter: str) -> None:
    """The others may stand in the text, and in a name."""
    others = ";,\t|".replace(delimiter, "")
    lines = [["NOM", f"A{others[0]}B", "C"]]
    lines += [[others * (n % 3), "x", others[1] * n] for n in range(9)]
    reader, rows = read("\n".join(map(delimiter.join, lines)), "auto")
    assert list(reader.header) == lines[0]
    assert [row.values for row in rows] == lines[1:]


def test_a_header_alone_is_a_source_without_rows() -> None:
    reader, rows = read(HEADER)
    assert (rows, reader.counts.total, reader.counts.header) == ([], 1, 1)


def headless(text: str, delimiter: str = ";") -> DelimitedReader:
    settings = SourceSettings(delimiter=delimiter, has_header=False)
    return DelimitedReader(TextStream(io.BytesIO(text.encode()), "utf-8"), settings)


def test_a_source_without_a_header_has_its_first_line_as_a_row() -> None:
    """And as many columns as most of its first lines."""
    reader = headless('\n1;"2\n";3\n4;5;6\n7;8\n9;9;9\n9;9;9\n')
    rows = list(reader.rows())
    assert [row.values for row in rows] == [
        ["1", "2\n", "3"],
        ["4", "5", "6"],
        None,
        ["9", "9", "9"],
        ["9", "9", "9"],
    ]
    assert [row.line for row in rows] == [2, 4, 5, 6, 7]
    assert list(reader.header) == ["", "", ""]
    counts = reader.counts
    assert (counts.total, counts.header, counts.blank, counts.continuation) == (7, 0, 1, 1)


def test_a_row_that_comes_again_is_no_header_where_there_is_none() -> None:
    """Nor is a line of empty cells, which the names would be."""
    reader = headless("NOM;TEL\n;\nNOM;TEL\n;\n")
    assert [row.values for row in reader.rows()] == [["NOM", "TEL"], ["", ""]] * 2
    assert reader.counts.header == 0


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_without_a_header_too(delimiter: str) -> None:
    """Although the first line is ragged."""
    rows = [["x"], ["1", "a, b; c", "2"], ["3", "d", "4"], ["5", "", "6"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    reader = headless(text, "auto")
    assert reader.found == {"format": "delimited", "delimiter": delimiter}
    assert [row.values for row in reader.rows()] == [None, *rows[1:]]


@pytest.mark.parametrize("declared", ["auto", ","])
def test_a_line_that_names_the_delimiter_is_no_row(declared: str) -> None:
    """Also where the delimiter was known before."""
    without = headless("\nsep=,\n1,2\n3,4\n", declared)
    assert [(row.line, row.values) for row in without.rows()] == [(3, ["1", "2"]), (4, ["3", "4"])]
    counts = without.counts
    assert (counts.total, counts.header, counts.blank, counts.rows) == (4, 1, 1, 2)
    reader, rows = read("sep=,\nA,B\n1,2\n", declared)
    assert (list(reader.header), [row.values for row in rows]) == (["A", "B"], [["1", "2"]])


def test_where_every_field_is_in_quotes_strays_cost_nobody_their_row_without_a_header() -> None:
    text = "".join(f'"{n}";"name {n}"\n' for n in range(40)).replace('"name 7"', '"na"me 7"')
    reader = headless(text)
    values = [row.values for row in reader.rows()]
    assert values == [[f"{n}", 'na"me 7' if n == 7 else f"name {n}"] for n in range(40)]
    assert reader.counts.unquoted == 1


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_source_without_a_header_and_without_rows_is_refused(text: str) -> None:
    with pytest.raises(InvalidSource, match="empty"):
        headless(text)


@pytest.mark.parametrize("text", ["", "\n\n", " \r\n"])
def test_a_source_without_a_header_is_refused(text: str) -> None:
    with pytest.raises(InvalidSource, match="empty"):
        read(text)


def test_replaced_bytes_are_counted_by_row() -> None:
    reader, rows = read(b'A;B\n1;\xff\n2;"x\n\xff"\n3;c\n')
    assert (len(rows), reader.counts.replaced) == (3, 2)


@given(st.text(st.sampled_from('ab;"\n\r\x00\ufeffé '), max_size=300) | st.text(max_size=100))
@example('"\r"')
def test_every_line_is_accounted_for(text: str) -> None:
    """Whatever the text: header, rows, continuation, blank and rejected make all lines."""
    raw = text.encode("utf-8", errors="surrogatepass")
    try:
        reader, rows = read(raw)
    except InvalidSource:
        return
    total, header, accepted, continuation, blank, rejected, *repaired = astuple(reader.counts)
    assert total == header + accepted + continuation + blank + rejected
    assert header >= 1
    assert len(rows) == accepted + rejected
    assert max(repaired) <= accepted
    numbers = [row.line for row in rows]
    assert numbers == sorted(set(numbers))
    for row in rows:
        assert row.values is None or len(row.values) == len(reader.header)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@given(
    st.lists(
        st.tuples(st.text('xy;"é '), st.text("xy;é"), st.text('xy"\n', max_size=9)), max_size=20
    )
)
def test_what_was_written_by_the_book_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    """Every cell in quotes, with quotes and delimiters inside, and a comment with line ends."""
    body = "".join(";".join(map(quoted, row)) + "\n" for row in rows)
    reader, found = read(HEADER + body)
    assert [tuple(row.values or ()) for row in found] == rows
    assert reader.counts.unquoted == reader.counts.rejected == 0

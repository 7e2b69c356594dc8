"""Dumps give the rows of one table, and nothing that only looks like them."""

from __future__ import annotations

import io

import pytest

from app.errors import ConcerneError, InvalidMapping, InvalidSource
from app.reading.sources import sqltext
from app.reading.sources.opening import LeakSource
from app.reading.sources.rows import LineCounts, Row
from app.reading.sources.settings import SourceSettings
from tests.ingest.examples import ShortReads

MYSQL = SourceSettings(format="mysql")
POSTGRESQL = SourceSettings(format="postgresql")


def read(
    text: str | bytes, settings: SourceSettings = MYSQL
) -> tuple[list[str], list[Row], LineCounts]:
    raw = text.encode() if isinstance(text, str) else text
    with LeakSource(io.BytesIO(raw), settings).open() as table:
        return list(table.header), list(table.rows()), table.counts


def values_of(text: str | bytes, settings: SourceSettings = MYSQL) -> list[list[str] | None]:
    return [None if row.values is None else list(row.values) for row in read(text, settings)[1]]


def refusal(text: str, settings: SourceSettings = MYSQL) -> str:
    with pytest.raises(ConcerneError) as caught:
        read(text, settings)
    return caught.value.message


def test_escapes_of_mysql_are_undone() -> None:
    text = r"""INSERT INTO t (a, b) VALUES ('it\'s "x" \\ \n\t\0\Z\%', 'l''eau'), ("d""q", NULL);"""
    assert values_of(text) == [
        ['it\'s "x" \\ \n\t\x00\x1a%', "l'eau"],
        ['d"q', ""],
    ]


def test_an_escaped_backslash_before_a_quote_ends_the_value() -> None:
    assert values_of(r"INSERT INTO t (a, b) VALUES ('x\\','y'),('x\\\'','y''');") == [
        ["x\\", "y"],
        ["x\\'", "y'"],
    ]


def test_backslashes_of_postgresql_are_characters_but_in_escape_strings() -> None:
    text = r"INSERT INTO t (a, b, c) VALUES ('a\', E'it\'s\n', e'x''y');"
    assert values_of(text, POSTGRESQL) == [["a\\", "it's\n", "x'y"]]


def test_an_old_postgresql_says_that_backslashes_escape() -> None:
    text = "SET standard_conforming_strings = off;\nINSERT INTO t (a) VALUES ('it\\'s');"
    assert values_of(text, POSTGRESQL) == [["it's"]]


def test_a_mysql_may_say_that_backslashes_are_characters() -> None:
    text = "SET SQL_MODE='NO_BACKSLASH_ESCAPES';\nINSERT INTO t (a, b) VALUES ('a\\','b');"
    assert values_of(text) == [["a\\", "b"]]


def test_a_statement_may_go_on_behind_its_rows_and_between_them() -> None:
    text = "INSERT INTO t (a) VALUES (1) ,\n-- it's (2),\n (3) ON DUPLICATE KEY UPDATE a = ';';"
    assert values_of(text + " INSERT INTO t (a) VALUES (4)\n;") == [["1"], ["3"], ["4"]]


def test_numbers_words_and_casts_are_read_as_they_are_written() -> None:
    text = (
        "INSERT INTO t VALUES (185055695004846, -1.50, true, NULL::text, 'x'::character varying(9),"
        " '2020-01-01'::date);"
    )
    text = "CREATE TABLE t (a bigint, b numeric(4,2), c boolean, d text, e text, f date);" + text
    assert values_of(text, POSTGRESQL) == [
        ["185055695004846", "-1.50", "true", "", "x", "2020-01-01"]
    ]


def test_bytes_are_no_text() -> None:
    assert values_of("INSERT INTO t (a, b, c) VALUES (0x41, x'41', _binary 'A');") == [
        ["\ufffd", "\ufffd", "A"]
    ]


def test_escapes_of_copy_are_undone() -> None:
    text = "COPY public.t (a, b) FROM stdin;\nx\\ty\\nz\\\\\\b\\101\\x42\\8\\q\t\\N\n\\\\N\t\n\\.\n"
    assert values_of(text, POSTGRESQL) == [["x\ty\nz\\\bAB8q", ""], ["\\N", ""]]


def test_rows_follow_the_columns_that_their_statement_names() -> None:
    text = (
        "CREATE TABLE t (a int, `b;c` varchar(10) DEFAULT 'x,(y', KEY `k` (`a`), "
        "CONSTRAINT q CHECK (a > 0), d int, PRIMARY KEY (a));\n"
        "INSERT INTO t VALUES (1, 2, 3);\n"
        "INSERT IGNORE INTO `t` (`d`, `a`) VALUES (6, 4);\n"
        "REPLACE INTO db.other VALUES (9);\n"
    )
    header, rows, _ = read(text, SourceSettings(format="mysql", table="t"))
    assert header == ["a", "b;c", "d"]
    assert [row.values for row in rows] == [["1", "2", "3"], ["4", "", "6"]]


def test_columns_that_nobody_named_are_told() -> None:
    assert "names the columns" in refusal("INSERT INTO t VALUES (1);")
    told = refusal("INSERT INTO t (a) VALUES (1); INSERT INTO t (b) VALUES (1);")
    assert "other columns" in told


@pytest.mark.parametrize(
    "before",
    [
        "-- INSERT INTO t (a) VALUES ('comment');\n",
        "/* it's INSERT INTO t (a) VALUES ('comment'); */\n",
        "SELECT 'INSERT INTO t (a) VALUES (1)'; \n",
        "COMMENT ON TABLE t IS 'x; it''s'; CREATE VIEW \"v;w\" AS SELECT 1;\n",
        "CREATE FUNCTION f() AS $x$ it's; INSERT INTO t (a) VALUES (2); $$ $x$;\n",
        "SELECT E'\\';INSERT INTO t (a) VALUES (3);';\n",
        "CREATE INDEX i ON t ((j #>> '{a;b}'));\n",
        "COPY public.u (b) FROM stdin;\nINSERT INTO t (a) VALUES (4);\n\\.\n",
        "\\restrict it's\n",
    ],
)
def test_what_only_looks_like_rows_is_passed_over(before: str) -> None:
    text = f"{before}INSERT INTO t (a) VALUES ('row');\n{before}"
    settings = SourceSettings(format="postgresql", table="t")
    assert values_of(text, settings) == [["row"]]


@pytest.mark.parametrize(
    "before",
    [
        "# it's INSERT INTO t (a) VALUES (1);\n",
        "--\n-- it's\nSELECT 5--3, 'x';\n",
        "SELECT 'it\\'s; INSERT INTO t (a) VALUES (1);', \"; it's\", `;'`;\n",
        "DELIMITER ;;\nCREATE x BEGIN\nINSERT INTO t (a) VALUES (1);\nEND ;;\nDELIMITER ;\n",
        "DELIMITER //\nBEGIN\nINSERT INTO t (a) VALUES (1);\nEND //\nDELIMITER ;\n",
        "DELIMITER ;;\n/*!50003 CREATE it's */ /*!50003 x */;;\nDELIMITER ;\n",
    ],
)
def test_what_only_looks_like_rows_of_mysql_is_passed_over(before: str) -> None:
    assert values_of(f"{before}INSERT INTO t (a) VALUES ('row');\n{before}") == [["row"]]


def test_a_table_is_chosen_by_its_name_with_or_without_its_schema() -> None:
    text = (
        "INSERT INTO public.t (a) VALUES (1);\nINSERT INTO old.t (a) VALUES (2);\n"
        'INSERT INTO "T u" (a) VALUES (3);\n'
    )
    for table, expected in (("public.t", "1"), ("old.t", "2"), ("T u", "3")):
        settings = SourceSettings(format="postgresql", table=table)
        assert values_of(text, settings) == [[expected]]
    told = refusal(text, SourceSettings(format="postgresql", table="t"))
    assert "line 2: the dump has rows of 'public.t' and of 'old.t'" in told
    assert "'public.t' and of 'old.t'" in refusal(text, POSTGRESQL)


def test_a_table_that_is_not_there_is_told() -> None:
    settings = SourceSettings(format="mysql", table="u")
    with pytest.raises(InvalidMapping, match="no rows of the table that"):
        read("INSERT INTO t (a) VALUES (1);", settings)
    with pytest.raises(InvalidMapping, match="no rows of any table"):
        read("CREATE TABLE t (a int);")


def test_rows_that_are_no_list_of_values_are_never_passed_over() -> None:
    assert "no list of values" in refusal("INSERT INTO t SELECT * FROM u;")
    assert "no list of values" in refusal("INSERT INTO t SET a = 1;")
    told = refusal("COPY t (a) FROM stdin WITH (FORMAT csv);\n1\n\\.\n", POSTGRESQL)
    assert "a form of COPY" in told
    assert "DELIMITER" in refusal("DELIMITER x\nINSERT INTO t (a) VALUES (1)x")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("INSERT INTO t (a) VALUES ('x", "line 1, column 27"),
        ("INSERT INTO t (a) VALUES\n('x'),\n('y',", "line 3, column 6"),
        ("INSERT INTO t (a) VALUES ('x')", "line 1, column 31"),
        ("INSERT INTO t (a) VALUES ('x'), f(1);", "line 1, column 33"),
        ("INSERT INTO t (a) VALUES ('x') ('y');", "line 1, column 32"),
        ("INSERT INTO t (a) VALUES ('x'),;", "line 1, column 32"),
        ("INSERT INTO t (a) VALUES ('x' 'y');", "line 1, column 27"),
        ("SELECT 'x; INSERT INTO t (a) VALUES (1);", "line 1, column 8"),
    ],
)
def test_a_damaged_dump_is_refused_with_its_place(text: str, where: str) -> None:
    """Never with a value, and never as fewer rows."""
    told = refusal(text)
    assert where in told
    assert "'" not in told


def test_a_dump_that_its_program_did_not_finish_is_refused() -> None:
    text = "-- MySQL dump 10.13\nINSERT INTO `t` (a) VALUES (1);\n"
    with pytest.raises(InvalidSource, match="without the words"):
        read(text, SourceSettings())
    assert values_of(text + "-- Dump completed\n", SourceSettings()) == [["1"]]


def test_of_two_dumps_in_one_file_each_is_finished() -> None:
    """The second may begin behind the comment that ends the first."""
    dump = "-- MySQL dump 10.13\nINSERT `t` (a) VALUES (%d);\n-- Dump completed\n"
    assert values_of(dump % 1 + dump % 2) == [["1"], ["2"]]
    cut = (dump % 2).removesuffix("-- Dump completed\n")
    with pytest.raises(InvalidSource, match="without the words"):
        read(dump % 1 + cut)
    assert values_of(dump % 1 + "INSERT INTO t (a) VALUES (3);\n") == [["1"], ["3"]]


def test_a_row_of_several_lines_has_the_number_of_its_first() -> None:
    text = "INSERT INTO t (a) VALUES\n('x\ny'),\n(2),\n(3, 4);\n"
    _, rows, counts = read(text)
    assert [(row.line, row.values) for row in rows] == [(2, ["x\ny"]), (4, ["2"]), (5, None)]
    assert (counts.rows, counts.rejected, counts.total) == (2, 1, 4)


def test_values_are_decoded_as_the_lines_of_a_text_are() -> None:
    text = "INSERT INTO t (a) VALUES ('Dupré'), ('Noël');\n".encode("cp1252")
    assert values_of(text) == [["Dupré"], ["Noël"]]
    copied = "COPY t (a) FROM stdin;\nDupré\n\x81\n\\.\n".encode("latin-1")
    with LeakSource(io.BytesIO(copied), POSTGRESQL).open() as table:
        assert [row.values for row in table.rows()] == [["Dupré"], ["\ufffd"]]
        assert table.counts.replaced == 1


def test_a_statement_longer_than_any_piece_is_read_in_pieces() -> None:
    values = ",".join(f"('{n}','{'x' * 90}')" for n in range(20_000))
    text = f"INSERT INTO u (a, b) VALUES {values};\nINSERT INTO t (a, b) VALUES {values};\n"
    source = LeakSource(ShortReads(text.encode(), 5000), SourceSettings(format="mysql", table="t"))
    with source.open() as table:
        assert [row.values[0] for row in table.rows() if row.values] == [
            str(n) for n in range(20_000)
        ]


def test_a_row_without_end_is_refused_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqltext, "TOKEN_BYTES_MAXIMUM", 1_000_000)
    assert "damaged" in refusal(f"INSERT INTO t (a) VALUES ('{'x' * 3_000_000}');")
    assert "longer than" in refusal(f"COPY t (a) FROM stdin;\n{'x' * 3_000_000}\n", POSTGRESQL)


def test_which_database_a_dump_is_of_is_never_guessed() -> None:
    """A backslash before a quote means different things."""
    text = "INSERT INTO t (a) VALUES ('x');\n"
    with pytest.raises(InvalidSource, match="which database"):
        read(text, SourceSettings())
    assert values_of(text.replace("t (", "`t` ("), SourceSettings()) == [["x"]]
    assert values_of("SET standard_conforming_strings = on;\n" + text, SourceSettings()) == [["x"]]

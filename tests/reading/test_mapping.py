"""A mapping is read strictly: whatever is wrong with it is said with its place and a way out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.errors import InvalidMapping
from app.reading.columns import Columns
from app.reading.mapping import parse_mapping, parse_source
from app.reading.sources.settings import SourceSettings
from app.synthesis.mapping import MAPPING_TOML
from app.synthesis.record import COLUMNS

DATASET = 'title = "Made up"\nbreach_date = 2021-02-23\n'


def mapping_of(fields: str, dataset: str = DATASET, rest: str = "") -> str:
    return f"{rest}\n[fields]\n{fields}\n[dataset]\n{dataset}"


def refusal(text: str) -> str:
    """Return what is said about a mapping that cannot be used, hint included."""
    with pytest.raises(InvalidMapping) as caught:
        parse_mapping(text)
    return f"{caught.value.message} | {caught.value.hint}"


def test_a_whole_mapping_is_read() -> None:
    mapping = parse_mapping(MAPPING_TOML)
    assert (mapping.source.encoding, mapping.source.delimiter) == ("cp1252", ";")
    assert mapping.title == "Fuite inventée (made-up leak)"
    assert mapping.breach_date == date(2021, 2, 23)
    assert mapping.schemes == ("nir-dob", "nir", "name-dob", "email", "phone")
    assert mapping.public_schemes == ("nir-dob",)
    assert mapping.fields["nir"] == Columns(("NUM_SECU",))
    assert mapping.fields["surname"] == Columns(("NOM", "NOM_JF"))
    assert mapping.fields["birth_date"] == Columns(("DATE_NAISS",), ("%d/%m/%Y", "%Y%m%d"))
    assert mapping.scope["exam_date"] == Columns(("DATE_EXAM",), ("%d/%m/%Y",))


def test_how_a_source_is_to_be_read_can_be_told() -> None:
    told: dict[str, Any] = {
        "format": "mysql", "encoding": "utf-16-be", "delimiter": "'", "quote": "",
        "escape": "backslash", "member": "a.sql", "sheet": "Un", "table": "b.patients",
    }  # fmt: skip
    section = "[source]\n" + "".join(f'{key} = "{value}"\n' for key, value in told.items())
    assert parse_mapping(mapping_of('nir = "A"', rest=section)).source == SourceSettings(**told)
    headless = parse_mapping(mapping_of("nir = 1", rest=f"{section}header = false")).source
    assert headless == SourceSettings(**told, has_header=False)


def test_each_field_is_bound_to_the_positions_of_its_columns() -> None:
    positions = parse_mapping(MAPPING_TOML).positions(COLUMNS)
    assert positions["surname"] == (3, 4)
    assert positions["phone"] == (11, 12)
    assert set(positions) == {"nir", "birth_date", "surname", "given_name", "email", "phone"}


def test_what_is_not_said_has_a_default() -> None:
    mapping = parse_mapping(mapping_of('nir = "NIR"\nbirth_date = "NE"\nemail = "M"'))
    assert mapping.source == SourceSettings()
    assert mapping.schemes == ("nir-dob", "nir", "email")
    assert mapping.public_schemes == ("nir-dob",)
    assert mapping.fields["birth_date"].formats == ("%Y-%m-%d",)
    assert not mapping.scope


@pytest.mark.parametrize(
    ("fields", "public"),
    [('nir = "A"', ("nir",)), ('nir = "A"\nbirth_date = "B"', ("nir-dob",)), ('email = "A"', ())],
)
def test_the_public_may_ask_by_what_the_protocol_says(fields: str, public: tuple[str, ...]) -> None:
    """The number with the birth date, or the number where there are none, and nothing else."""
    assert parse_mapping(mapping_of(fields)).public_schemes == public


def test_a_dataset_can_be_closed_to_the_public() -> None:
    closed = parse_mapping(mapping_of('nir = "A"', DATASET + "public_schemes = []"))
    assert closed.public_schemes == ()


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse_mapping("\ufeff" + MAPPING_TOML) == parse_mapping(MAPPING_TOML)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\nfields is", ["not TOML", "line 2"]),
        (mapping_of('nir = "A"', rest="[sauce]"), ["'sauce'", "source, fields, dataset, scope"]),
        ("source = 1\n" + mapping_of('nir = "A"'), ["source", "[source]"]),
        (mapping_of('nir = "A"', rest='[source]\nquotes = "x"'), ["[source]", "'quotes'"]),
        (mapping_of('nir = "A"', rest='[source]\nencoding = "utf-7"'), ["encoding", "cp1252"]),
        (mapping_of('nir = "A"', rest='[source]\ndelimiter = "||"'), ["delimiter", "one char"]),
        (mapping_of('nir = "A"', rest="[source]\ndelimiter = '\"'"), ["delimiter"]),
        (mapping_of('nir = "A"', rest='[source]\nformat = "doc"'), ["format", "ndjson, xlsx"]),
        (mapping_of('nir = "A"', rest='[source]\nquote = "x"'), ["quote", "an empty text"]),
        (
            mapping_of('nir = "A"', rest="[source]\nescape = true"),
            ["escape", "doubling"],
        ),
        (mapping_of('nir = "A"', rest="[source]\nsheet = 3"), ["sheet in [source]"]),
        (mapping_of('nirr = "A"'), ["[fields]", "'nirr'", "nir, birth_date"]),
        (mapping_of("nir = 0"), ["nir in [fields]", "no column", "3 for the third"]),
        (mapping_of("nir = true"), ["nir in [fields]", "no column"]),
        (mapping_of("nir = 1.5"), ["nir in [fields]", "no column"]),
        (mapping_of("nir = []"), ["nir in [fields]", "list of different columns"]),
        (mapping_of('nir = ["A", "A"]'), ["nir in [fields]", "different"]),
        (mapping_of("nir = [[1]]"), ["nir in [fields]", "no column"]),
        (mapping_of('nir = { columns = ["A"], join = ["B", "C"] }'), ["nir in", "not several"]),
        (mapping_of("nir = {}"), ["nir in [fields]", "columns and join"]),
        (mapping_of('nir = { join = ["A"] }'), ["join of nir in [fields]", "one column"]),
        (mapping_of('nir = { columns = ["A"], separator = "-" }'), ["nir in", "'separator'"]),
        (mapping_of('nir = { join = ["A", "B"], separator = 1 }'), ["separator of nir", "no text"]),
        (mapping_of('nir = { constant = "1" }'), ["nir in [fields]", "identify nobody", "[scope]"]),
        (mapping_of('nir = { columns = "A", empty = "NC" }'), ["empty of nir in [fields]"]),
        (mapping_of('nir = { columns = "A", variants = ["titles"] }'), ["variants of nir", "zero"]),
        (
            mapping_of('birth_date = { columns = "A", variants = ["titles"] }'),
            ["variants of birth_date in [fields]", "none"],
        ),
        (mapping_of('nir = "A"', DATASET + 'variants = ["all"]'), ["[dataset]", "married-names"]),
        (mapping_of('nir = "A"', DATASET + 'variants = "titles"'), ["variants of [dataset]"]),
        (mapping_of("nir = 1", rest="[source]\nheader = 0"), ["header in [source]", "true"]),
        (
            mapping_of('nir = 1\nemail = "M"', rest="[source]\nheader = false"),
            ["email", "position"],
        ),
        (
            mapping_of("nir = 1", rest="[source]\nheader = false") + '[scope]\nlaboratory = "L"',
            ["laboratory in [scope]", "by name"],
        ),
        (mapping_of("nir = 1", rest="[source]\nempty = []"), ["empty of [source]"]),
        (mapping_of('nir = "A"') + "\n[scope]\ndepartment = { constant = 56 }", ["no text"]),
        (
            mapping_of('nir = "A"') + '\n[scope]\nexam_date = { constant = "2021" }',
            ["constant of exam_date in [scope]", "format"],
        ),
        (
            mapping_of('nir = "A"')
            + '\n[scope]\nexam_date = { columns = "E", formats = ["%d/%m/%y"] }',
            ["exam_date in [scope]", "%Y"],
        ),
        (
            mapping_of(
                "surname = [1, 2, 3, 4, 5]\ngiven_name = [6, 7, 8, 9]\n"
                'birth_date = { columns = [10, 11], formats = ["%d/%m/%y"] }'
            ),
            ["80 identifiers", "64"],
        ),
        (mapping_of('nir = ["A", ""]'), ["nir in [fields]"]),
        (mapping_of('nir = { columns = ["A"], formats = ["%Y"] }'), ["nir in", "'formats'"]),
        (mapping_of('birth_date = { formats = ["%Y-%m-%d"] }'), ["birth_date in [fields]"]),
        (mapping_of('birth_date = { columns = ["A"], formats = [] }'), ["formats of birth_date"]),
        (mapping_of('birth_date = { columns = "A", formats = ["%d/%m"] }'), ["birth_date in"]),
        (mapping_of(""), ["any scheme", "nir-dob needs nir, birth_date"]),
        (mapping_of('birth_date = "A"'), ["any scheme"]),
        (mapping_of('nir = "A"', "breach_date = 2021-02-23"), ["title in [dataset]"]),
        (mapping_of('nir = "A"', 'title = "x"'), ["breach_date in [dataset]", "2021-02-23"]),
        (mapping_of('nir = "A"', 'title = "x"\nbreach_date = "2021-02-23"'), ["without quotes"]),
        (mapping_of('nir = "A"', DATASET + "end = 1"), ["[dataset]", "'end'"]),
        (mapping_of('nir = "A"', DATASET + 'schemes = ["blood"]'), ["unknown", "phone needs"]),
        (mapping_of('nir = "A"', DATASET + 'schemes = ["nir", "nir"]'), ["twice"]),
        (mapping_of('nir = "A"', DATASET + 'schemes = "nir"'), ["schemes in [dataset]"]),
        (mapping_of('nir = "A"', DATASET + 'schemes = ["nir-dob"]'), ["nir-dob", "birth_date"]),
        (mapping_of('nir = "A"', DATASET + 'public_schemes = ["email"]'), ["schemes has nir"]),
        (mapping_of('nir = "A"', DATASET + "public_schemes = false"), ["public_schemes"]),
        (mapping_of('nir = "A"') + '\n[scope]\ntown = "V"', ["[scope]", "'town'", "laboratory"]),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, told: list[str]) -> None:
    said = refusal(text)
    for part in told:
        assert part in said


def test_columns_are_named_or_counted() -> None:
    mapping = parse_mapping(mapping_of('nir = 2\nsurname = ["NOM", 4]'))
    assert mapping.positions(["A", "B", "NOM", "B"]) == {"nir": (1,), "surname": (2, 3)}
    with pytest.raises(InvalidMapping, match=r"column 4 .* not in the source") as caught:
        mapping.positions(["A", "B", "NOM"])
    assert caught.value.hint == "the source has 3 columns"


def test_a_source_without_a_header_has_positions_only() -> None:
    mapping = parse_mapping(mapping_of("nir = 2", rest="[source]\nheader = false"))
    assert not mapping.source.has_header
    assert mapping.positions(["", "", ""]) == {"nir": (1,)}


def test_columns_that_are_not_named_may_be_left_out_of_a_source() -> None:
    """Unless one is counted, which is done among all of them."""
    named = mapping_of('nir = "N"\nsurname = ["A", "N"]') + '\n[scope]\nlaboratory = "L"'
    assert parse_mapping(named).column_names == ("N", "A", "L")
    constant = named.replace('"L"', '{ constant = "x" }')
    assert parse_mapping(constant).column_names == ("N", "A")
    for counted in (named.replace('["A", "N"]', "3"), named.replace('"L"', "3")):
        assert parse_mapping(counted).column_names == ()


def test_a_form_can_be_told_before_anything_else_is() -> None:
    text = '[source]\nmember = "a.csv"\nheader = false\nempty = ["NC"]'
    assert parse_source(text) == SourceSettings(member="a.csv", has_header=False)
    assert parse_source("") == SourceSettings()
    with pytest.raises(InvalidMapping, match="'members'"):
        parse_source('[source]\nmembers = "a.csv"')


def test_a_table_says_more_about_a_field() -> None:
    mapping = parse_mapping(
        mapping_of(
            'birth_date = { join = ["JJ", "MM", "AA"], separator = "/", formats = ["%d/%m/%y"] }\n'
            'surname = { columns = "NOM", empty = ["inconnu "], variants = ["titles"] }\n'
            'given_name = { columns = ["PRENOM"], variants = [] }',
            rest='[source]\nempty = ["NC"]',
        )
        + '[scope]\ndepartment = { constant = "56" }'
    )
    joined = mapping.fields["birth_date"]
    assert (joined.names, joined.is_joined, joined.separator) == (("JJ", "MM", "AA"), True, "/")
    assert mapping.fields["surname"].empty == {"INCONNU", "NC"}
    assert mapping.fields["surname"].variants == ("titles",)
    assert mapping.fields["given_name"].variants == ()
    assert mapping.scope["department"].constant == "56"
    assert mapping.positions(["JJ", "MM", "AA", "NOM", "PRENOM"])["birth_date"] == (0, 1, 2)


def test_variants_are_chosen_for_all_fields_or_for_one() -> None:
    fields = (
        'surname = "A"\ngiven_name = { columns = "B", variants = ["titles"] }\nbirth_date = "C"'
    )
    every = parse_mapping(mapping_of(fields))
    assert every.rules == ("twice-decoded", "titles", "married-names", "double-names")
    few = parse_mapping(mapping_of(fields, DATASET + 'variants = ["double-names"]'))
    assert few.rules == ("double-names", "titles")
    assert every.restricted(["titles"]).rules == ("titles",)
    assert every.restricted([]).rules == ()


def test_a_missing_column_is_named_beside_those_that_are_there() -> None:
    mapping = parse_mapping(mapping_of('nir = "NUM_SECU"'))
    with pytest.raises(InvalidMapping, match=r"'NUM_SECU'.*not in the source") as caught:
        mapping.positions(["NUM_SS", "NOM"])
    assert caught.value.hint == "the source has 'NUM_SS', 'NOM'"


def test_a_missing_column_of_the_scope_is_told_too() -> None:
    mapping = parse_mapping(mapping_of('nir = "NIR"') + '\n[scope]\nlaboratory = "LABO"')
    with pytest.raises(InvalidMapping, match="'LABO'"):
        mapping.positions(["NIR"])


def test_a_column_that_is_there_twice_is_refused() -> None:
    """Which of the two is meant would be a guess; others may be double."""
    mapping = parse_mapping(mapping_of('nir = "NIR"'))
    assert mapping.positions(["NIR", "NOM", "NOM"]) == {"nir": (0,)}
    with pytest.raises(InvalidMapping, match="2 times"):
        mapping.positions(["NIR", "NOM", "NIR"])


@pytest.mark.parametrize(
    "row",
    [
        ["MARTIN", "01/02/1985", "PARIS"],
        ["1 85 05 78 950 048 13", "X"],
        ["claire@courriel.example"],
        ["MARTIN\rDUPONT\r" + "x" * 60],
    ],
)
def test_a_first_line_that_is_somebodys_row_is_not_shown(row: list[str]) -> None:
    """A source without a header would otherwise put a person's data on the screen."""
    with pytest.raises(InvalidMapping) as caught:
        parse_mapping(mapping_of('nir = "NIR"')).positions(row)
    said = f"{caught.value.message} {caught.value.hint}"
    assert "not shown" in said
    assert not any(cell in said for cell in row if len(cell) > 1)

"""A mapping is read strictly: whatever is wrong with it is said with its place and a way out."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidMapping
from app.ingest.mapping import Columns, parse_mapping
from app.ingest.sources.settings import SourceSettings
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
        (mapping_of('nirr = "A"'), ["[fields]", "'nirr'", "nir, birth_date"]),
        (mapping_of("nir = 3"), ["nir in [fields]", "list of texts"]),
        (mapping_of("nir = []"), ["nir in [fields]", "list of texts"]),
        (mapping_of('nir = ["A", ""]'), ["nir in [fields]"]),
        (mapping_of('nir = { columns = ["A"], formats = ["%Y"] }'), ["nir in", "'formats'"]),
        (mapping_of('birth_date = { formats = ["%Y-%m-%d"] }'), ["birth_date in [fields]"]),
        (mapping_of('birth_date = { columns = ["A"], formats = [] }'), ["formats of birth_date"]),
        (mapping_of('birth_date = { columns = ["A"], formats = ["%d/%m/%y"] }'), ["birth_date in"]),
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


def test_a_two_digit_year_is_refused() -> None:
    """The century would be a guess, and a wrong one a silent miss."""
    assert "%Y" in refusal(
        mapping_of('nir = "A"\nbirth_date = { columns = ["B"], formats = ["%d/%m/%y"] }')
    )


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

"""A mapping that is suggested is accepted, is right, says how sure it is, and shows nobody."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidSource
from app.identity.nir import nir_key
from app.reading.mapping import SourceMapping, parse_mapping, parse_unpublished_mapping
from app.reading.records import RecordReader
from app.reading.sample import Sample
from app.reading.sources.settings import SourceSettings
from app.reading.suggestion.recognition import plain_words
from app.reading.suggestion.table import _SOMEBODY_ELSES
from app.reading.suggestion.writing import suggest_for, suggest_mapping
from app.synthesis.mapping import MAPPING_TOML
from app.synthesis.record import COLUMNS
from tests.ingest.examples import leak, look_at, read

ENGLISH = {
    "NUM_SECU": "SSN", "NOM": "Last name", "NOM_JF": "MaidenName", "PRENOM": "First-Name",
    "DATE_NAISS": "Birth date", "TEL_FIXE": "Phone", "TEL_MOBILE": "Mobile", "EMAIL": "E-mail",
    "LABO": "Laboratory", "DEPT": "Département", "DATE_EXAM": "Examination",
    "PRESCRIPTEUR": "Doctor", "VILLE": "Town", "ADRESSE": "Street",
}  # fmt: skip
WORDLESS = {name: f"C{number}" for number, name in enumerate(COLUMNS)}


SCOPE = {
    "laboratory": {"LABO"},
    "department": {"DEPT"},
    "postcode": {"CP"},
    "exam_date": {"DATE_EXAM"},
    "sex": {"SEXE"},
    "child": {"QUALITE"},
    "address": {"ADRESSE"},
    "prescriber": {"PRESCRIPTEUR"},
    "comment": {"COMMENTAIRE"},
}
# Laboratories and comments are texts as many others are.
SCOPE_WITHOUT_NAMES = {f: c for f, c in SCOPE.items() if f not in ("laboratory", "comment")}


def suggested(raw: bytes) -> str:
    return suggest_mapping(look_at(raw), SourceSettings())


def table(rows: int = 1_500) -> list[list[str]]:
    text = leak(rows, 5)[0].decode("cp1252")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))


def written(rows: Sequence[Sequence[str]], delimiter: str = ";") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("cp1252")


def positions_in(mapping: SourceMapping, header: Sequence[str]) -> dict[str, set[str]]:
    """Return the true names of each field's columns."""
    found = mapping.positions(header if mapping.source.has_header else [""] * len(header))
    return {field: {COLUMNS[at] for at in places} for field, places in found.items()}


TRUE = {
    "nir": {"NUM_SECU"},
    "birth_date": {"DATE_NAISS"},
    "surname": {"NOM", "NOM_JF"},
    "given_name": {"PRENOM"},
    "email": {"EMAIL"},
    "phone": {"TEL_FIXE", "TEL_MOBILE"},
}
# What no name tells: one surname is found by the addresses that it stands in.
TRUE_WITHOUT_NAMES = TRUE | {"surname": {"NOM"}}


def shuffled(rows: list[list[str]], seed: int) -> tuple[list[list[str]], list[int]]:
    order = list(range(len(COLUMNS)))
    random.Random(seed).shuffle(order)
    return [[row[at] for at in order] for row in rows], order


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("names", [{}, ENGLISH, WORDLESS, None], ids=["own", "en", "C1", "none"])
@pytest.mark.parametrize("seed", [1, 2])
def test_renamed_shuffled_and_headerless_leaks_are_read_rightly(
    delimiter: str, names: dict[str, str] | None, seed: int
) -> None:
    """And what is suggested is accepted as it stands."""
    rows, order = shuffled(table(), seed)
    if names is None:
        rows = rows[1:]
    else:
        rows[0] = [names.get(name, name) for name in rows[0]]
    mapping = parse_unpublished_mapping(suggested(written(rows, delimiter)))
    source = mapping.source
    assert (source.delimiter, source.has_header) == (delimiter, names is not None)
    header = rows[0] if source.has_header else [""] * len(order)
    found = {
        field: {COLUMNS[order[at]] for at in places}
        for field, places in mapping.positions(header).items()
    }
    assert found == (TRUE if names in ({}, ENGLISH) else TRUE_WITHOUT_NAMES)
    assert mapping.schemes == ("nir-dob", "nir", "name-dob", "email", "phone")
    assert mapping.public_schemes == ("nir-dob",)
    assert mapping.fields["birth_date"].formats[:2] == ("%d/%m/%Y", "%Y%m%d")
    assert mapping.scope["exam_date"].formats == ("%d/%m/%Y",)
    scope = {
        field: {COLUMNS[order[at]] for at in columns.positions(header)}
        for field, columns in mapping.scope.items()
    }
    assert scope == (SCOPE if names in ({}, ENGLISH) else SCOPE_WITHOUT_NAMES)


def test_what_is_suggested_finds_whom_the_right_mapping_finds() -> None:
    raw = leak(500)[0]
    reader, rows = read(raw.decode("cp1252"))
    given_ = RecordReader(parse_mapping(MAPPING_TOML), reader.header)
    guessed = RecordReader(parse_unpublished_mapping(suggested(raw)), reader.header)
    for row in rows:
        # The suggestion reads more dates: with dots, and with years of two digits.
        assert set(given_.inputs(row)) <= set(guessed.inputs(row))


@pytest.mark.parametrize("with_header", [True, False])
def test_no_value_of_the_source_is_shown(with_header: bool) -> None:
    rows = table()
    text = suggested(written(rows if with_header else rows[1:]))
    words = set(re.findall(r"\w{4,}", text.upper()))
    cells = {
        word for row in rows[1:] for cell in row for word in re.findall(r"\w{4,}", cell.upper())
    }
    assert len(cells) > 4_000
    # Of the page's own words, not of anybody's row.
    assert words & cells <= {"LABO", "NAISS", "EXAM", "LINE", "NOTE", "NAME", "DAY", "NOM", "DATE"}
    assert ("NUM_SECU" in text) is with_header


def test_a_first_line_that_is_somebodys_is_not_shown() -> None:
    rows = table()[1:]
    rows.insert(0, ["TEMOIN", *[""] * (len(COLUMNS) - 1)])
    assert "TEMOIN" not in suggested(written(rows))


def test_what_speaks_for_a_guess_is_said_in_shares() -> None:
    text = suggested(leak(2_000)[0])
    nir = text[: text.index("\nnir =")]
    assert re.search(r'"NUM_SECU": 9\d\.\d% of [\d,]+ values are NIRs', nir)
    assert re.search(r"[\d,]+ have a key, of which 9\d\.\d% match", nir)
    born = text[: text.index("\nbirth_date =")]
    assert re.search(r"of these, \d\d\.\d% by %d/%m/%Y, \d\d\.\d% by %Y%m%d", born)
    assert re.search(r"could be by %m/%d/%Y too; day first, as \d\d\.\d% can only be by", born)
    assert re.search(r"are the NIR's in 9\d\.\d% of rows", born)
    assert 'also possible: "DATE_EXAM"' in born


def people(count: int, row: Callable[[int], list[str]], header: list[str]) -> bytes:
    return written([header, *(row(n) for n in range(count))])


def nir_of(n: int) -> str:
    return f"{1 + n % 2}{60 + n % 40}{1 + n % 12:02d}56950{n % 1000:03d}"


def test_keys_in_a_column_of_their_own_are_joined() -> None:
    raw = people(50, lambda n: [nir_of(n), f"{nir_key(nir_of(n)):02d}"], ["NUMERO", "C"])
    text = suggested(raw)
    assert 'nir = { join = ["NUMERO", "C"] }' in text
    assert "holds keys that match" in text
    assert parse_unpublished_mapping(text).positions(["NUMERO", "C"]) == {"nir": (0, 1)}


def test_numbers_without_keys_are_nirs_by_their_months_alone_and_that_is_said() -> None:
    assert "none has a key" in suggested(people(50, lambda n: [nir_of(n), "x"], ["A", "B"]))


def test_other_long_numbers_are_no_nirs() -> None:
    """Thirteen digits with any month, or fifteen whose key is as it comes."""
    draw = random.Random(1)
    with pytest.raises(InvalidSource, match="nothing"):
        suggested(people(200, lambda n: [str(draw.randrange(10**12, 9 * 10**12))], ["A"]))
    with pytest.raises(InvalidSource, match="nothing"):
        suggested(people(200, lambda n: [f"{nir_of(n)}{n % 97:02d}"], ["A"]))


def test_months_first_is_told_from_days_first_and_what_cannot_be_told_is_said() -> None:
    def american(n: int) -> list[str]:
        return [nir_of(n), f"{1 + n % 12:02d}/{1 + n % 28:02d}/{1960 + n % 40}"]

    assert '["%m/%d/%Y"]' in suggested(people(60, american, ["NIR", "BORN"]))

    def either(n: int) -> list[str]:
        return [f"a{n}@x.example", f"{1 + n % 12:02d}/{1 + n % 9:02d}/{1940 + n % 60}"]

    text = suggested(people(60, either, ["MAIL", "NE_LE"]))
    assert '["%d/%m/%Y"]' in text
    assert "ambiguous: every date by %d/%m/%Y could be by %m/%d/%Y too; check it" in text


def test_two_digits_of_a_year_are_a_format() -> None:
    raw = people(
        60, lambda n: [nir_of(n), f"{1 + n % 28:02d}/{1 + n % 12:02d}/{60 + n % 40}"], ["N", "D"]
    )
    assert 'formats = ["%d/%m/%y"]' in suggested(raw)


def test_what_belongs_to_somebody_else_is_not_taken() -> None:
    def row(n: int) -> list[str]:
        return [f"a{n}@x.example", f"dr{n}@y.example", f"019900{n:04d}", f"026191{n:04d}"]

    header = ["MAIL", "MAIL_MEDECIN", "TEL_LABO", "TEL"]
    mapping = parse_unpublished_mapping(suggested(people(60, row, header)))
    assert mapping.positions(header) == {"email": (0,), "phone": (3,)}


def test_other_numbers_that_are_as_long_as_a_telephones_are_none() -> None:
    with pytest.raises(InvalidSource):
        suggested(people(60, lambda n: [f"{200_000_000 + n}"], ["DOSSIER"]))


def test_columns_of_one_name_are_counted() -> None:
    raw = people(60, lambda n: [f"a{n}@x.example", f"019900{n:04d}"], ["X", "X"])
    positions = parse_unpublished_mapping(suggested(raw)).positions(["X", "X"])
    assert positions == {"email": (0,), "phone": (1,)}


@pytest.mark.parametrize(
    "raw",
    [
        b"A;B\n1;2\n",
        b"NOM;PRENOM\nDUPONT;MARIE\n",
        b'{"nom": "DUPONT"}\n{"nom": "MARTIN"}\n',
        b"Some text that is no table at all.\nAnother line of it.\n",
    ],
)
def test_where_nothing_fits_that_is_said(raw: bytes) -> None:
    with pytest.raises(InvalidSource, match="nothing in the first") as caught:
        suggested(raw)
    assert "DUPONT" not in caught.value.message + caught.value.hint


def test_where_something_fits_that_identifies_nobody_that_is_said_too() -> None:
    raw = people(60, lambda n: [f"01/{1 + n % 12:02d}/{1930 + n}", "x"], ["NAISSANCE", "B"])
    with pytest.raises(InvalidSource) as caught:
        suggested(raw)
    assert "there may be birth_date" in caught.value.hint


def test_rows_that_nothing_delimits_have_no_delimiter_to_write() -> None:
    """As those of a spreadsheet."""
    rows = [[f"a{n}@x.example"] for n in range(30)]
    text = suggest_for(Sample(SourceSettings("xlsx"), ["MAIL"], rows))
    assert "delimiter" not in text
    assert parse_unpublished_mapping(text).positions(["MAIL"]) == {"email": (0,)}


# A name with a line end in it is two lines to the reader; one that begins with a brace begins an
# object of newline-delimited JSON, unless [source] says otherwise.
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=12
).filter(lambda name: not (name.startswith("{") or _SOMEBODY_ELSES.search(plain_words(name))))


@settings(max_examples=60)
@given(st.lists(NAMES, min_size=3, max_size=3))
def test_whatever_columns_are_called_what_is_written_is_accepted(names: list[str]) -> None:
    """And binds to the source from which it was made."""
    out = io.StringIO()
    rows = ([nir_of(n), f"a{n}@x.example", f"019900{n:04d}"] for n in range(30))
    csv.writer(out, delimiter=";").writerows([names, *rows])
    raw = out.getvalue().encode()
    mapping = parse_unpublished_mapping(suggested(raw))
    reader, _ = read(raw, mapping.source.delimiter)
    header = reader.header if mapping.source.has_header else [""] * 3
    assert mapping.positions(header) == {"nir": (0,), "email": (1,), "phone": (2,)}


def test_fields_stand_in_the_protocols_order() -> None:
    text = suggested(leak(500)[0])
    places = [text.index(f"\n{field} =") for field in TRUE]
    assert all(before < after for before, after in pairwise(places))

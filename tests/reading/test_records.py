"""A row becomes the identifiers that it gives, and what it does not give is counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.schemes import scheme_input, scheme_named
from app.reading.mapping import parse_mapping
from app.reading.offered import ROW_INPUTS_MAXIMUM
from app.reading.records import _FEW_VALUES, LINES_KEPT_MAXIMUM, NOTHING_USABLE, RecordReader
from app.reading.sources.rows import RAGGED, Row

MAPPING = """\
[fields]
birth_date = { columns = ["NE"], formats = ["%d/%m/%Y", "%Y%m%d"] }
surname = ["NOM", "NOM_JF"]
given_name = "PRENOM"
phone = ["FIXE", "MOBILE"]
email = "COURRIEL"

[dataset]
title = "Made up"
breach_date = 2021-02-23
schemes = ["name-dob", "phone"]
"""
HEADER = ["NE", "NOM", "NOM_JF", "PRENOM", "FIXE", "MOBILE", "COURRIEL"]


def reader() -> RecordReader:
    return RecordReader(parse_mapping(MAPPING), HEADER)


def row(*cells: str, line: int = 2) -> Row:
    return Row(line, [*cells, *[""] * (len(HEADER) - len(cells))])


def encoded(scheme: str, *values: str) -> tuple[str, bytes]:
    return scheme, scheme_input(scheme_named(scheme), values)


def test_several_columns_give_an_identifier_each_in_every_combination() -> None:
    """A maiden name and a name, a landline and a mobile: each finds the person."""
    records = reader()
    found = records.inputs(
        row("01/02/1985", "Le Goff", "MARTIN", "Anne, Marie", "01 99 00 00 01", "+33639980001")
    )
    assert found == [
        encoded("name-dob", "LEGOFF", "ANNE", "1985-02-01"),
        encoded("name-dob", "MARTIN", "ANNE", "1985-02-01"),
        encoded("phone", "+33199000001"),
        encoded("phone", "+262639980001"),
    ]
    assert records.counts.scheme_rows == {"name-dob": 1, "phone": 1}


def test_the_same_value_in_two_columns_is_one_identifier() -> None:
    found = reader().inputs(row("19850201", "MARTIN", "martin", "Anne"))
    assert found == [encoded("name-dob", "MARTIN", "ANNE", "1985-02-01")]


def test_a_row_gives_what_it_has() -> None:
    """A missing birth date takes the name away, not the number."""
    records = reader()
    assert records.inputs(row("", "MARTIN", "", "Anne", "", "06 39 98 00 01")) == [
        encoded("phone", "+262639980001")
    ]
    assert records.counts.scheme_rows["name-dob"] == 0


def test_refused_values_are_counted_by_field_and_reason() -> None:
    """Never with the value; and a field that no chosen scheme needs is not looked at."""
    records = reader()
    records.inputs(row("31/02/1985", "M4RTIN", "DUPONT", "Anne", "NC", "06 39 98 00 01", "no mail"))
    records.inputs(row("1985", "MARTIN", "", "Anne", "NC", "", "no mail"))
    assert records.counts.refused_values == {
        "birth_date: calendar": 1,
        "birth_date: format": 1,
        "surname: characters": 1,
        "phone: format": 2,
    }
    assert "M4RTIN" not in repr(records.counts)
    assert "no mail" not in repr(records.counts)


def test_every_row_is_used_or_rejected_with_its_reason_and_line() -> None:
    records = reader()
    records.inputs(row("", "", "", "", "01 99 00 00 01", line=2))
    records.inputs(Row(3, None, RAGGED))
    records.inputs(row("", "MARTIN", line=4))
    records.inputs(row(line=5))
    counts = records.counts
    assert counts.rows == counts.used + counts.rejected == 4
    assert counts.rejects == {RAGGED: 1, NOTHING_USABLE: 2}
    assert counts.reject_lines == {RAGGED: [3], NOTHING_USABLE: [4, 5]}


def test_the_lines_kept_are_bounded_and_the_counts_are_not() -> None:
    records = reader()
    for line in range(3 * LINES_KEPT_MAXIMUM):
        records.inputs(Row(line, None, RAGGED))
    assert records.counts.rejects[RAGGED] == 3 * LINES_KEPT_MAXIMUM
    assert len(records.counts.reject_lines[RAGGED]) == LINES_KEPT_MAXIMUM


NAMES = 'surname = 1\ngiven_name = 2\nbirth_date = { columns = 3, formats = ["%d/%m/%Y"] }'
BORN = "01/02/1985"


def read(
    fields: str, *rows: list[str], dataset: str = "", source: str = ""
) -> tuple[RecordReader, list[list[tuple[str, bytes]]]]:
    """Read rows by position; return the reader and what each row gave."""
    mapping = parse_mapping(
        f'[source]\nheader = false\n{source}\n[fields]\n{fields}\n[dataset]\ntitle = "Made up"\n'
        f"breach_date = 2021-02-23\n{dataset}"
    )
    records = RecordReader(mapping, [""] * len(rows[0]))
    return records, [records.inputs(Row(line, row)) for line, row in enumerate(rows, start=1)]


def names(*pairs: str) -> list[tuple[str, bytes]]:
    """Return what gives these surnames and given names, with a space between the two."""
    return [encoded("name-dob", *pair.split(), "1985-02-01") for pair in pairs]


@pytest.mark.parametrize(
    ("surname", "given_name", "found"),
    [
        ("DUPONT", "MARIE", ["DUPONT MARIE"]),
        ("Dupont", "Zoé", ["DUPONT ZOE"]),
        ("DUPONT EP MARTIN", "ZOE", ["DUPONTEPMARTIN ZOE", "DUPONT ZOE", "MARTIN ZOE"]),
        ("MARTIN NÉE LE GOFF", "ZOE", ["MARTINNEELEGOFF ZOE", "MARTIN ZOE", "LEGOFF ZOE"]),
        ("MARTIN/DUPONT", "ZOE", ["MARTIN ZOE", "DUPONT ZOE"]),
        (
            "MME DUPONT",
            "BEBE ZOE",
            ["MMEDUPONT BEBE", "MMEDUPONT ZOE", "DUPONT BEBE", "DUPONT ZOE"],
        ),
        ("DUPONT", "MARIE ANNE SOPHIE", ["DUPONT MARIE", "DUPONT MARIEANNE"]),
        ("DUPONT", "Marie-Anne", ["DUPONT MARIEANNE", "DUPONT MARIE"]),
        ("DUPONT-MARTIN", "ZOE", ["DUPONTMARTIN ZOE", "DUPONT ZOE", "MARTIN ZOE"]),
        ("DUPONT", "Ã‰lÃ©onore", ["DUPONT ELEONORE"]),
    ],
)
def test_a_name_is_found_as_it_stands_and_as_it_was_meant(
    surname: str, given_name: str, found: list[str]
) -> None:
    """As it stands first: a laboratory's own list has it so."""
    records, (given,) = read(NAMES, [surname, given_name, BORN])
    assert given == names(*found)
    assert not records.counts.refused_values


def test_numbers_and_addresses_that_share_a_cell_are_each_found() -> None:
    records, (both, one) = read(
        "phone = 1\nemail = 2",
        ["01 99 00 00 01 / 06 39 98 00 01", "a@x.example;b@y.example"],
        ["0199000001 (BUREAU)", "a@x.example, pas@mal@x.example"],
    )
    assert both == [
        encoded("email", "a@x.example"),
        encoded("email", "b@y.example"),
        encoded("phone", "+33199000001"),
        encoded("phone", "+262639980001"),
    ]
    assert one == [encoded("email", "a@x.example"), encoded("phone", "+33199000001")]
    # The two parts that are no address; the one that is, is not lost with them.
    assert records.counts.refused_values == {"email: format": 1}


def test_a_nir_is_read_where_all_its_digits_are_there() -> None:
    records, found = read(
        "nir = 1",
        ["1850556950048.0"],
        ["1,850556950048E+12"],
        ["1 85 O5 56 950 048 46"],
        ["1 85 O5 56 950 048 47"],
        ["1,85056E+12"],
        ["1.85056950E+12"],
        ["INCONNU"],
    )
    assert found == [[encoded("nir", "1850556950048")]] * 3 + [[]] * 4
    assert records.counts.refused_values == {
        "nir: key": 1,
        "nir: rounded by a spreadsheet": 2,
        "nir: length": 1,
    }


def test_a_year_of_two_digits_gives_both_centuries() -> None:
    fields = 'nir = 1\nbirth_date = { columns = [2], formats = ["%d/%m/%y"] }'
    _, (found,) = read(fields, ["1210256950048", "01/02/21"], dataset='schemes = ["nir-dob"]')
    assert found == [
        encoded("nir-dob", "1210256950048", "1921-02-01"),
        encoded("nir-dob", "1210256950048", "2021-02-01"),
    ]


def test_joined_columns_are_one_value() -> None:
    """A NIR over seven columns, a date over three; what stands in none of them is not there."""
    fields = (
        "nir = { join = [1, 2, 3, 4, 5, 6, 7] }\n"
        'birth_date = { join = [10, 9, 8], separator = "/", formats = ["%d/%m/%Y"] }'
    )
    whole = ["1", "85", "02", "56", "950", "048", ""]
    records, found = read(
        fields,
        [*whole, "1985", "2", "1"],
        [*whole[:6], "99", "1985", "2", "1"],
        [*whole, "1985", "2", ""],
        [""] * 10,
        dataset='schemes = ["nir-dob"]',
    )
    assert found == [[encoded("nir-dob", "1850256950048", "1985-02-01")], [], [], []]
    assert records.counts.refused_values == {"nir: key": 1, "birth_date: format": 1}


def test_what_means_nothing_is_neither_used_nor_refused() -> None:
    """In one field or in all, in capitals or not; nothing else is taken for it."""
    fields = 'phone = { columns = [1], empty = ["liste rouge"] }\nemail = 2'
    records, found = read(
        fields, ["LISTE ROUGE", "nc"], ["NC", "x"], ["SANS", "LISTE ROUGE"], source='empty = ["NC"]'
    )
    assert found == [[], [], []]
    assert records.counts.refused_values == {"email: format": 2, "phone: format": 1}


def test_a_rule_that_is_switched_off_is_not_asked() -> None:
    row = ["MME DUPONT EP MARTIN", "MARIE ANNE", BORN]
    off = NAMES.replace("surname = 1", 'surname = { columns = 1, variants = ["titles"] }')
    assert read(off, row, dataset='variants = ["married-names"]')[1] == [
        names("MMEDUPONTEPMARTIN MARIE", "DUPONTEPMARTIN MARIE")
    ]
    assert read(NAMES, row, dataset="variants = []")[1] == [names("MMEDUPONTEPMARTIN MARIE")]


def addresses(count: int) -> list[str]:
    """Return four cells of so many addresses each."""
    return [" ".join(f"{n:02d}@{c}.example" for n in range(count)) for c in "wxyz"]


def test_a_row_of_too_many_readings_is_read_as_it_stands_and_told() -> None:
    """Nothing is cut in silence: neither some of the readings, nor the person."""
    fields = f"{NAMES}\nemail = [4, 5, 6, 7]"
    records, found = read(
        fields,
        ["A-B/C", "MARIE ANNE", BORN, *addresses(19)],
        ["DUPONT EP MARTIN", "MARIE ANNE", BORN, *addresses(19)],
        ["DUPONT", "ZOE", BORN, "", "", "", ""],
    )
    assert found == [[], names("DUPONTEPMARTIN MARIE"), names("DUPONT ZOE")]
    counts = records.counts
    assert (counts.crowded, counts.crowded_lines) == (2, [1, 2])
    assert counts.rows == counts.used + counts.rejected == 3
    assert counts.rejects == {NOTHING_USABLE: 1}


def test_just_as_many_inputs_as_a_row_may_give_are_given() -> None:
    records, (found, crowded) = read("email = [1, 2, 3, 4]", addresses(16), addresses(17))
    assert (len(found), crowded, records.counts.crowded) == (ROW_INPUTS_MAXIMUM, [], 1)


def test_a_cell_that_is_longer_than_any_identifier_is_refused_whole() -> None:
    records, (found,) = read("email = 1", [" ".join(addresses(19))])
    assert (found, records.counts.refused_values) == ([], {"email: length": 1})


CELLS = st.text("ABCÉÃ‰ -'/()@.0123456789OEPN", max_size=24) | st.text(max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=3))
def test_whatever_stands_in_them_rows_are_used_or_rejected_and_variants_only_add(
    rows: list[tuple[str, ...]],
) -> None:
    """With a birth date that can be read, or no row would give a name."""
    fields = f"{NAMES}\nnir = 4\nemail = 5\nphone = 6"
    cells = [[row[0], row[1], BORN, *row[2:]] for row in rows]
    records, found = read(fields, *cells)
    plain, found_plainly = read(fields, *cells, dataset="variants = []")
    for counts in (records.counts, plain.counts):
        assert counts.rows == counts.used + counts.rejected == len(rows)
    for inputs, as_they_stand in zip(found, found_plainly, strict=True):
        assert set(as_they_stand) <= set(inputs)
        assert len(set(inputs)) == len(inputs) <= ROW_INPUTS_MAXIMUM
    assert plain.counts.used <= records.counts.used


@given(st.lists(st.integers(0, 6), min_size=6, max_size=6).filter(lambda sizes: sum(sizes) <= 12))
def test_few_values_never_give_too_many_inputs(sizes: list[int]) -> None:
    """What spares the reader from counting, row by row."""
    nir, born, surname, given_name, email, phone = sizes
    assert _FEW_VALUES == 12
    inputs = nir * born + nir + surname * given_name * born + email + phone
    assert inputs <= ROW_INPUTS_MAXIMUM


class MappedOnly(list[str]):
    """A row that no other cell may be taken from."""

    def __getitem__(self, position: object) -> str:  # type: ignore[override]  # only by position
        assert position in (0, 1, 2, 5), "a cell was looked at that the mapping does not name"
        return super().__getitem__(position)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all cells were looked at")


def test_no_cell_is_looked_at_that_the_mapping_does_not_name() -> None:
    """Nor one of a field that no scheme needs."""
    fields = f"{NAMES}\nphone = 4\nnir = {{ join = [6, 2] }}"
    mapping = parse_mapping(
        f'[source]\nheader = false\nempty = ["NC"]\n[fields]\n{fields}\n[dataset]\ntitle = "x"\n'
        'breach_date = 2021-02-23\nschemes = ["nir", "name-dob"]'
    )
    records = RecordReader(mapping, [""] * 7)
    cells = ["DUPONT EP MARTIN", "", BORN, "0199000001", "comment", "1850256950048", "comment"]
    assert records.inputs(Row(1, MappedOnly(cells))) == [encoded("nir", "1850256950048")]
    assert records.inputs(Row(2, MappedOnly(["A", "B", BORN, *cells[3:]])))

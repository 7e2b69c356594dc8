from __future__ import annotations

import io
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from app.errors import InvalidField, InvalidInput
from app.identity.contact import normalise_email, normalise_phone
from app.identity.nir import nir_key, normalise_nir
from app.synthesis.leak import synthesise
from app.synthesis.quotas import quotas
from app.synthesis.record import COLUMNS
from tests.synthesis.reading import Made, Row, make, mapping, read_date

if TYPE_CHECKING:
    from collections.abc import Callable

# The protocol's frozen rule reads every 0639 as Mayotte's, with ARCEP's fiction in it.
FICTION = re.compile(r"\+(33(19900|26191|35301|46571|53649)|26263998)[0-8][0-9]{3}")


def _phone(text: str) -> str:
    """Return the normalised number, or nothing for junk."""
    try:
        return normalise_phone(text)
    except InvalidField:
        return ""


def _readable_nirs(rows: list[Row]) -> list[tuple[str, Row]]:
    readable = []
    for row in rows:
        try:
            readable.append((normalise_nir(row["NUM_SECU"]), row))
        except InvalidField:
            continue
    return readable


def _count(rows: list[Row]) -> dict[str, int]:
    """Count in the written rows what `Synthesis` counts."""
    titles, sexes = (Counter(row[column] for row in rows) for column in ("QUALITE", "SEXE"))
    return {
        "rows": len(rows),
        "with_nir": sum(bool(row["NUM_SECU"]) for row in rows),
        "women": sexes["F"],
        "men": sexes["M"],
        "children": titles["ENFANT"],
        "babies": titles["BÉBÉ"],
        "landlines": sum(bool(_phone(row["TEL_FIXE"])) for row in rows),
        "mobiles": sum(bool(_phone(row["TEL_MOBILE"])) for row in rows),
        "emails": len({normalise_email(row["EMAIL"]) for row in rows if row["EMAIL"]}),
    }


@pytest.mark.parametrize(("size", "seed"), [(1, 0), (2, 1), (10, 2), (200, 3), (20_000, 4)])
def test_what_is_written_is_what_the_proportions_ask_and_what_is_reported(
    size: int, seed: int
) -> None:
    made = make(size, seed)
    quota, counted = quotas(size), _count(made.rows())
    for kind, count in counted.items():
        assert getattr(made.synthesis, kind) == count
        if kind != "rows":
            assert getattr(quota, kind) == count
    assert made.synthesis.truth_lines == made.truth.count(b"\n")


def test_the_file_looks_like_old_software(made: Made) -> None:
    text = made.leak.decode("cp1252")
    lines = text.split("\r\n")
    assert lines[0] == ";".join(COLUMNS)
    assert lines[-1] == ""
    assert len(lines) == made.synthesis.rows + 2
    assert text.count("\n") == text.count("\r") == made.synthesis.rows + 1


def test_every_row_has_the_columns_of_the_header_and_says_that_it_is_made_up(
    rows: list[Row],
) -> None:
    for number, row in enumerate(rows, start=1):
        # DictReader files what is too much under None, and fills up with None what is missing.
        assert tuple(row) == COLUMNS
        assert None not in row.values()
        assert row["NUM_DOSSIER"] == f"FICTIF-{number:07d}"
        assert row["LABO"].startswith("LABORATOIRE FICTIF ")
        assert not row["COMMENTAIRE"] or row["COMMENTAIRE"].startswith("FICTIF - ")


def test_the_mapping_names_columns_of_the_leak() -> None:
    named: set[str] = set()
    for source in (*mapping()["fields"].values(), *mapping()["scope"].values()):
        columns = source["columns"] if isinstance(source, dict) else source
        named.update([columns] if isinstance(columns, str) else columns)
    assert len(named) == 17
    assert named <= set(COLUMNS)


def test_the_mapping_says_that_the_leak_is_made_up() -> None:
    from app.synthesis.mapping import MAPPING_TOML

    assert MAPPING_TOML.startswith("# This leak is made up")


def test_every_nir_has_a_commune_that_never_was_and_its_key(rows: list[Row]) -> None:
    readable = _readable_nirs(rows)
    assert len(readable) > 4_700
    for nir, row in readable:
        assert 950 <= int(nir[7:10]) <= 979
        assert nir[5:7] in {"2A", "2B"} or 1 <= int(nir[5:7]) <= 95
        assert 1 <= int(nir[10:]) <= 999
        written = re.sub(r"[ .]", "", row["NUM_SECU"])
        assert written in {nir, f"{nir}{nir_key(nir):02d}"}


def test_even_a_nir_with_a_wrong_key_has_such_a_commune(rows: list[Row]) -> None:
    written = [re.sub(r"[ .]", "", row["NUM_SECU"]) for row in rows]
    communes = {nir[7:10] for nir in written if nir and "E+" not in nir}
    assert communes <= {str(commune) for commune in range(950, 980)}


def test_a_permanent_nir_fits_sex_and_birth_date_of_an_adult(rows: list[Row]) -> None:
    formats = mapping()["fields"]["birth_date"]["formats"]
    for nir, row in _readable_nirs(rows):
        born = read_date(row["DATE_NAISS"], formats)
        if row["QUALITE"] in {"ENFANT", "BÉBÉ"} or nir[0] not in "12" or born is None:
            continue
        assert nir[1:5] == f"{born:%y%m}"
        assert row["SEXE"] in {"", "M" if nir[0] == "1" else "F"}


def test_some_children_have_a_number_of_an_adult() -> None:
    numbers = [
        (nir, row)
        for nir, row in _readable_nirs(make(20_000).rows())
        if row["QUALITE"] in {"ENFANT", "BÉBÉ"}
    ]
    adults = [nir for nir, row in numbers if nir[1:3] > "20"]
    assert len(adults) > len(numbers) // 2
    assert len(adults) < len(numbers)


def test_distinct_people_nearly_always_have_distinct_numbers(rows: list[Row]) -> None:
    """All but those who come again and children with a parent's number, 3 and 2 % of rows."""
    nirs = [nir for nir, _ in _readable_nirs(rows)]
    assert 0.93 < len(set(nirs)) / len(nirs) < 0.98


def test_every_phone_number_is_one_that_is_kept_for_fiction(rows: list[Row]) -> None:
    columns = ("TEL_FIXE", "TEL_MOBILE")
    numbers = {_phone(row[column]) for row in rows for column in columns} - {""}
    assert len(numbers) > 2_000
    assert all(FICTION.fullmatch(number) for number in numbers)


def test_every_address_ends_where_no_mail_is_delivered(rows: list[Row]) -> None:
    addresses = [normalise_email(row["EMAIL"]) for row in rows if row["EMAIL"]]
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


def _nir_begins_with(digit: str) -> Callable[[Row], object]:
    return lambda row: row["NUM_SECU"].startswith(digit)


def _ends_with_spaces(column: str) -> Callable[[Row], object]:
    return lambda row: row[column].endswith(" ")


KINDS_OF_DIRT: dict[str, Callable[[Row], object]] = {
    "date with slashes": lambda row: re.fullmatch(r"\d\d/\d\d/\d{4}", row["DATE_NAISS"]),
    "compact date": lambda row: re.fullmatch(r"\d{8}", row["DATE_NAISS"]),
    "two-digit year": lambda row: re.fullmatch(r"\d\d/\d\d/\d\d", row["DATE_NAISS"]),
    "date with dots": lambda row: re.fullmatch(r"\d\d\.\d\d\.\d{4}", row["DATE_NAISS"]),
    "impossible date": lambda row: row["DATE_NAISS"].startswith("31/02/"),
    "zero date": lambda row: row["DATE_NAISS"] == "00/00/0000",
    "no birth date": lambda row: row["DATE_NAISS"] == "",
    "no exam date": lambda row: row["DATE_EXAM"] == "",
    "no NIR": lambda row: row["NUM_SECU"] == "",
    "NIR without key": lambda row: re.fullmatch(r"\d{13}", row["NUM_SECU"]),
    "NIR with key": lambda row: re.fullmatch(r"\d{15}", row["NUM_SECU"]),
    "NIR with spaces": lambda row: re.fullmatch(r"\d( \d\d){3}( \d{3}){2} \d\d", row["NUM_SECU"]),
    "NIR with dots": lambda row: re.fullmatch(r"\d(\.\d\d){3}(\.\d{3}){2}\.\d\d", row["NUM_SECU"]),
    "NIR of a spreadsheet": lambda row: re.fullmatch(r"\d,\d{5}E\+12", row["NUM_SECU"]),
    "Corsican NIR": lambda row: re.match(r"[1-8]\d{4}2[AB]", row["NUM_SECU"]),
    **{f"NIR that begins with {digit}": _nir_begins_with(digit) for digit in "123478"},
    "accents": lambda row: re.search("[ÉÈÊËÇÏÔÜ]", row["NOM"]),
    "not in capitals": lambda row: re.search("[a-z]", row["NOM"]),
    "EP": lambda row: " EP " in row["NOM"],
    "NEE": lambda row: " NEE " in row["NOM"],
    "NÉE": lambda row: " NÉE " in row["NOM"],
    "particle": lambda row: row["NOM"].startswith("LE GOFF"),
    "apostrophe": lambda row: "'" in row["NOM"],
    "curly apostrophe": lambda row: "’" in row["NOM"] + row["NOM_JF"],
    "double name": lambda row: "-" in row["NOM"],
    "maiden name": lambda row: row["NOM_JF"],
    "given names joined": lambda row: "-" in row["PRENOM"],
    "given names apart": lambda row: re.search(r"[^ ,] \S", row["PRENOM"]),
    "given names with comma": lambda row: ", " in row["PRENOM"],
    "phone in one go": lambda row: re.fullmatch(r"0\d{9}", row["TEL_FIXE"]),
    "phone with spaces": lambda row: re.fullmatch(r"0\d( \d\d){4}", row["TEL_FIXE"]),
    "phone with dots": lambda row: re.fullmatch(r"0\d(\.\d\d){4}", row["TEL_FIXE"]),
    "phone without zero": lambda row: re.fullmatch(r"[1-9]\d{8}", row["TEL_FIXE"]),
    "international phone": lambda row: row["TEL_MOBILE"].startswith("+33"),
    "no phone but a word": lambda row: row["TEL_FIXE"] == "NC",
    "address in capitals": lambda row: row["EMAIL"].isupper(),
    "address with accents": lambda row: "é" in row["EMAIL"],
    "no sex": lambda row: row["SEXE"] == "",
    "semicolon in a cell": lambda row: ";" in row["COMMENTAIRE"],
    "quotes in a cell": lambda row: '"' in row["COMMENTAIRE"],
    **{
        f"trailing spaces in {column}": _ends_with_spaces(column)
        for column in ("NUM_SECU", "NOM", "PRENOM", "TEL_FIXE", "EMAIL")
    },
}


@pytest.mark.parametrize("kind", KINDS_OF_DIRT)
def test_every_kind_of_dirt_is_there(kind: str, rows: list[Row]) -> None:
    assert any(map(KINDS_OF_DIRT[kind], rows))


def test_some_keys_are_wrong(rows: list[Row]) -> None:
    reasons: Counter[str] = Counter()
    for row in rows:
        try:
            normalise_nir(row["NUM_SECU"])
        except InvalidField as refused:
            reasons[refused.reason] += 1
    assert reasons["key"] > 20


def test_some_people_come_again(rows: list[Row]) -> None:
    people = Counter((row["NOM"], row["PRENOM"], row["DATE_NAISS"]) for row in rows)
    assert sum(count - 1 for count in people.values()) > 20


def test_all_laboratories_are_there_from_large_to_small(rows: list[Row]) -> None:
    sizes = Counter(row["LABO"] for row in make(20_000).rows())
    assert len(sizes) >= 27
    assert max(sizes.values()) > 20 * min(sizes.values())


def test_progress_is_told_now_and_then_and_at_the_end() -> None:
    told: list[int] = []
    synthesise(rows=2_500, seed=0, out=io.BytesIO(), truth=io.BytesIO(), on_row=told.append)
    assert told == [1_000, 2_000, 2_500]


@pytest.mark.parametrize(("size", "seed"), [(0, 1), (-1, 1), (1, -1)])
def test_no_rows_and_negative_seeds_are_refused_before_anything_is_written(
    size: int, seed: int
) -> None:
    out, truth = io.BytesIO(), io.BytesIO()
    with pytest.raises(InvalidInput):
        synthesise(rows=size, seed=seed, out=out, truth=truth)
    assert not out.getvalue()
    assert not truth.getvalue()

"""The questions of a list: distinct, in order, and each row's own."""

from __future__ import annotations

import io

import pytest

from app.checking.questions import CROWDED, Faults, PackedInputs, Questions, schemes_with
from app.errors import InvalidMapping
from app.identity.schemes import SCHEMES
from app.protocol.server import encode_identifier
from app.reading.mapping import parse_list_mapping
from app.reading.sources.opening import LeakSource
from tests.checking.examples import TODAY

MAPPING = """
[fields]
nir = "NIR"
birth_date = { columns = ["NE_LE"], formats = ["%d/%m/%Y"] }
phone = ["TEL", "MOBILE"]
"""
HEADER = "NIR;NE_LE;TEL;MOBILE"
NIR = "1850556950048"


def read(
    *rows: str, schemes: tuple[str, ...] = ("nir-dob", "phone"), text: str = MAPPING
) -> Questions:
    mapping = parse_list_mapping(text).source
    questions = Questions(schemes)
    content = "\n".join([HEADER, *rows, ""]).encode()
    with LeakSource(io.BytesIO(content), mapping.source).open() as table:
        questions.read(table, mapping, today=TODAY)
    return questions


def test_each_row_has_its_own_and_those_that_are_shared_are_one() -> None:
    questions = read(
        f"{NIR};12/05/1985;0199000001;0199000002",
        f"{NIR};13/05/1985;01 99 00 00 02;",
        ";;;",
        f"{NIR};12/05/1985;;",
    )
    asked = [questions.of_row(row)[0] for row in range(len(questions))]
    assert asked == [
        [("nir-dob", 0), ("phone", 0), ("phone", 1)],
        [("nir-dob", 1), ("phone", 1)],
        [],
        [("nir-dob", 0)],
    ]
    assert questions.totals() == {"nir-dob": 2, "phone": 2}
    phones = [encode_identifier("phone", {"phone": f"019900000{n}"}) for n in (1, 2)]
    assert list(questions.inputs["phone"].since(0)) == phones
    assert list(questions.inputs["phone"].since(1)) == phones[1:]


def test_the_faults_of_a_row_are_its_own() -> None:
    questions = read(
        f"{NIR}99;12/05/1985;NC;0199000002",
        f"{NIR};12/05/1985;0199000001;",
        f"{NIR};31/02/1985;;",
        "only;three;cells",
    )
    faults = [questions.of_row(row)[1] for row in range(len(questions))]
    assert faults[0].values == (("nir", "key"), ("phone", "format"))
    assert faults[1] == Faults()
    # What it has left, a number without a birth date, is not asked here.
    assert faults[2] == Faults((("birth_date", "calendar"),), is_unasked=True)
    assert faults[3].row == "columns"


def test_a_row_of_which_nothing_is_asked_is_told_from_one_that_has_nothing() -> None:
    questions = read(f"{NIR};;;", ";;;", schemes=("phone",))
    assert [questions.of_row(row)[1].is_unasked for row in range(2)] == [True, False]


def test_a_row_that_was_read_only_as_it_stands_says_so() -> None:
    text = '[fields]\nemail = ["NIR", "NE_LE", "TEL", "MOBILE"]\n'
    crowded = [" ".join(f"{n:02d}@{c}.example" for n in range(17)) for c in "wxyz"]
    questions = read(";".join(crowded), "a@b.example;;;", schemes=("email",), text=text)
    assert CROWDED in questions.of_row(0)[1].values
    assert questions.of_row(1)[1] == Faults()


def test_the_inputs_can_be_dropped_and_their_number_stays() -> None:
    packed = PackedInputs()
    for each in (b"one", b"", b"three"):
        packed.append(each)
    assert list(packed.since(0)) == [b"one", b"", b"three"]
    packed.forget()
    assert len(packed) == 3


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidMapping):
        read("x", text=MAPPING.replace('"NIR"', '"NUMERO"'))


def test_schemes_are_known_by_their_fields() -> None:
    assert schemes_with("birth_date", tuple(SCHEMES)) == ["nir-dob", "name-dob"]
    assert schemes_with("row", tuple(SCHEMES)) == []

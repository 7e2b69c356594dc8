"""Only what a mapping tells of is counted, and nothing that is published is the less for it."""

from __future__ import annotations

from itertools import combinations

import pytest

from app.scope import counting
from app.scope.cells import Counted, counted_of
from tests.scope.counted import counted
from tests.scope.microdata import MAPPING, Shape, make_up, to_csv

SOURCE = to_csv(make_up(Shape(seed=61, people=150)))
FIELDS, SCOPE = MAPPING.split("[scope]\n")
COLUMNS = SCOPE.splitlines()
NUMBERS = FIELDS.replace('birth_date = "DATE_NAISS"\n', "").replace('"nir-dob", ', "")
SOME = [
    *combinations(COLUMNS, 0),
    *combinations(COLUMNS, 1),
    *combinations(COLUMNS, 2),
    *combinations(COLUMNS, len(COLUMNS) - 1),
]


@pytest.mark.parametrize("fields", [FIELDS, NUMBERS], ids=["two fields", "one field"])
@pytest.mark.parametrize("columns", SOME, ids=lambda lines: "+".join(c.split()[0] for c in lines))
def test_what_is_not_counted_would_be_in_no_table(
    fields: str, columns: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = "\n".join([fields, "[scope]", *columns, ""])
    tables = counted(SOURCE, mapping)
    monkeypatch.setattr(counting, "counted_of", lambda *_: frozenset(Counted))
    assert tables == counted(SOURCE, mapping)


def test_of_numbers_alone_people_are_counted_with_their_sex_and_decade() -> None:
    found = counted_of(frozenset({"sex", "born"}), 1)
    always = {Counted.PEOPLE, Counted.ROWS_APART, Counted.LABORATORY}
    always |= {Counted.LABORATORIES_PER_PERSON}
    assert found == always | {Counted.SEX, Counted.BIRTH_DECADE}

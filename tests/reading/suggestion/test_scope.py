"""What can be counted is found by its column's name or by its values, and said with its share."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from app.identity.nir import nir_key
from app.reading.mapping import SourceMapping, parse_unpublished_mapping
from app.reading.sample import Sample
from app.reading.sources.settings import SourceSettings
from app.reading.suggestion.writing import suggest_for

ROWS = 40
PERSON = ("NIR", "NOM")
Values = Callable[[int], str]


def person(number: int) -> list[str]:
    nir = f"18505569{number:05}"
    letters = "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{number:03}")
    return [f"{nir}{nir_key(nir):02}", f"INVENTEE{letters}"]


def suggested(columns: dict[str, Values]) -> str:
    rows = [[*person(n), *(value(n) for value in columns.values())] for n in range(ROWS)]
    return suggest_for(Sample(SourceSettings("xlsx"), [*PERSON, *columns], rows))


def scope_of(columns: dict[str, Values]) -> dict[str, set[str]]:
    header = [*PERSON, *columns]
    mapping: SourceMapping = parse_unpublished_mapping(suggested(columns))
    return {f: {header[at] for at in c.positions(header)} for f, c in mapping.scope.items()}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("postcode", lambda n: f"56{n % 9}00"),
        ("sex", lambda n: "FM"[n % 2]),
        ("sex", lambda n: ("MME", "M", "Mlle.")[n % 3]),
        ("address", lambda n: f"{n} allée inventée"),
        ("prescriber", lambda n: f"Dr Inventé {n}"),
        ("child", lambda n: "" if n % 9 else "BÉBÉ"),
    ],
)
def test_what_looks_like_nothing_else_is_found_under_any_name(field: str, value: Values) -> None:
    assert scope_of({"C2": value}) == {field: {"C2"}}
    assert "only its values speak for it: check it" in suggested({"C2": value})


@pytest.mark.parametrize(
    "value",
    [
        lambda n: str(1 + n % 2),
        lambda n: f"{n % 90 + 1:02}",
        lambda n: f"{n + 99001}",
        lambda n: f"TEXTE INVENTÉ {n}",
        lambda n: "ENFANT" if n == 7 else "",
        lambda _: "",
    ],
)
def test_what_may_be_many_things_is_not_taken_for_one(value: Values) -> None:
    assert scope_of({"C2": value}) == {}


def test_a_departement_is_known_by_the_postcode_beside_it() -> None:
    columns: dict[str, Values] = {
        "C2": lambda n: f"{(22, 56)[n % 2]}100",
        "C3": lambda n: f"{n % 90 + 1}",
        "C4": lambda n: f"{(22, 56)[n % 2]}",
    }
    assert scope_of(columns) == {"postcode": {"C2"}, "department": {"C4"}}
    assert "100.0% are how the postcode beside begins" in suggested(columns)


def test_a_name_decides_and_the_share_that_does_not_fit_is_said() -> None:
    text = suggested({"CODE_POSTAL": lambda n: "56000" if n < 4 else "INCONNU"})
    assert 'postcode = "CODE_POSTAL"' in text
    assert '"CODE_POSTAL": 10.0% of 40 values are postcodes' in text
    assert "hardly any does" in text


def test_of_several_columns_the_best_is_taken_and_the_others_are_named() -> None:
    columns: dict[str, Values] = {
        "CP_LABO_SITE": lambda n: f"{n}",
        "LABO": lambda n: f"LABO INVENTÉ {'AB'[n % 2]}",
    }
    text = suggested(columns)
    assert 'laboratory = "LABO"' in text
    assert 'also possible: "CP_LABO_SITE"' in text
    assert "2 different ones" in text


def test_what_identifies_somebody_is_never_counted_as_something_else() -> None:
    """By its name it could be where somebody lives."""
    assert scope_of({"ADRESSE": lambda n: f"a{n}@inventee.example"}) == {}
    assert scope_of({"CP_RUE": lambda n: f"0199{n:06}"}) == {}


def test_no_value_is_shown() -> None:
    columns: dict[str, Values] = {
        "LABO": lambda n: f"LABORATOIRE CANARI {n}",
        "DEPT": lambda _: "Morbihan",
        "CP": lambda _: "56950",
        "SEXE": lambda n: ("FEMME", "HOMME")[n % 2],
        "QUALITE": lambda _: "NOURRISSON",
        "ADRESSE": lambda n: f"{n} impasse du Canari",
        "PRESCRIPTEUR": lambda _: "DOCTEUR CANARI",
        "COMMENTAIRE": lambda _: "à jeun canari",
    }
    text = suggested(columns)
    assert set(scope_of(columns)) == {
        "laboratory", "department", "postcode", "sex", "child", "address", "prescriber", "comment",
    }  # fmt: skip
    shown = set(re.findall(r"\w{4,}", text.upper()))
    cells = {
        word
        for value in columns.values()
        for n in range(ROWS)
        for word in re.findall(r"\w{4,}", value(n).upper())
    }
    assert shown & cells == set()

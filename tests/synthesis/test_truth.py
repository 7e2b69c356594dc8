from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from typing import Any

import pytest

from app.identity.schemes import SCHEMES, normalise_fields
from app.synthesis.record import Identifier
from app.synthesis.truth import DistinctSample
from tests.synthesis.reading import Made, exposed_by, make


def _lines(made: Made) -> list[dict[str, Any]]:
    return [json.loads(line) for line in made.truth.decode().splitlines()]


def _normalised(line: dict[str, Any]) -> tuple[str, ...]:
    fields = {name: value for name, value in line.items() if name not in {"scheme", "exposed"}}
    return normalise_fields(SCHEMES[line["scheme"]], fields)


@pytest.mark.parametrize(
    ("size", "seed"), [(1, 0), (2, 0), (10, 1), (200, 2), (5_000, 3), (20_000, 4)]
)
def test_every_line_is_true_of_the_leak_as_the_protocol_reads_it(size: int, seed: int) -> None:
    made = make(size, seed)
    exposed = exposed_by(made.rows())
    lines = _lines(made)
    assert lines
    for line in lines:
        assert (_normalised(line) in exposed[line["scheme"]]) is line["exposed"]


@pytest.mark.parametrize("size", [1, 2, 10, 200, 5_000])
def test_each_scheme_has_as_many_exposed_as_not_in_turn_and_in_the_protocols_order(
    size: int,
) -> None:
    lines = _lines(make(size, seed=9))
    groups = [
        (scheme, [line["exposed"] for line in group])
        for scheme, group in itertools.groupby(lines, key=lambda line: line["scheme"])
    ]
    schemes = [scheme for scheme, _ in groups]
    assert schemes == [scheme for scheme in SCHEMES if scheme in schemes]
    for _, answers in groups:
        assert answers == [True, False] * (len(answers) // 2)


def test_a_large_leak_has_a_thousand_of_each_and_no_identifier_twice() -> None:
    lines = _lines(make(20_000))
    assert Counter((line["scheme"], line["exposed"]) for line in lines) == {
        (scheme, exposed): 1_000 for scheme in SCHEMES for exposed in (True, False)
    }
    assert len({(line["scheme"], _normalised(line)) for line in lines}) == len(lines)


def test_half_of_those_who_are_not_there_share_all_but_the_birth_date_with_one_who_is(
    made: Made,
) -> None:
    exposed = exposed_by(made.rows())
    for scheme in ("nir-dob", "name-dob"):
        without_date = {fields[:-1] for fields in exposed[scheme]}
        absent = [
            _normalised(line)
            for line in _lines(made)
            if line["scheme"] == scheme and not line["exposed"]
        ]
        near = [fields for fields in absent if fields[:-1] in without_date]
        assert 0.49 < len(near) / len(absent) <= 0.5
        assert all(fields[-1].endswith("-17") for fields in near)


def test_nobody_in_the_leak_was_born_on_a_17th(made: Made) -> None:
    assert not any(born.endswith("-17") for _, born in exposed_by(made.rows())["nir-dob"])


def test_who_has_two_names_in_one_cell_is_among_those_who_are_exposed(made: Made) -> None:
    """By either name: with rows where nothing else could tell the second one."""
    married = [row for row in made.rows() if re.search(" (EP|NEE|NÉE) ", row["NOM"])]
    only_there = (
        exposed_by(married)["name-dob"]
        - exposed_by([row for row in made.rows() if row not in married])["name-dob"]
    )
    asked = {_normalised(line) for line in _lines(made) if line["scheme"] == "name-dob"}
    assert len(asked & only_there) > 10
    assert any(not row["NOM_JF"] for row in married)


def test_what_is_kept_for_those_who_are_not_there_is_not_in_the_leak(made: Made) -> None:
    exposed = exposed_by(made.rows())
    assert all(950 <= int(nir[7:10]) <= 979 for (nir,) in exposed["nir"])
    assert not any(email.endswith("@absent.example") for (email,) in exposed["email"])
    assert not any(phone[-4] == "9" for (phone,) in exposed["phone"])


def test_lines_are_bodies_of_a_lookup_as_people_type_them(made: Made) -> None:
    lines = _lines(made)
    for line in lines:
        assert set(line) == {"scheme", "exposed", *SCHEMES[line["scheme"]].fields}
    nirs = [line["nir"] for line in lines if line["scheme"] == "nir"]
    assert {len(nir) for nir in nirs} == {15, 21}
    surnames = "".join(line["surname"] for line in lines if line["scheme"] == "name-dob")
    assert "é" in surnames
    assert "É" in surnames
    assert made.truth.decode().splitlines()[0].startswith('{"scheme":"nir-dob","nir":"')


def _identifiers(*keys: str) -> list[Identifier]:
    return [Identifier("phone", key, (key,)) for key in keys]


def test_a_sample_is_of_distinct_identifiers_in_whatever_order_they_come() -> None:
    identifiers = _identifiers(*(str(number) for number in range(500)))
    forwards, backwards = DistinctSample(20, "a"), DistinctSample(20, "a")
    for identifier in identifiers:
        forwards.offer(identifier)
    for identifier in reversed(identifiers * 3):
        backwards.offer(identifier)
    assert forwards.drawn() == backwards.drawn()
    assert len(set(forwards.drawn())) == 20


def test_a_sample_is_even_and_another_one_under_another_label() -> None:
    """Of 1,000 that come in order, about as many are kept of the first half as of the second."""
    samples = [DistinctSample(200, label) for label in "ab"]
    for identifier in _identifiers(*(f"{number:03d}" for number in range(1_000))):
        for sample in samples:
            sample.offer(identifier)
    drawn = [{identifier.key for identifier in sample.drawn()} for sample in samples]
    assert drawn[0] != drawn[1]
    assert all(70 < sum(key < "500" for key in keys) < 130 for keys in drawn)


def test_a_sample_of_fewer_than_it_could_keep_is_all_of_them() -> None:
    sample = DistinctSample(20, "a")
    for identifier in _identifiers("1", "2", "1"):
        sample.offer(identifier)
    assert {identifier.key for identifier in sample.drawn()} == {"1", "2"}

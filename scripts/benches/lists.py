"""A leak and a list of patients of whom one half are in it, by NIR and birth date alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.identity.nir import nir_key
from app.synthesis.draw import Draw
from app.synthesis.people import ADULT, FIRST_EXAM, make_person
from scripts.benches.leaks import Leak

# As the leak of 2021 has entries for a list of 100,000.
LEAK_PER_PATIENT = 4.9184
_MAPPING = """\
[source]
format = "delimited"
delimiter = ";"
encoding = "utf-8"
[fields]
nir = "NIR"
birth_date = { columns = ["NE_LE"], formats = ["%Y-%m-%d", "%d/%m/%Y"] }
[dataset]
title = "Made up"
breach_date = 2021-02-23
schemes = ["nir-dob"]
"""
SCHEME = "nir-dob"
_Person = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Lists:
    """A leak and a list.

    Args:
        leak: to be ingested.
        leaked: its people.
        patients: of the list; the first half of them are in the leak.
        file: the list.
        mapping: of the list, and of the leak.
    """

    leak: Leak
    leaked: Sequence[_Person]
    patients: Sequence[_Person]
    file: Path
    mapping: Path

    @classmethod
    def make_up(cls, folder: Path, patients: int, leaked: int) -> Lists:
        """Make up so many of both, the patients written as they are on a card."""
        folder.mkdir()
        people = list(_people(leaked + patients - patients // 2))
        inside, others = people[:leaked], people[leaked:]
        listed = [*inside[: patients // 2], *others]
        mapping, source, file = (folder / n for n in ("map.toml", "leak.csv", "list.csv"))
        mapping.write_text(_MAPPING, encoding="utf-8")
        _write(source, inside)
        _write(file, [_as_on_a_card(person) for person in listed])
        return cls(Leak(source, folder / "truth", mapping), inside, listed, file, mapping)


def _people(count: int) -> Iterator[_Person]:
    draw, seen = Draw(2), set[_Person]()
    while len(seen) < count:
        made = make_person(draw, ADULT, "", FIRST_EXAM, None)
        person = made.nir, made.born.isoformat()
        if person not in seen:
            seen.add(person)
            yield person


def _as_on_a_card(person: _Person) -> _Person:
    nir, born = person
    year, month, day = born.split("-")
    return f"{nir}{nir_key(nir):02}", f"{day}/{month}/{year}"


def _write(path: Path, people: Sequence[_Person]) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write("NIR;NE_LE\n")
        out.writelines(f"{nir};{born}\n" for nir, born in people)

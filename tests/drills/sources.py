"""A leak of made-up people whose every value stands nowhere else, in each kind of file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.identity.nir import nir_key
from app.identity.schemes import normalise_fields, scheme_input, scheme_named
from tests.reading.sources.writers import IDENTITY, WRITERS
from tests.traces import Traces

PEOPLE = 40
HEADER = ("NIR", "NE_LE", "NOM", "PRENOM", "MAIL", "TEL", "LABO", "COMMENTAIRE", "ADRESSE")
MAPPING = """\
[fields]
nir = "NIR"
birth_date = { columns = ["NE_LE"], formats = ["%d/%m/%Y"] }
surname = "NOM"
given_name = "PRENOM"
email = "MAIL"
phone = "TEL"
[dataset]
title = "Made up"
breach_date = 2021-02-23
schemes = ["nir-dob", "nir", "name-dob", "email", "phone"]
[scope]
laboratory = "LABO"
"""
# The name of a writer in `tests.reading.sources.writers`.
KINDS = ("csv", "csv.gz", "xlsx", "parquet", "postgresql copy", "mysql", "csv.age", "xlsx.age")


def person(number: int) -> tuple[str, ...]:
    """Return a made-up person's row; every tenth has values that are refused."""
    # A commune that never was, numbers that the regulator keeps for fiction, a reserved domain.
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")
    month, year = number % 12 + 1, 1931 + number % 69
    born = f"{number % 28 + 1:02}/{month:02}/{year}"
    place = f"56{950 + number // 900}{100 + number % 900}"
    body = f"{number % 2 + 1}{year % 100:02}{month:02}{place}"
    nir = f"{body}{nir_key(body):02}"
    if number % 10 == 9:
        nir, born = f"{body}-mauvais-{letters}", f"né vers l'an {year}"
    return (
        nir,
        born,
        f"Kergoëlan-{letters}",
        f"Maëlwenn{letters}",
        f"Maelwenn.{letters}@Courriel.example",
        f"01 99 00 {number // 100:02} {number % 100:02}",
        f"Laboratoire {letters} de Nulle-Part",
        f"Séropositif témoin {letters}, jamais lu",
        f"{number} impasse du Témoin {letters}",
    )


def written(kind: str, folder: Path, people: int = PEOPLE) -> list[str | Path]:
    """Write the leak, its mapping and its key; return the arguments to ingest it with."""
    name = kind.replace(" ", ".")
    source = WRITERS[kind](HEADER, [person(number) for number in range(people)])
    (folder / name).write_bytes(source.content)
    table = f'[source]\ntable = "{source.settings.table}"\n' if source.settings.table else ""
    (folder / "mapping.toml").write_text(table + MAPPING, encoding="utf-8")
    (folder / "key").write_text(f"{IDENTITY}\n", encoding="ascii")
    arguments: list[str | Path] = [folder / name, "--mapping", folder / "mapping.toml"]
    if "age" in kind:
        arguments += ["--identity", folder / "key"]
    return arguments


def traces() -> Traces:
    """Return all that may be found nowhere: every value, what is made of it, and the key."""
    return Traces([*_values(), ("the source's key", str(IDENTITY))])


def _values() -> Iterator[tuple[str, str | bytes]]:
    for row in map(person, range(PEOPLE)):
        yield from zip(HEADER, row, strict=True)
        nir, born, surname, given_name, email, phone = row[:6]
        identifiers = {
            "name-dob": {"surname": surname, "given_name": given_name},
            "email": {"email": email},
            "phone": {"phone": phone},
        }
        if born[2] == "/":
            date = "-".join(reversed(born.split("/")))
            identifiers["name-dob"]["birth_date"] = date
            identifiers |= {"nir": {"nir": nir}, "nir-dob": {"nir": nir, "birth_date": date}}
        else:
            del identifiers["name-dob"]
        for name, fields in identifiers.items():
            scheme = scheme_named(name)
            values = normalise_fields(scheme, fields)
            yield name, scheme_input(scheme, values)
            yield from ((name, text) for text in (*values, "".join(values), ";".join(values)))

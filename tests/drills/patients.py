"""Lists of patients with known truth, made from a made-up leak's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.identity.nir import nir_key
from app.worklist.columns import Outcome
from tests.reading.sources.writers import delimited

HEADER = ("DOSSIER", "NUM_SECU", "NE_LE", "NOM", "PRENOM", "COURRIEL", "TEL", "RUE", "CP", "VILLE")
# `nir` is not asked: a person with another birth date is in the leak by that, and in truth not.
SCHEMES = ("nir-dob", "name-dob", "email", "phone")
MAPPING = """
[fields]
nir = "NUM_SECU"
birth_date = { columns = ["NE_LE"], formats = ["%Y-%m-%d"] }
surname = "NOM"
given_name = "PRENOM"
email = "COURRIEL"
phone = "TEL"

[recipient]
name = ["PRENOM", "NOM"]
address = "RUE"
postcode = "CP"
town = "VILLE"
email = "COURRIEL"
phone = "TEL"
reference = "DOSSIER"
"""
_COLUMNS = {
    "nir": 1, "birth_date": 2, "surname": 3, "given_name": 4, "email": 5, "phone": 6,
}  # fmt: skip
SCHEMES_OF_TRUTH = ("nir-dob", "nir", "name-dob", "email", "phone")
# One half of them exposed.
_OF_EACH_SCHEME = 400
_NIR = "1850556950048"


@dataclass
class PatientList:
    """Rows, and what is true of each."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    truth: list[Outcome] = field(default_factory=list)

    def add(self, fields: Mapping[str, str], truth: Outcome) -> None:
        cells = [f"D{len(self.rows) + 1:06}"] + [""] * 6 + ["1 rue Inventée", "56990", "NULLE"]
        for name, value in fields.items():
            cells[_COLUMNS[name]] = value
        self.rows.append(tuple(cells))
        self.truth.append(truth)

    def csv(self) -> bytes:
        return delimited(HEADER, self.rows).encode()

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write the list and its mapping."""
        patients, mapping = folder / "patients.csv", folder / "list.toml"
        patients.write_bytes(self.csv())
        mapping.write_text(MAPPING, encoding="utf-8")
        return patients, mapping


def patients_of(truth: Sequence[Mapping[str, Any]]) -> PatientList:
    """Make a list of people that the truth tells of, and of some that nothing can be told of."""
    made = PatientList()
    for known in [t for scheme in SCHEMES_OF_TRUTH for t in _some(truth, scheme)]:
        fields = {n: v for n, v in known.items() if n not in ("scheme", "exposed")}
        if known["scheme"] == "nir":
            outcome = Outcome.UNCHECKED  # no birth date beside it
        else:
            outcome = Outcome.EXPOSED if known["exposed"] else Outcome.NOT_EXPOSED
        made.add(fields, outcome)
    absent = {"surname": "Zzyzx", "given_name": "Anne", "birth_date": "1985-05-17"}
    wrong = f"{_NIR}{nir_key(_NIR) % 97 + 1:02}"
    right = f"{_NIR}{nir_key(_NIR):02}"
    made.add({}, Outcome.UNCHECKED)
    made.add({"nir": wrong, "birth_date": "1985-05-17"}, Outcome.UNCHECKED)
    # The name says no, and the number that was meant might say yes.
    made.add({"nir": wrong, **absent}, Outcome.UNCHECKED)
    made.add(absent, Outcome.NOT_EXPOSED)
    made.add({"nir": right, **absent, "phone": "LISTE ROUGE"}, Outcome.NOT_EXPOSED)
    made.add({"phone": "LISTE ROUGE"}, Outcome.UNCHECKED)
    return made


def _some(truth: Sequence[Mapping[str, Any]], scheme: str) -> Sequence[Mapping[str, Any]]:
    return [known for known in truth if known["scheme"] == scheme][:_OF_EACH_SCHEME]


def truth_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

"""A second, small reader of a leak: the mapping and the rules of the protocol, by brute force."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import re
import tomllib
from typing import Any, NamedTuple

from app.errors import InvalidField
from app.identity.schemes import SCHEMES, normalise_fields
from app.synthesis.leak import Synthesis, synthesise
from app.synthesis.mapping import MAPPING_TOML

Row = dict[str, str]
Exposed = dict[str, set[tuple[str, ...]]]


class Made(NamedTuple):
    """A made-up leak in memory."""

    synthesis: Synthesis
    leak: bytes
    truth: bytes

    def rows(self) -> list[Row]:
        reader = csv.DictReader(
            io.StringIO(self.leak.decode("cp1252"), newline=""), delimiter=";", strict=True
        )
        return list(reader)


def make(rows: int, seed: int = 1) -> Made:
    leak, truth = io.BytesIO(), io.BytesIO()
    synthesis = synthesise(rows=rows, seed=seed, out=leak, truth=truth)
    return Made(synthesis, leak.getvalue(), truth.getvalue())


def mapping() -> dict[str, Any]:
    return tomllib.loads(MAPPING_TOML)


def exposed_by(rows: list[Row]) -> Exposed:
    """Return every identifier that the mapping and the rules can read from the rows."""
    fields = mapping()["fields"]
    exposed: Exposed = {name: set() for name in SCHEMES}
    for row in rows:
        for name, scheme in SCHEMES.items():
            candidates = [_candidates(row, field, fields[field]) for field in scheme.fields]
            for values in itertools.product(*candidates):
                try:
                    read = normalise_fields(scheme, dict(zip(scheme.fields, values, strict=True)))
                except InvalidField:
                    continue
                exposed[name].add(read)
    return exposed


def read_date(text: str, formats: list[str]) -> datetime.date | None:
    for form in formats:
        try:
            return datetime.datetime.strptime(text, form).date()  # noqa: DTZ007 - a date only
        except ValueError:
            continue
    return None


def _candidates(row: Row, field: str, source: Any) -> list[str]:
    if isinstance(source, str):
        return [row[source]]
    if isinstance(source, list):
        return [name for column in source for name in _names_in(row[column])]
    dates = (read_date(row[column], source["formats"]) for column in source["columns"])
    return [date.isoformat() for date in dates if date is not None]


def _names_in(cell: str) -> list[str]:
    """Return what a cell holds, and where it holds two names, each of them."""
    apart = re.split(" (?:EP|NEE|NÉE) ", cell)
    return [cell, *apart] if len(apart) > 1 else [cell]

"""A table of a report as CSV: one line a cell, in the report's own words, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
from itertools import product
from typing import Final

from app.scope.report import UNIT, ScopeTable

TOTAL: Final = "total"
SHOWN, HIDDEN = "shown", "hidden"
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
# Without it, spreadsheets take UTF-8 for something else.
_MARK: Final = "\ufeff"


def table_csv(table: ScopeTable) -> bytes:
    """Return a table: its values, the number of people, and whether it is shown.

    A hidden number is an empty cell, so that nobody adds it up as zero.
    """
    out = io.StringIO(_MARK, newline="")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*(dimension.name for dimension in table.dimensions), UNIT, "status"])
    sides = [
        (*dimension.values, TOTAL) if dimension.has_total else dimension.values
        for dimension in table.dimensions
    ]
    for values, people in zip(product(*sides), table.cells, strict=True):
        shown = ["", HIDDEN] if people is None else [str(people), SHOWN]
        writer.writerow([*map(_guarded, values), *shown])
    return out.getvalue().encode()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text

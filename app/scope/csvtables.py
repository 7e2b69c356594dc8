"""Tables as CSV: one line a cell, and the rule beneath them."""

from __future__ import annotations

import csv
import io
from itertools import product

from app.scope.showing.words import LOCALES, Words
from app.scope.table import UNIT, ScopeTable

# As INSEE marks what statistical secrecy keeps back.
SUPPRESSED = "s"
TOTAL = "total"
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table_csv(table: ScopeTable) -> str:
    """Return a table as CSV (RFC 4180), UTF-8 when written.

    A number that is not shown is `s`, and what that means stands in the last lines, in French and
    in English. No cell begins as a formula: names come from the leaked file.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*(dimension.name for dimension in table.dimensions), UNIT])
    places = product(*(range(dimension.size) for dimension in table.dimensions))
    for place, people in zip(places, table.cells, strict=True):
        values = [
            d.values[at] if at < len(d.values) else TOTAL
            for d, at in zip(table.dimensions, place, strict=True)
        ]
        writer.writerow([*map(_safe, values), SUPPRESSED if people is None else people])
    nothing = [""] * len(table.dimensions)
    for language in LOCALES:
        rule, written_in = Words(language).rule(table.rule)
        if written_in == language:
            writer.writerow([f"{SUPPRESSED} – {rule}", *nothing])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text

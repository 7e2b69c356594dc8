"""Cells of a CSV file that no spreadsheet takes for a formula, and how they are read back.

A spreadsheet computes a cell that begins with one of `=`, `+`, `-`, `@`, also behind a tab or a
line break, whoever wrote it: a patient's name typed into a form three years ago can send the open
file to a stranger (OWASP, "CSV Injection"). Such a cell gets an apostrophe in front, which
spreadsheets show as text. A cell that has apostrophes in front of such a sign already gets one
more, so that exactly one apostrophe can be taken away again and nothing of the laboratory's own is
lost: `+33 1 99 00…` becomes `'+33 1 99 00…`, and `'=x` becomes `''=x`.
"""

from __future__ import annotations

import re

# With the wide forms, which some spreadsheets read as the others.
_SIGNS = r"[=+\-@\t\r\n＝＋－＠]"
_FORMULA = re.compile(f"'*{_SIGNS}")
_GUARDED = re.compile(f"'+{_SIGNS}")


def guarded(cell: str) -> str:
    """Return a cell as it is written into a CSV file."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return a cell as it was before it was guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell

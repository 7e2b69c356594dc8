"""Values that are no text in their file, as the text that a person would have typed."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

# Stands for what is no text, such as a list or bytes: every field's rule refuses it.
NO_TEXT = "\ufffd"


def cell_text(cell: Any) -> str:
    """Return a value as text: whole numbers as all of their digits, days as YYYY-MM-DD.

    A spreadsheet keeps a NIR that was typed as a number as 185055695004846.0, shows it as
    1.85E+14, and has all of its digits.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    return NO_TEXT if isinstance(cell, list | dict | tuple) else str(cell)

"""What a print house gets with the print files: which there are, and by what each is checked.

A file has some hundred letters at most, so several thousand people make a few dozen. By the
manifest whoever prints sees that all of them came, whole, and what they will be charged for: each
letter begins on a sheet of its own, so that a sheet has two pages of one letter. No name is in it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable

from app.errors import InvalidNotice

MANIFEST_NAME = "manifest.csv"
COLUMNS = ("file", "first", "last", "letters", "pages", "sheets", "bytes", "sha256")
_NAME = re.compile(r"letters-([0-9]+)-([0-9]+)\.pdf")
# The typesetter writes each page's own object outside of what it compresses.
_PAGE = re.compile(rb"/Type\s*/Page\b")
_PAGES_OF_A_SHEET = 2


def print_manifest(files: Iterable[tuple[str, bytes]]) -> str:
    """Return the manifest as CSV.

    Args:
        files: name and content of each print file, in the order of their letters.

    Raises:
        InvalidNotice: the template makes files in which no page is found.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    for name, content in files:
        found = _NAME.fullmatch(name)
        if found is None:
            continue
        first, last = map(int, found.groups())
        pages = page_count(content)
        sheets = -(-pages // _PAGES_OF_A_SHEET)
        digest = hashlib.sha256(content).hexdigest()
        numbers = (*found.groups(), last - first + 1, pages, sheets, len(content))
        writer.writerow((name, *numbers, digest))
    return out.getvalue()


def page_count(content: bytes) -> int:
    """Return how many pages a PDF of the typesetter's has.

    Raises:
        InvalidNotice: none is found.
    """
    if not (pages := len(_PAGE.findall(content))):
        raise InvalidNotice("letter.typ gives no pages")
    return pages

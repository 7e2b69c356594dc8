"""Letters as PDF: the words of one person, typeset with an address for a window envelope.

What a letter says goes to the typesetter as data, never into its source: a sign that means
something to it is, in a name, just that sign.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import typst

from app.errors import InvalidNotice, UnprintableLetter
from app.notify.wording import Content
from app.worklist.recipients import FRENCH

# Tagged for screen readers, and refused rather than printed with a gap where a sign has no glyph.
PDF_STANDARD: Final = "ua-1"
_NUMBER_DIGITS = 6
# Where no package of code can be, and none be put.
_NOWHERE: Final = Path(os.devnull)
_SPECIMEN = {"fr": "SPÉCIMEN", "en": "SPECIMEN"}
_NUMBERED = {"fr": "Courrier n°\u00a0", "en": "Letter no.\u00a0"}


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One person's letter, as it is printed.

    Args:
        number: from 1; by it a letter that comes back is told.
        language: its code.
        address: the lines in the window.
        dated: place and day.
        sender: the return address.
        signature: who signs, and for whom.
        content: the words.
        is_specimen: whether to print across every page that it is one.
    """

    number: int
    language: str
    address: Sequence[str]
    dated: str
    sender: Sequence[str]
    signature: Sequence[str]
    content: Content
    is_specimen: bool = False

    def as_data(self) -> Mapping[str, Any]:
        """Return it as the template reads it."""
        content = asdict(self.content)
        return content | {
            "number": _NUMBERED[self.language] + numbered(self.number),
            "language": self.language,
            "address": list(self.address),
            "dated": self.dated,
            "sender": list(self.sender),
            "signature": list(self.signature),
            "specimen": _SPECIMEN[self.language] if self.is_specimen else "",
        }


def numbered(number: int) -> str:
    """Return a letter's number as it is printed, and in the names of files: no name is in them."""
    return f"{number:0{_NUMBER_DIGITS}}"


class Printer:
    """Sets letters by a template, with the fonts that the typesetter ships and no others.

    Args:
        template: the file `letter.typ`; it can read what lies in its folder.
    """

    def __init__(self, template: Path) -> None:
        fonts = typst.Fonts(include_system_fonts=False)
        self._compiler = typst.Compiler(
            template, root=template.parent, font_paths=fonts, ignore_system_fonts=True,
            package_path=_NOWHERE, package_cache_path=_NOWHERE,
        )  # fmt: skip

    def render(self, letters: Sequence[Letter]) -> bytes:
        """Return letters as one PDF, each beginning on an odd page.

        Raises:
            UnprintableLetter: one of them cannot be set as it is written; which one shows when
                each is set by itself.
        """
        data = json.dumps([letter.as_data() for letter in letters])
        try:
            content = self._compiler.compile(
                format="pdf", sys_inputs={"letters": data}, pdf_standards=[PDF_STANDARD]
            )
        except typst.TypstError:
            # Its text would quote what could not be set.
            raise UnprintableLetter("a letter has a sign for which there is no glyph") from None
        if not isinstance(content, bytes):
            raise InvalidNotice("letter.typ gives no PDF")
        return content

    def can_set(self, letter: Letter) -> bool:
        """Tell whether there is a glyph for every sign of a letter."""
        try:
            self.render([letter])
        except UnprintableLetter:
            return False
        return True


def dated(place: str, day: str, language: str) -> str:
    """Return the line that says where and when a letter was written."""
    return f"{place}, le {day}" if language == FRENCH else f"{place}, {day}"

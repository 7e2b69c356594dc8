"""Letters opened as PDF: text, and where on the page it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2

_MM = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Character:
    """A printed character and its box, in millimetres from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def lies_in(self, left: float, top: float, right: float, bottom: float) -> bool:
        return (
            left <= self.left and self.right <= right and top <= self.top and self.bottom <= bottom
        )

    def touches(self, left: float, top: float, right: float, bottom: float) -> bool:
        return self.left < right and left < self.right and self.top < bottom and top < self.bottom


def pages(content: bytes) -> list[str]:
    """Return the text of each page, line ends as spaces."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [" ".join(_text(page).split()) for page in _each(document)]
    finally:
        document.close()


def characters(content: bytes, page_number: int = 0) -> list[Character]:
    """Return what is printed on a page, spaces left out."""
    document = pypdfium2.PdfDocument(content)
    try:
        page = document[page_number]
        return list(_characters(page, page.get_height()))
    finally:
        document.close()


def _each(document: pypdfium2.PdfDocument) -> Iterator[pypdfium2.PdfPage]:
    for number in range(len(document)):
        yield document[number]


def _text(page: pypdfium2.PdfPage) -> str:
    text: str = page.get_textpage().get_text_bounded()
    # What the library reads for a hyphen at the end of a line.
    return text.replace("\x02", "-")


def _characters(page: pypdfium2.PdfPage, height: float) -> Iterator[Character]:
    text = page.get_textpage()
    for index in range(text.count_chars()):
        character = text.get_text_range(index, 1)
        if character.strip():
            left, bottom, right, top = text.get_charbox(index)
            yield Character(
                character, left * _MM, (height - top) * _MM, right * _MM, (height - bottom) * _MM
            )

"""How one row of delimited text comes apart: its delimiter, its quotes, its escapes.

Of what stands in other lines it knows nothing: `delimited` decides where a row ends.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence

from app.reading.sources.settings import BACKSLASH, NO_QUOTE, SourceSettings

DELIMITERS = (";", ",", "\t", "|")
NULL_MARK = r"\N"


class Dialect:
    """What is known of a source's delimiter and quotes.

    Args:
        settings: of the source.

    Attributes:
        delimiter: `AUTO` until it is guessed.
        are_all_quoted: whether every field of the source is in quotes.
    """

    def __init__(self, settings: SourceSettings) -> None:
        self.delimiter = settings.delimiter
        self.are_all_quoted = False
        self._quote = settings.quote
        self._is_escaped = settings.escape == BACKSLASH

    def guess_delimiter(self, texts: Sequence[str], chosen: Callable[[Sequence[int]], int]) -> None:
        """Take the delimiter that gives the most lines as many columns as are to be expected.

        Args:
            texts: the first lines.
            chosen: of their widths, the one that rows have.
        """
        scores: dict[str, int] = {}
        for self.delimiter in DELIMITERS:
            widths = self.widths(texts)
            scores[self.delimiter] = widths.count(chosen(widths)) * (chosen(widths) - 1)
        self.delimiter = max(DELIMITERS, key=lambda delimiter: scores[delimiter])

    def widths(self, texts: Sequence[str]) -> list[int]:
        """Return how many columns each line has by itself."""
        return [len(self.parse(text) or text.split(self.delimiter)) for text in texts]

    def is_all_quoted(self, text: str) -> bool:
        """Tell whether every field of a line begins with a quote."""
        fields = text.split(self.delimiter)
        return bool(self._quote) and all(field.startswith(self._quote) for field in fields)

    def is_plain(self, text: str) -> bool:
        """Tell whether a text comes apart at its delimiters and nowhere else."""
        if self._quote and self._quote in text:
            return False
        return not (self._is_escaped and "\\" in text)

    def parse(self, text: str, quote: str | None = None) -> Sequence[str] | None:
        """Parse one row strictly, or return None when its quotes do not add up."""
        quote = self._quote if quote is None else quote
        if self._is_escaped:
            text = self._without_nulls(text)
        reader = csv.reader(
            [text],
            delimiter=self.delimiter,
            quotechar=quote or None,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            escapechar="\\" if self._is_escaped else None,
            strict=True,
        )
        try:
            return next(reader)
        except csv.Error:
            return None

    def split(self, text: str) -> Sequence[str] | None:
        """Return the fields of a line in which quotes mean nothing."""
        if self._is_escaped and "\\" in text:
            return self.parse(text, NO_QUOTE)
        fields = text.split(self.delimiter)
        return [self._bare(field) for field in fields] if self.are_all_quoted else fields

    def _bare(self, field: str) -> str:
        """Return a field without the quotes that every field of the file has."""
        is_quoted = len(field) > 1 and field.startswith(self._quote) and field.endswith(self._quote)
        return field[1:-1] if is_quoted else field

    def _without_nulls(self, text: str) -> str:
        r"""Empty the fields that are \N, which is how a database writes that there is no value."""
        if NULL_MARK not in text:
            return text
        fields = text.split(self.delimiter)
        return self.delimiter.join("" if field == NULL_MARK else field for field in fields)

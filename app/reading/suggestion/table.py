"""A sample with what was counted in each column, and guesses with what speaks for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.reading.sample import Sample
from app.reading.suggestion.recognition import ColumnFacts, look_at, plain_words

FITS = 0.5
_IS_ALTERNATIVE = 0.2

# Whose name, number or address it is, if not the patient's.
_SOMEBODY_ELSES = re.compile(
    r"(?:^|_)(?:medecin|docteur|doctor|presc|labo|ville|town|city|rue|street|adr|commune|pays|user"
    r"|utilisateur|operat|secret|fichier|file|service|mutuelle|hopital|clinique|corresp|employ)"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """Where one field seems to stand.

    Args:
        field: the field.
        positions: its columns, from 0.
        notes: what speaks for it and against it; no value of the source.
        formats: for a date.
        is_joined: the columns make one value.
    """

    field: str
    positions: tuple[int, ...]
    notes: tuple[str, ...]
    formats: tuple[str, ...] = ()
    is_joined: bool = False


class Table:
    """A sample by columns.

    Args:
        sample: the source's first rows.
    """

    def __init__(self, sample: Sample) -> None:
        self.names = sample.names
        self._rows = sample.rows
        self.positions = range(len(sample.names))
        self.facts = [look_at(self.cells(position)) for position in self.positions]
        self.words = [plain_words(name) for name in sample.names]

    def cells(self, position: int) -> list[str]:
        """Return a column's cells."""
        return [row[position] for row in self._rows]

    def label(self, position: int) -> str:
        """Return how a column is called in a note."""
        name = self.names[position]
        return toml_text(name) if name else f"column {position + 1}"

    def is_called(self, position: int, pattern: re.Pattern[str]) -> bool:
        """Tell whether a column has a name like this, of the patient and of nobody else."""
        words = self.words[position]
        return bool(pattern.search(words)) and not self.is_somebody_elses(position)

    def is_somebody_elses(self, position: int) -> bool:
        """Tell whether a column's name speaks of somebody else than the patient."""
        return _SOMEBODY_ELSES.search(self.words[position]) is not None

    def fit(self, position: int, count: int, what: str) -> str:
        """Return the note on how many of a column's cells fit."""
        facts = self.facts[position]
        note = f"{self.label(position)}: {facts.share(count):.1%} of {facts.filled:,} values {what}"
        if facts.nothing:
            note += f"; {facts.share(facts.nothing):.1%} are words or zeros that mean nothing"
        return note

    def alternatives(
        self, share: Callable[[ColumnFacts], float], taken: Collection[int]
    ) -> list[str]:
        """Return the note on other columns that fit too, if there are any."""
        others = [
            f"{self.label(position)} ({share(self.facts[position]):.1%})"
            for position in self.positions
            if position not in taken and share(self.facts[position]) >= _IS_ALTERNATIVE
        ]
        return [f"also possible: {', '.join(others)}"] if others else []


def toml_text(text: str) -> str:
    """Write a TOML string: JSON's are the same but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

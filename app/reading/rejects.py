"""How many rejects an operator accepts, and where each of them is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from app.errors import InvalidInput, TooManyRejects
from app.reading.records import RowCounts

_PERCENTAGE = re.compile(r"(\d{1,3}(?:[.,]\d{1,6})?)\s*%")
_REASONS_TOLD = 5
_LINES_TOLD = 3


class RejectReport(Protocol):
    """Where each reject is told, as it is met."""

    def go_on(self, rejects: int) -> None:
        """Called first, with how many were told by the run that is gone on with; or with 0.

        Raises:
            InvalidInput: these are not all there any more.
        """

    def rejected(self, *, line: int, reason: str) -> None:
        """Called for a row that gives no identifier; never with a value of it."""

    def settle(self) -> None:
        """Called before the run is noted to be so far: what was told must outlast a crash."""


class NoReport:
    """For whoever only wants the counts."""

    def go_on(self, rejects: int) -> None:
        """Do nothing."""

    def rejected(self, *, line: int, reason: str) -> None:
        """Do nothing."""

    def settle(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class RejectLimit:
    """The most rejects with which a dataset is published.

    Args:
        text: as an operator writes it: a share of all rows, `1%`, or a number, `250`.
        share: of all rows; None when a number was given.
        number: of rejects; None when a share was given.
    """

    text: str
    share: Fraction | None
    number: int | None

    @classmethod
    def parse(cls, text: str) -> RejectLimit:
        """Read what an operator wrote.

        Raises:
            InvalidInput: it is neither a percentage from 0 to 100 nor a number.
        """
        if found := _PERCENTAGE.fullmatch(text.strip()):
            share = Fraction(found[1].replace(",", ".")) / 100
            if share <= 1:
                return cls(text.strip(), share, None)
        elif text.strip().isascii() and text.strip().isdigit():
            return cls(text.strip(), None, int(text))
        raise InvalidInput(
            "--max-rejects is neither a percentage nor a number", hint="for example 1%, or 250"
        )

    def check(self, counts: RowCounts) -> None:
        """Check the counts of all rows.

        Raises:
            TooManyRejects: there are more; told with the reasons and the first line numbers.
        """
        allowed = self.number if self.share is None else self.share * counts.rows
        if allowed is None or counts.rejected <= allowed:
            return
        raise TooManyRejects(
            f"{counts.rejected:,} of {counts.rows:,} rows cannot be used, more than"
            f" --max-rejects {self.text}: {_reasons(counts)}",
            hint="correct the mapping or the source; --report FILE lists every line, and a higher"
            " --max-rejects accepts that these people will be told no",
        )


DEFAULT_LIMIT = RejectLimit.parse("1%")


def _reasons(counts: RowCounts) -> str:
    told = []
    for reason, number in counts.rejects.most_common(_REASONS_TOLD):
        lines = counts.reject_lines[reason][:_LINES_TOLD]
        more = ", …" if number > len(lines) else ""
        told.append(f"{reason}, {number:,} (line {', '.join(map(str, lines))}{more})")
    return "; ".join(told)

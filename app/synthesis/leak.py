"""A made-up leak and its truth, written row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput
from app.synthesis.draw import Draw
from app.synthesis.people import BABY, CHILD, MAN, WOMAN
from app.synthesis.quotas import quotas
from app.synthesis.record import COLUMNS, ENCODING, make_record, to_line
from app.synthesis.truth import Truth
from app.synthesis.visits import visits

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from app.synthesis.visits import Visit

_END_OF_LINE: Final = "\r\n"
_ROWS_PER_WRITE: Final = 1000


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What was written, counted while writing.

    Attributes:
        with_nir: rows whose NIR column is filled, readable or not.
        landlines, mobiles: rows that show a number; words such as "NC" do not count.
        emails: distinct addresses.
        truth_lines: one half of them exposed.
    """

    rows: int
    with_nir: int
    women: int
    men: int
    children: int
    babies: int
    landlines: int
    mobiles: int
    emails: int
    truth_lines: int


def synthesise(
    *,
    rows: int,
    seed: int,
    out: BinaryIO,
    truth: BinaryIO,
    on_row: Callable[[int], None] | None = None,
) -> Synthesis:
    """Write a leak of people who do not exist, and who is in it and who is not.

    The same rows and seed give the same bytes; nothing else goes into them. Memory does not grow
    with the rows.

    Args:
        rows: 1 or more, the header not counted.
        seed: 0 or more.
        out: takes `;`-separated Windows-1252 with CRLF, as `mapping.MAPPING_TOML` reads it.
        truth: takes JSON lines, each the body of a lookup and "exposed".
        on_row: called with the rows done, now and then and at the end.

    Raises:
        InvalidInput: rows or seed too small; nothing was written.
    """
    if rows < 1:
        raise InvalidInput("a leak has at least one row")
    if seed < 0:
        raise InvalidInput("a seed is a whole number from 0 upwards")
    draw = Draw(seed)
    answers = Truth(draw, seed)
    counted: Counter[str] = Counter()
    lines = [to_line(COLUMNS)]
    for visit in visits(draw, rows, quotas(rows)):
        record = make_record(draw, visit)
        for identifier in record.identifiers:
            answers.offer(identifier)
        _count(counted, visit)
        lines.append(to_line(record.cells))
        if visit.number % _ROWS_PER_WRITE == 0 or visit.number == rows:
            _write(out, lines)
            lines.clear()
            if on_row is not None:
                on_row(visit.number)
    return Synthesis(
        rows=rows,
        with_nir=counted["nir"],
        women=counted[WOMAN],
        men=counted[MAN],
        children=counted[CHILD],
        babies=counted[BABY],
        landlines=counted["landline"],
        mobiles=counted["mobile"],
        emails=counted["email"],
        truth_lines=_write_truth(truth, answers),
    )


def _write_truth(truth: BinaryIO, answers: Truth) -> int:
    written = 0
    for line in answers.lines():
        truth.write(line)
        written += 1
    return written


def _count(counted: Counter[str], visit: Visit) -> None:
    counted[visit.kind] += 1
    counted[visit.sex] += 1
    counted["nir"] += visit.shows_nir
    counted["landline"] += visit.shows_landline
    counted["mobile"] += visit.shows_mobile
    counted["email"] += visit.has_new_email


def _write(out: BinaryIO, lines: list[str]) -> None:
    lines.append("")
    out.write(_END_OF_LINE.join(lines).encode(ENCODING))

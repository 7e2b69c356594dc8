"""Which column holds birth dates, which those of examinations, and in what formats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from app.errors import InvalidField
from app.identity.dates import possible_birth_dates
from app.reading.suggestion.recognition import DATE_FORMATS, ColumnFacts
from app.reading.suggestion.table import FITS, Guess, Table

_TURNED_ROUND = {"%m/%d/%Y": "%d/%m/%Y", "%m/%d/%y": "%d/%m/%y"}
_OTHER_WAY = _TURNED_ROUND | {day: month for month, day in _TURNED_ROUND.items()}
# A format that reads fewer than one in so many dates reads mistakes.
_ONE_IN = 500

_BIRTH = re.compile(r"nais|birth|(?:^|_)ne(?:e|_le|e_le)?(?:_|$)|dob|ddn")
_EXAM = re.compile(r"exam|prel|analyse|visite|acte|reception")
# Fewer rows than this prove nothing about two columns.
_PAIRS_MINIMUM = 20
# Children have a parent's number, and some numbers are temporary.
_AGREEMENT_MINIMUM = 0.3
# Examinations are of some years, births of a life.
_YEARS_OF_LIVES = 20


def guess_birth_date(table: Table, nirs: Sequence[str]) -> Guess | None:
    """Guess which dates are those of births: the ones whose year and month the NIRs have.

    Args:
        table: the sample.
        nirs: each row's NIR, or nothing; none at all where no column holds them.
    """
    dates = _date_columns(table)
    agreement = {position: _agreement(table, position, nirs) for position in dates}
    by_nir = [p for p in dates if agreement[p] >= _AGREEMENT_MINIMUM]
    by_name = [p for p in dates if table.is_called(p, _BIRTH)]
    by_years = [p for p in dates if _years(table, p) >= _YEARS_OF_LIVES]
    candidates = by_nir or by_name or by_years
    if not candidates:
        return None
    best = max(candidates, key=lambda p: (agreement[p], table.facts[p].dates))
    notes = []
    if by_nir:
        notes.append(f"year and month are the NIR's in {agreement[best]:.1%} of rows with both")
    elif not by_name:
        notes.append("only its years speak for it, which are those of lives: check it")
    notes += table.alternatives(lambda facts: facts.share(facts.dates), [best])
    return _guess(table, "birth_date", best, notes)


def guess_exam_date(table: Table, taken: set[int]) -> Guess | None:
    """Guess which dates are those of examinations: by the column's name, else by their years."""
    dates = [position for position in _date_columns(table) if position not in taken]
    named = [p for p in dates if table.is_called(p, _EXAM)]
    recent = [p for p in dates if _years(table, p) < _YEARS_OF_LIVES]
    for position in named or recent:
        guess = _guess(table, "exam_date", position, [])
        # A year of two digits is of two centuries, and an examination is on one day.
        if not any("%y" in date_format for date_format in guess.formats):
            return guess
    return None


def chosen_formats(facts: ColumnFacts) -> list[tuple[str, int]]:
    """Choose the formats that read a column's dates.

    Returns:
        The formats in the order in which they are to be tried, with how many cells each reads
        that none before it does. Never both of two that differ in the order of day and month:
        the second would make another day of what is a mistake in the first.
    """
    left = Counter(facts.date_formats)
    chosen: list[tuple[str, int]] = []
    while left:
        gains = {form: _read_by(left, form) for form in DATE_FORMATS}
        best = max(DATE_FORMATS, key=gains.__getitem__)
        if gains[best] * _ONE_IN < facts.dates or not gains[best]:
            break
        chosen.append((best, gains[best]))
        unwanted = _bit(best) | _bit(_OTHER_WAY.get(best, best))
        rest: Counter[int] = Counter()
        for bits, count in left.items():
            if not bits & _bit(best) and bits & ~unwanted:
                rest[bits & ~unwanted] += count
        left = rest
    return chosen


def _date_columns(table: Table) -> list[int]:
    return [p for p in table.positions if table.facts[p].share(table.facts[p].dates) >= FITS]


def _guess(table: Table, field: str, position: int, notes: Sequence[str]) -> Guess:
    facts = table.facts[position]
    chosen = chosen_formats(facts)
    shares = ", ".join(f"{facts.share(count):.1%} by {form}" for form, count in chosen)
    fit = table.fit(position, sum(count for _, count in chosen), "are dates")
    formats = tuple(form for form, _ in chosen)
    order = _order_of_day_and_month(facts, formats)
    return Guess(field, (position,), (fit, f"of these, {shares}", *order, *notes), formats)


def _order_of_day_and_month(facts: ColumnFacts, formats: Sequence[str]) -> list[str]:
    """Return the note on dates that would also be dates with day and month the other way round."""
    notes = []
    for form in formats:
        if form not in _OTHER_WAY:
            continue
        other = _OTHER_WAY[form]
        here = {bits: n for bits, n in facts.date_formats.items() if bits & _bit(form)}
        both = _read_by(Counter(here), other)
        against = _read_by(facts.date_formats, other) - both
        first = "month" if form in _TURNED_ROUND else "day"
        if both and both == sum(here.values()):
            notes.append(f"ambiguous: every date by {form} could be by {other} too; check it")
        elif both:
            notes.append(
                f"{facts.share(both):.1%} could be by {other} too; {first} first, as"
                f" {facts.share(sum(here.values()) - both):.1%} can only be by {form}"
            )
        if against:
            notes.append(f"{facts.share(against):.1%} can only be by {other}, and are refused")
    return notes


def _agreement(table: Table, position: int, nirs: Sequence[str]) -> float:
    """Return in what share of rows with both a date and a NIR these have one year and month."""
    formats = [form for form, _ in chosen_formats(table.facts[position])]
    both = agreed = 0
    for nir, cell in zip(nirs, table.cells(position), strict=False):
        if nir and (born := _date_of(cell, formats)):
            both += 1
            agreed += nir[1:5] == born[2:4] + born[5:7]
    return agreed / both if both >= _PAIRS_MINIMUM else 0.0


def _years(table: Table, position: int) -> int:
    """Return over how many years the middle nine tenths of a column's dates are spread."""
    formats = [form for form, _ in chosen_formats(table.facts[position])]
    dates = (_date_of(cell, formats) for cell in table.cells(position))
    years = sorted(int(each[:4]) for each in dates if each)
    return years[len(years) * 19 // 20] - years[len(years) // 20] if years else 0


def _date_of(cell: str, formats: Sequence[str]) -> str:
    try:
        return possible_birth_dates(cell, formats=formats)[0]
    except InvalidField:
        return ""


def _bit(date_format: str) -> int:
    return 1 << DATE_FORMATS.index(date_format)


def _read_by(date_formats: Counter[int], date_format: str) -> int:
    return sum(count for bits, count in date_formats.items() if bits & _bit(date_format))

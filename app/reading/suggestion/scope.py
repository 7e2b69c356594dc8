"""Which columns tell what the scope report counts: where, whom by sex, and what kinds of data.

Where a column is called so, its name decides and the share of fitting values is told beside it.
Where it is not, only what few other columns look like is taken for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from app.reading.columns import looks_like_data
from app.reading.suggestion.dates import guess_exam_date
from app.reading.suggestion.recognition import ColumnFacts
from app.reading.suggestion.table import FITS, Guess, Table

_BY_NAME: Final = "by the column's name"
_ONLY_BY_VALUES: Final = "only its values speak for it: check it"
# What is taken for something without being called so has hardly anything else in it.
_NEARLY_ALL: Final = 0.9
# Fewer rows than this prove nothing about two columns.
_PAIRS_MINIMUM: Final = 20
# A mark stands in few rows, and in more than a slip of the pen.
_MARKS_MINIMUM: Final = 3

_CODE: Final = re.compile(r"(?:0?[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])")
_POSTCODE: Final = re.compile(r"(?:0[1-9]|[1-8][0-9]|9[0-578])[0-9]{3}")
_SEX: Final = re.compile(
    r"[FMHW12]|FEMME|HOMME|FEMININ|MASCULIN|MME\.?|MLLE\.?|MADAME|MR\.?|MONSIEUR"
)
_CHILD: Final = re.compile(r"\b(?:ENFANT|BEBE|NOURRISSON|NOUVEAU[ -]NE)")
_STREET: Final = re.compile(
    r"\b(?:RUE|AVENUE|AV|ALLEE|PLACE|CHEMIN|IMPASSE|BD|BOULEVARD|ROUTE|QUAI|COURS|SQUARE|LOT"
    r"|RESIDENCE|LIEU[ -]DIT|STREET|ROAD)\b"
)
_DOCTOR: Final = re.compile(r"(?:DR|DOCTEUR|PR|PROFESSEUR|DOCTOR)\b")
_LETTERS: Final = re.compile(r"[A-Z]{3}")
_SEVERAL_WORDS: Final = re.compile(r"\w+\W+\w+")


@dataclass(frozen=True, slots=True)
class _Sign:
    """By what a column is known.

    Args:
        field: of the mapping's section `scope`.
        called: what it is called like.
        fits: tells of a cell, in capitals without accents, whether it is one.
        what: ends the note on how many fit.
        enough: the share that fits where it is not called so; None if its name alone decides.
    """

    field: str
    called: re.Pattern[str]
    fits: Callable[[str], bool]
    what: str
    enough: float | None = None


_SIGNS: Final = (
    _Sign(
        "laboratory",
        re.compile(r"labo|(?:^|_)site(?:_|$)"),
        lambda cell: _LETTERS.search(cell) is not None and not looks_like_data(cell),
        "are names",
    ),
    _Sign(
        "department",
        re.compile(r"(?:^|_)dep(?:t|artement|artment)?(?:_|$)"),
        lambda cell: bool(_CODE.fullmatch(cell) or _POSTCODE.fullmatch(cell)),
        "are codes",
    ),
    _Sign(
        "postcode",
        re.compile(r"(?:^|_)cp(?:_|$)|post_?code|cod(?:e|_)+post|codpos|(?:^|_)zip"),
        lambda cell: _POSTCODE.fullmatch(cell) is not None,
        "are postcodes",
        _NEARLY_ALL,
    ),
    _Sign(
        "sex",
        re.compile(r"(?:^|_)sexe?(?:_|$)|genre|gender|civil"),
        lambda cell: _SEX.fullmatch(cell) is not None,
        "are a sex or a title",
        _NEARLY_ALL,
    ),
    _Sign(
        "address",
        re.compile(r"adr|(?:^|_)(?:rue|voie|street)(?:_|$)"),
        lambda cell: _STREET.search(cell) is not None,
        "name a street",
        FITS,
    ),
    _Sign(
        "prescriber",
        re.compile(r"presc|medecin|docteur|doctor|physician|(?:^|_)dr(?:_|$)"),
        lambda cell: _DOCTOR.match(cell) is not None,
        "begin with a doctor's title",
        FITS,
    ),
    _Sign(
        "comment",
        re.compile(r"comment|(?:^|_)(?:obs|observations?|remarques?|notes?|rem)(?:_|$)|libre"),
        lambda cell: _SEVERAL_WORDS.search(cell) is not None,
        "are several words",
    ),
)
_MARKED: Final = re.compile(r"enfant|child|bebe|qualite")


def guess_scope(table: Table, identifying: Collection[int]) -> list[Guess]:
    """Guess what can be counted, in the order in which a mapping lists it.

    Args:
        table: the sample.
        identifying: columns that hold identifiers, which are none of these.
    """
    plain = {p: [_plain(cell) for cell in table.cells(p)] for p in table.positions}
    # A column of identifiers is none of these, whatever it is called: mail addresses, for one.
    taken = {*identifying, *(p for p in table.positions if _identifies(table.facts[p]))}
    exam_date = guess_exam_date(table, taken)
    taken |= set(exam_date.positions) if exam_date else set()
    found = [exam_date] if exam_date else []
    for sign in _SIGNS:
        guess = _guess(table, sign, plain, taken)
        if guess is not None:
            taken |= set(guess.positions)
            found.append(guess)
    if not any(guess.field == "department" for guess in found):
        found += _beside_postcodes(table, plain, found, taken)
    found += _marks_of_children(table, plain, taken - _positions_of(found, "sex"))
    order = [*(sign.field for sign in _SIGNS[:3]), "exam_date", "sex", "child"]
    order += [sign.field for sign in _SIGNS[4:]]
    return sorted(found, key=lambda guess: order.index(guess.field))


def _guess(
    table: Table, sign: _Sign, plain: dict[int, list[str]], taken: Collection[int]
) -> Guess | None:
    free = [p for p in table.positions if p not in taken and table.facts[p].filled]
    fits = {p: sum(map(sign.fits, filter(None, plain[p]))) for p in free}
    share = {p: table.facts[p].share(fits[p]) for p in free}
    named = [p for p in free if sign.called.search(table.words[p])]
    alike = [p for p in free if sign.enough is not None and share[p] >= sign.enough]
    # Ones and twos are many things.
    if sign.field == "sex":
        alike = [p for p in alike if any(cell.isalpha() for cell in plain[p])]
    candidates = named or alike
    if not candidates:
        return None
    best = max(candidates, key=share.__getitem__)
    notes = [_BY_NAME if named else _ONLY_BY_VALUES, table.fit(best, fits[best], sign.what)]
    if named and share[best] < FITS:
        notes.append("hardly any does: look whether it is what its name says")
    if sign.field == "laboratory":
        notes.append(f"{len(set(filter(None, plain[best]))):,} different ones")
    others = [table.label(p) for p in dict.fromkeys([*named, *alike]) if p != best]
    notes += [f"also possible: {', '.join(others)}"] if others else []
    return Guess(sign.field, (best,), tuple(notes))


def _identifies(facts: ColumnFacts) -> bool:
    return any(facts.share(count) >= FITS for count in (facts.nirs, facts.emails, facts.phones))


def _beside_postcodes(
    table: Table, plain: dict[int, list[str]], found: Sequence[Guess], taken: Collection[int]
) -> list[Guess]:
    """Guess that a column holds départements because postcodes begin with them."""
    free = [position for position in table.positions if position not in taken]
    for position, postcodes in product(free, _positions_of(found, "postcode")):
        pairs = [
            (code.zfill(2), postcode)
            for code, postcode in zip(plain[position], plain[postcodes], strict=True)
            if _CODE.fullmatch(code) and _POSTCODE.fullmatch(postcode)
        ]
        agreed = sum(postcode.startswith(code) for code, postcode in pairs)
        if len(pairs) >= _PAIRS_MINIMUM and agreed >= _NEARLY_ALL * len(pairs):
            note = f"{agreed / len(pairs):.1%} are how the postcode beside begins"
            return [Guess("department", (position,), (note,))]
    return []


def _marks_of_children(
    table: Table, plain: dict[int, list[str]], taken: Collection[int]
) -> list[Guess]:
    """Guess where children are marked: often where titles stand, so that may be one column."""
    marks = {
        p: sum(_CHILD.match(cell) is not None for cell in plain[p])
        for p in table.positions
        if p not in taken
    }
    named = [p for p in marks if _MARKED.search(table.words[p])]
    candidates = named or [p for p in marks if marks[p] >= _MARKS_MINIMUM]
    if not candidates:
        return []
    best = max(candidates, key=marks.__getitem__)
    why = _BY_NAME if named else _ONLY_BY_VALUES
    return [Guess("child", (best,), (why, table.fit(best, marks[best], "mark a child")))]


def _positions_of(guesses: Sequence[Guess], field: str) -> set[int]:
    return {p for guess in guesses if guess.field == field for p in guess.positions}


def _plain(cell: str) -> str:
    decomposed = unicodedata.normalize("NFKD", cell).upper().strip()
    return "".join(c for c in decomposed if not unicodedata.combining(c))

"""What a column of a sample holds, told in shares of its cells; no cell is kept or shown.

A NIR is known by its key, a date by the formats that read it, an address and a number by the
rules that normalise them, a name by its letters and by what its column is called.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.errors import InvalidField
from app.identity.contact import normalise_email, normalise_phone
from app.identity.dates import possible_birth_dates
from app.identity.names import normalise_given_name, normalise_surname
from app.identity.nir import normalise_nir

# In the order in which they are taken where two read as many cells: the French order first.
DATE_FORMATS = (
    "%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d%m%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%m/%d/%Y",
    "%d/%m/%y", "%d.%m.%y", "%d-%m-%y", "%d%m%y", "%y%m%d", "%m/%d/%y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S",
)  # fmt: skip
# The words and signs that old software puts where there is nothing.
_NOTHING = re.compile(
    r"[0 ./:-]+|N[./]?[CRD]\.?|NEANT|NÉANT|SANS|INCONNUE?|AUCUNE?|X{2,}|NON RENSEIGNEE?|NULL|NONE"
    r"|N/A|LISTE ROUGE",
    re.IGNORECASE,
)
_MONTHS = frozenset(f"{month:02d}" for month in range(1, 13))
_LED = re.compile(r"\s*(?:0|\+|\(0|33)")
# Given names that many people in France have, as letters: a column of which is one of given names.
_FREQUENT = frozenset(
    re.findall(
        "[A-Z]+",
        """
    MARIE JEANNE FRANCOISE MONIQUE CATHERINE NATHALIE ISABELLE JACQUELINE SYLVIE ANNE MARTINE
    MADELEINE NICOLE SUZANNE HELENE CHRISTINE MARGUERITE DENISE LOUISE VALERIE YVONNE SANDRINE
    STEPHANIE VERONIQUE SOPHIE CELINE CHANTAL PATRICIA BRIGITTE JULIE ANNIE AURELIE LAURENCE
    CAMILLE CAROLINE LEA SARAH FLORENCE EMILIE VIRGINIE CORINNE ELODIE MANON CECILE CLAIRE CHLOE
    JEAN PIERRE MICHEL ANDRE PHILIPPE LOUIS RENE ALAIN JACQUES BERNARD MARCEL DANIEL ROGER ROBERT
    PAUL CLAUDE HENRI CHRISTIAN NICOLAS GEORGES CHRISTOPHE PATRICK THOMAS GERARD ALEXANDRE
    FRANCOIS JULIEN FREDERIC ERIC LAURENT STEPHANE PASCAL DAVID THIERRY OLIVIER MAXIME ANTOINE
    GUILLAUME ROMAIN KEVIN SEBASTIEN VINCENT DIDIER BRUNO JEROME LUCAS HUGO EMMA JADE ALICE
    """,
    )
)


@dataclass(slots=True)
class ColumnFacts:
    """What was counted in one column.

    Args:
        filled: cells that hold something.
        nothing: of these, words and zeros that mean nothing.
        nirs: those that read as a NIR.
        keyed, keys_right: those as long as a NIR with its key; whose key is right.
        nirs_of_a_month: NIRs of one of the twelve months.
        date_formats: cells by the set of formats that read each, as bits in `DATE_FORMATS`.
        emails, phones: those that read as one.
        phones_led: numbers that begin as one, and not only are as long.
        names: those that are letters.
        name_words: words in them.
        frequent: those whose first word is a frequent given name.
        distinct: names, as digests that die with the process.
    """

    filled: int = 0
    nothing: int = 0
    nirs: int = 0
    keyed: int = 0
    keys_right: int = 0
    nirs_of_a_month: int = 0
    date_formats: Counter[int] = field(default_factory=Counter)
    emails: int = 0
    phones: int = 0
    phones_led: int = 0
    names: int = 0
    name_words: int = 0
    frequent: int = 0
    distinct: set[int] = field(default_factory=set)

    def share(self, count: int) -> float:
        """Return a count as a share of the filled cells."""
        return count / self.filled if self.filled else 0.0

    @property
    def dates(self) -> int:
        """Cells that some format reads."""
        return self.date_formats.total()


def look_at(cells: Sequence[str]) -> ColumnFacts:
    """Count what the cells of one column are."""
    facts, today = ColumnFacts(), datetime.now().astimezone().date()
    for padded in cells:
        cell = padded.strip()
        if not cell:
            continue
        facts.filled += 1
        facts.nothing += _NOTHING.fullmatch(cell) is not None
        digits = sum(map(str.isdigit, cell))
        if digits >= 11:
            _look_for_nir(facts, cell)
        if 5 <= digits <= 20:
            _look_for_date(facts, cell, today)
        if "@" in cell:
            facts.emails += _read(normalise_email, cell) != ""
        elif 8 <= digits <= 16 and (number := _read(normalise_phone, cell)):
            facts.phones += 1
            facts.phones_led += _LED.match(cell) is not None or not number.startswith("+33")
        if not digits and "@" not in cell:
            _look_for_name(facts, cell)
    return facts


def nirs_of(cells: Sequence[str]) -> list[str]:
    """Return each cell's NIR, or nothing."""
    return [_read(normalise_nir, cell) for cell in cells]


def letters_of(cells: Sequence[str]) -> list[str]:
    """Return each cell's letters, or nothing."""
    return [_read(normalise_surname, cell) for cell in cells]


def plain_words(name: str) -> str:
    """Return a column's name in small letters, what is none as `_`: DATE_NAISS., Né le → ne_le."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    letters = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def _read(normalise: Callable[[str], str], cell: str) -> str:
    try:
        return normalise(cell)
    except InvalidField:
        return ""


def _look_for_nir(facts: ColumnFacts, cell: str) -> None:
    try:
        nir = normalise_nir(cell)
    except InvalidField as refusal:
        facts.keyed += refusal.reason == "key"
        return
    facts.nirs += 1
    facts.nirs_of_a_month += nir[3:5] in _MONTHS
    is_keyed = sum(map(str.isalnum, cell)) > len(nir)
    facts.keyed += is_keyed
    facts.keys_right += is_keyed


def _look_for_date(facts: ColumnFacts, cell: str, today: date) -> None:
    bits = 0
    for at, date_format in enumerate(DATE_FORMATS):
        try:
            possible_birth_dates(cell, formats=(date_format,), today=today)
        except InvalidField:
            continue
        bits |= 1 << at
    if bits:
        facts.date_formats[bits] += 1


def _look_for_name(facts: ColumnFacts, cell: str) -> None:
    # Given names have commas between them, which no surname has.
    letters = _read(normalise_surname, cell) or _read(normalise_given_name, cell)
    if len(letters) < 2:
        return
    facts.names += 1
    facts.name_words += len(cell.split())
    facts.distinct.add(hash(letters))
    facts.frequent += _read(normalise_given_name, cell) in _FREQUENT

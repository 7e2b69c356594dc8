"""How old software, secretaries and spreadsheets write what people are.

Each function returns the text of a cell. Those whose text may be past reading return with it
whether the mapping and the rules of the protocol (§1) can still read from it what was meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.identity.nir import nir_key
from app.synthesis.draw import Weighted
from app.synthesis.people import WOMAN
from app.synthesis.spelling import capitals

if TYPE_CHECKING:
    import datetime

    from app.synthesis.draw import Draw
    from app.synthesis.people import Person

JUNK_PHONES: Final = ("NC", "LISTE ROUGE", "SANS", "XX", "NEANT")

_NIR_FORMS: Final = Weighted(
    ("without key", 330),
    ("with key", 300),
    ("spaces", 200),
    ("dots", 80),
    ("spaces without key", 60),
    ("wrong key", 15),
    ("spreadsheet", 15),
)
_DATE_FORMS: Final = Weighted(
    ("slashes", 580),
    ("compact", 385),
    ("empty", 10),
    ("zeros", 7),
    ("impossible", 6),
    ("two-digit year", 6),
    ("dots", 6),
)
_PHONE_FORMS: Final = Weighted(
    ("plain", 400),
    ("spaces", 330),
    ("dots", 170),
    ("hyphens", 40),
    ("international", 40),
    ("without zero", 20),
)


def write_nir(draw: Draw, nir: str) -> tuple[str, bool]:
    """Write a NIR, with or without its key, and in three of a hundred rows wrongly."""
    form = draw.pick_weighted(_NIR_FORMS)
    if form == "without key":
        return _padded(draw, nir), True
    if form == "spreadsheet":
        # A spreadsheet takes digits for a number; 2A and 2B save a Corsican from that.
        return (_scientific(nir), False) if nir.isdigit() else (nir, True)
    key = nir_key(nir)
    if form == "with key":
        return f"{nir}{key:02d}", True
    if form == "wrong key":
        return f"{nir}{key % 97 + 1:02d}", False
    parts = [nir[0], nir[1:3], nir[3:5], nir[5:7], nir[7:10], nir[10:]]
    if form != "spaces without key":
        parts.append(f"{key:02d}")
    return ("." if form == "dots" else " ").join(parts), True


def write_birth_date(draw: Draw, born: datetime.date) -> tuple[str, bool]:
    """Write a date in one of two shapes, and in 35 of a thousand rows past reading."""
    day, month, year = f"{born.day:02d}", f"{born.month:02d}", f"{born.year:04d}"
    form = draw.pick_weighted(_DATE_FORMS)
    if form == "slashes":
        return f"{day}/{month}/{year}", True
    if form == "compact":
        return f"{year}{month}{day}", True
    unreadable = {
        "empty": "",
        "zeros": "00/00/0000",
        "impossible": f"31/02/{year}",
        "two-digit year": f"{day}/{month}/{year[2:]}",
        "dots": f"{day}.{month}.{year}",
    }
    return unreadable[form], False


def write_exam_date(draw: Draw, exam: datetime.date) -> str:
    """Write the day of an examination, or nothing."""
    return "" if draw.per_thousand(12) else f"{exam.day:02d}/{exam.month:02d}/{exam.year:04d}"


def write_surnames(draw: Draw, person: Person) -> tuple[str, str]:
    """Write the columns NOM and NOM_JF: now and then both names in the former, with EP or NEE."""
    surname = write_name(draw, person.surname)
    if not person.maiden_name:
        return surname, ""
    maiden_name = write_name(draw, person.maiden_name)
    if not draw.per_thousand(60):
        return surname, maiden_name
    whole = draw.pick(
        (
            f"{maiden_name.rstrip()} EP {surname}",
            f"{surname.rstrip()} NEE {maiden_name}",
            f"{surname.rstrip()} NÉE {maiden_name}",
        )
    )
    return whole, draw.pick(("", maiden_name))


def write_name(draw: Draw, name: str) -> str:
    """Write a name: as a rule in capitals without accents, filled up with spaces here and there."""
    if draw.per_thousand(40):
        written = name.upper()
    elif draw.per_thousand(15):
        written = name
    else:
        written = capitals(name)
    if "'" in written and draw.per_thousand(300):
        # A word processor's apostrophe (0x92 in Windows-1252), or none.
        written = written.replace("'", draw.pick(("’", " ")))
    return _padded(draw, written)


def write_given_name(draw: Draw, name: str) -> str:
    """Write a given name; where there are several, with a comma between them as often as not."""
    return write_name(draw, name.replace(" ", ", ") if draw.per_thousand(500) else name)


def write_phone(draw: Draw, number: str) -> str:
    """Write ten digits in one of the ways in which the French write them."""
    form = draw.pick_weighted(_PHONE_FORMS)
    if form == "plain":
        return _padded(draw, number)
    if form == "international":
        return f"{draw.pick(('+33', '0033', '+33 (0)'))}{number[1:]}"
    if form == "without zero":
        return number[1:]
    between = {"spaces": " ", "dots": ".", "hyphens": "-"}[form]
    return between.join(number[start : start + 2] for start in range(0, 10, 2))


def write_no_phone(draw: Draw) -> str:
    """Write nothing where there is no number, or a word that says so."""
    return draw.pick(JUNK_PHONES) if draw.per_thousand(10) else ""


def write_email(draw: Draw, email: str) -> str:
    """Write an address, now and then in upper case."""
    return _padded(draw, email.upper() if draw.per_thousand(120) else email)


def write_title(draw: Draw, kind: str, sex: str) -> str:
    """Write the mark of a child or a baby, else a form of address, where the sex is known."""
    if kind or not sex:
        return kind
    if sex == WOMAN:
        return "MLLE" if draw.per_thousand(200) else "MME"
    return "M"


def _padded(draw: Draw, text: str) -> str:
    """Keep, once in twenty-five, the spaces that filled up a column of fixed width."""
    return f"{text:<20} " if draw.per_thousand(40) else text


def _scientific(nir: str) -> str:
    """Return 1850578950048 as a French spreadsheet shows it: 1,85058E+12."""
    rounded = (int(nir) + 5_000_000) // 10_000_000
    return f"{rounded // 100_000},{rounded % 100_000:05d}E+12"

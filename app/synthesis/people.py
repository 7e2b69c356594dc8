"""People who do not exist, with numbers that nobody has.

A NIR is sex, two digits of the year, month, département, commune, order (INSEE; décret 82-103).
The commune here is 950–989, a code that no commune of metropolitan France ever had, so that none
of these numbers is anybody's. Telephone numbers are from the ranges that ARCEP keeps free for
works of fiction (numbering plan, décision 2018-0881); the mobile one lies within 0639, which the
protocol's frozen rule reads as Mayotte's, in a leak as in a question. Of both, a part is kept for
people who are in no leak, so that who is not in the leak is so by construction.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from app.synthesis.draw import Draw, Weighted
from app.synthesis.spelling import squeezed
from app.synthesis.vocabulary import (
    LABORATORIES_BY_SIZE,
    MAIL_DOMAINS,
    MEN,
    STREETS,
    SURNAMES,
    TOWNS,
    WOMEN,
)

if TYPE_CHECKING:
    from app.synthesis.vocabulary import Laboratory

# Communes of a NIR, first and last.
COMMUNES: Final = (950, 979)
ABSENT_COMMUNES: Final = (980, 989)

LANDLINE_RANGES: Final = Weighted(
    ("026191", 70), ("019900", 10), ("035301", 8), ("046571", 6), ("053649", 6)
)
MOBILE_RANGE: Final = "063998"
# Last four digits of a number, first and last.
SUBSCRIBERS: Final = (0, 8999)
ABSENT_SUBSCRIBERS: Final = (9000, 9999)

# Nobody in a leak was born on this day of any month. Whoever is asked for with somebody's true
# number, year and month, and this day, is not there: also where several people share the number.
DAY_WITHOUT_BIRTHS: Final = 17

# The leak ends here, whenever it is made: nothing reads a clock.
FIRST_EXAM: Final = datetime.date(2015, 1, 1).toordinal()
LAST_EXAM: Final = datetime.date(2020, 12, 31).toordinal()

ADULT, CHILD, BABY = "", "ENFANT", "BÉBÉ"
WOMAN, MAN = "F", "M"

_YEAR = 365
_METROPOLITAN = tuple(f"{number:02d}" for number in range(1, 96) if number != 20)
_CORSICAN = ("2A", "2B")
# Corsica was département 20 until 1976 (INSEE), and numbers given before that keep it.
_CORSICA_DIVIDED = 1976


@dataclass(slots=True)
class Person:
    """Somebody made up, as they would write themselves.

    Attributes:
        sex: WOMAN or MAN.
        nir: the 13 characters; a child's can be a parent's.
        maiden_name: empty but for a woman who took another name.
        landline, mobile: ten digits; whether a row shows them is another matter.
        email: empty until the leak has one for them.
    """

    sex: str
    born: datetime.date
    nir: str
    surname: str
    maiden_name: str
    given_name: str
    landline: str
    mobile: str
    address: str
    town: str
    laboratory: Laboratory
    email: str = ""


def make_person(draw: Draw, kind: str, sex: str, exam: int, parent: Person | None) -> Person:
    """Make up one person.

    Args:
        draw: where chance comes from.
        kind: ADULT, CHILD or BABY.
        sex: WOMAN, MAN, or empty where the leak does not say.
        exam: the ordinal of a day on which they are alive.
        parent: for a child whose NIR is a parent's, that parent.
    """
    sex = sex or draw.pick((WOMAN, MAN))
    born = make_birth_date(draw, kind, exam)
    laboratory = parent.laboratory if parent else draw.pick_weighted(LABORATORIES_BY_SIZE)
    surname = parent.surname if parent else make_surname(draw)
    married = kind == ADULT and sex == WOMAN and draw.per_thousand(550)
    return Person(
        sex=sex,
        born=born,
        nir=parent.nir if parent else make_nir(draw, sex, born, laboratory.department),
        surname=surname,
        maiden_name=make_surname(draw) if married else "",
        given_name=make_given_name(draw, sex),
        landline=make_landline(draw),
        mobile=make_mobile(draw),
        address=f"{draw.between(1, 120)} {draw.pick(STREETS)}",
        town=draw.pick(TOWNS),
        laboratory=laboratory,
    )


def make_birth_date(draw: Draw, kind: str, exam: int) -> datetime.date:
    """Return a day on which somebody was born who was `kind` on the day with the ordinal `exam`."""
    if kind == BABY:
        age_days = draw.between(1, 2 * _YEAR)
    elif kind == CHILD:
        age_days = draw.between(2 * _YEAR, 16 * _YEAR)
    else:
        # Two halves of a life's span: most are in the middle of it.
        age_days = 18 * _YEAR + draw.below(39 * _YEAR) + draw.below(39 * _YEAR)
    born = datetime.date.fromordinal(exam - age_days)
    return born.replace(day=born.day - 1) if born.day == DAY_WITHOUT_BIRTHS else born


def make_nir(
    draw: Draw,
    sex: str,
    born: datetime.date,
    department: str,
    communes: tuple[int, int] = COMMUNES,
) -> str:
    """Return the 13 characters of a NIR that nobody has, mostly of a birth in `department`.

    Some twelve in a thousand are temporary ones: 3 or 7 for a man, 4 or 8 for a woman.
    """
    first = "1" if sex == MAN else "2"
    if draw.per_thousand(12):
        first = draw.pick("37" if sex == MAN else "48")
    if draw.per_thousand(400):
        department = draw.pick(_METROPOLITAN)
    elif draw.per_thousand(15):
        department = draw.pick(_CORSICAN) if born.year >= _CORSICA_DIVIDED else "20"
    commune = draw.between(*communes)
    order = draw.between(1, 999)
    return f"{first}{born.year % 100:02d}{born.month:02d}{department}{commune}{order:03d}"


def make_surname(draw: Draw) -> str:
    """Return a surname, one in thirty of them of two."""
    surname = draw.pick(SURNAMES)
    return f"{surname}-{draw.pick(SURNAMES)}" if draw.per_thousand(33) else surname


def make_given_name(draw: Draw, sex: str) -> str:
    """Return a given name: now and then joined by a hyphen, or several, apart by a space."""
    names = WOMEN if sex == WOMAN else MEN
    given_name = draw.pick(names)
    if draw.per_thousand(120):
        return f"{given_name}{draw.pick(('-', ' '))}{draw.pick(names)}"
    return given_name


def make_landline(draw: Draw, subscribers: tuple[int, int] = SUBSCRIBERS) -> str:
    """Return the ten digits of a landline number that ARCEP keeps for fiction."""
    return f"{draw.pick_weighted(LANDLINE_RANGES)}{draw.between(*subscribers):04d}"


def make_mobile(draw: Draw, subscribers: tuple[int, int] = SUBSCRIBERS) -> str:
    """Return the ten digits of a mobile number that ARCEP keeps for fiction."""
    return f"{MOBILE_RANGE}{draw.between(*subscribers):04d}"


def make_email(draw: Draw, given_name: str, surname: str, number: int) -> str:
    """Return an address that no other `number` gives: no name holds a digit."""
    return f"{make_local_part(given_name, surname, number)}@{draw.pick_weighted(MAIL_DOMAINS)}"


def make_local_part(given_name: str, surname: str, number: int) -> str:
    """Return what stands before the `@`."""
    return f"{_for_mail(given_name)}.{_for_mail(surname)}{number}"


@lru_cache(maxsize=8192)
def _for_mail(name: str) -> str:
    return squeezed(name).lower()

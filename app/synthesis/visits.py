"""Who comes to the laboratory, row by row, with the counts of a leak kept exactly."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.synthesis.draw import Deal
from app.synthesis.people import (
    ADULT,
    BABY,
    CHILD,
    FIRST_EXAM,
    LAST_EXAM,
    MAN,
    WOMAN,
    make_email,
    make_person,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.synthesis.draw import Draw
    from app.synthesis.people import Person
    from app.synthesis.quotas import Quotas

# How many earlier people of a kind can come again; what bounds the memory of a leak of any size.
REMEMBERED: Final = 256

_SHOWN: Final = "shown"


@dataclass(frozen=True, slots=True)
class Visit:
    """One row: somebody, and what their row shows of them.

    Attributes:
        number: from 1.
        kind: ADULT, CHILD or BABY.
        sex: what the row says: WOMAN, MAN or nothing.
        has_new_email: their address is on no row before this one.
    """

    number: int
    person: Person
    kind: str
    sex: str
    exam: datetime.date
    shows_nir: bool
    shows_landline: bool
    shows_mobile: bool
    has_new_email: bool


class Clientele:
    """The people of a leak: new ones, and some of those who came before."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._remembered: dict[tuple[str, str], list[Person]] = {}

    def next(self, kind: str, sex: str) -> tuple[Person, datetime.date]:
        """Return who comes, and when: three in a hundred come again."""
        draw = self._draw
        earlier = self._remembered.setdefault((kind, sex), [])
        if earlier and draw.per_thousand(30):
            person = draw.pick(earlier)
            exam = draw.between(max(FIRST_EXAM, person.born.toordinal()), LAST_EXAM)
        else:
            exam = draw.between(FIRST_EXAM, LAST_EXAM)
            # Most children have the number of a parent's card, as laboratories have always done.
            parent = self._parent(exam) if kind != ADULT and draw.per_thousand(700) else None
            person = make_person(draw, kind, sex, exam, parent)
            if len(earlier) < REMEMBERED:
                earlier.append(person)
            else:
                earlier[draw.below(REMEMBERED)] = person
        return person, datetime.date.fromordinal(exam)

    def _parent(self, exam: int) -> Person:
        """Return somebody of a parent's age, who may be in the leak or not."""
        draw = self._draw
        year = datetime.date.fromordinal(exam).year
        known = self._remembered.get((ADULT, draw.pick((WOMAN, MAN))), [])
        while True:
            parent = (
                draw.pick(known)
                if known and draw.per_thousand(500)
                else make_person(draw, ADULT, "", exam, None)
            )
            if 34 <= year - parent.born.year <= 55:
                return parent


def visits(draw: Draw, rows: int, quota: Quotas) -> Iterator[Visit]:
    """Yield as many visits as there are rows, holding some two thousand people at most."""
    kinds = Deal(draw, rows, {CHILD: quota.children, BABY: quota.babies})
    sexes = Deal(draw, rows, {WOMAN: quota.women, MAN: quota.men})
    nirs = Deal(draw, rows, {_SHOWN: quota.with_nir})
    landlines = Deal(draw, rows, {_SHOWN: quota.landlines})
    mobiles = Deal(draw, rows, {_SHOWN: quota.mobiles})
    emails = Deal(draw, rows, {_SHOWN: quota.emails})
    clientele = Clientele(draw)
    for number in range(1, rows + 1):
        kind, sex = kinds.next(), sexes.next()
        person, exam = clientele.next(kind, sex)
        has_new_email = bool(emails.next())
        if has_new_email:
            # Somebody who comes again may have a new address by now: each one dealt is a new one.
            person.email = make_email(draw, person.given_name, person.surname, number)
        yield Visit(
            number=number,
            person=person,
            kind=kind,
            sex=sex,
            exam=exam,
            shows_nir=bool(nirs.next()),
            shows_landline=bool(landlines.next()),
            shows_mobile=bool(mobiles.next()),
            has_new_email=has_new_email,
        )

"""One row of a made-up leak: its cells, and whom it exposes under which scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.synthesis import dirt
from app.synthesis.people import ADULT, WOMAN
from app.synthesis.spelling import capitals, squeezed
from app.synthesis.vocabulary import (
    COMMENTS,
    COMMENTS_ON_CHILDREN,
    COMMENTS_ON_YOUNG_WOMEN,
    SURNAMES,
)

if TYPE_CHECKING:
    from app.synthesis.draw import Draw
    from app.synthesis.people import Person
    from app.synthesis.visits import Visit

COLUMNS: Final = (
    "NUM_DOSSIER",
    "NUM_SECU",
    "QUALITE",
    "NOM",
    "NOM_JF",
    "PRENOM",
    "DATE_NAISS",
    "SEXE",
    "ADRESSE",
    "CP",
    "VILLE",
    "TEL_FIXE",
    "TEL_MOBILE",
    "EMAIL",
    "LABO",
    "DEPT",
    "PRESCRIPTEUR",
    "DATE_EXAM",
    "COMMENTAIRE",
)
ENCODING: Final = "cp1252"

NIR_DOB, NIR, NAME_DOB, EMAIL, PHONE = "nir-dob", "nir", "name-dob", "email", "phone"


class Identifier(NamedTuple):
    """What a row exposes under one scheme.

    Attributes:
        key: the same for two identifiers of a scheme that mean the same.
        values: the scheme's fields in order, as the person themself would write them.
    """

    scheme: str
    key: str
    values: tuple[str, ...]


class Record(NamedTuple):
    """A row, and every identifier that can be read from it by the rules.

    Attributes:
        cells: one for each of COLUMNS.
    """

    cells: tuple[str, ...]
    identifiers: list[Identifier]


def make_record(draw: Draw, visit: Visit) -> Record:
    """Write one visit down, with the dirt that comes with it."""
    person = visit.person
    nir, nir_reads = dirt.write_nir(draw, person.nir) if visit.shows_nir else ("", False)
    surname, maiden_name = dirt.write_surnames(draw, person)
    born, born_reads = dirt.write_birth_date(draw, person.born)
    cells = (
        f"FICTIF-{visit.number:07d}",
        nir,
        dirt.write_title(draw, visit.kind, visit.sex),
        surname,
        maiden_name,
        dirt.write_given_name(draw, person.given_name),
        born,
        visit.sex,
        person.address,
        f"{person.laboratory.department}990",
        person.town,
        _phone(draw, person.landline, shown=visit.shows_landline),
        _phone(draw, person.mobile, shown=visit.shows_mobile),
        dirt.write_email(draw, person.email) if person.email else "",
        person.laboratory.name,
        person.laboratory.department,
        f"DR {capitals(draw.pick(SURNAMES))} (FICTIF)",
        dirt.write_exam_date(draw, visit.exam),
        _comment(draw, visit),
    )
    identifiers = _contacts(visit)
    if nir_reads:
        identifiers.append(nir_identifier(person.nir))
    if nir_reads and born_reads:
        identifiers.append(nir_dob_identifier(person.nir, person.born.isoformat()))
    if born_reads:
        identifiers += _names(person)
    return Record(cells, identifiers)


def nir_identifier(nir: str) -> Identifier:
    """Return what exposes the 13 characters of a NIR."""
    return Identifier(NIR, nir, (nir,))


def nir_dob_identifier(nir: str, born: str) -> Identifier:
    """Return what exposes a NIR together with an ISO birth date."""
    return Identifier(NIR_DOB, f"{nir} {born}", (nir, born))


def name_dob_identifier(surname: str, given_name: str, born: str) -> Identifier:
    """Return what exposes a name with an ISO birth date; only the first given name counts."""
    first = squeezed(given_name.partition(" ")[0])
    return Identifier(NAME_DOB, f"{squeezed(surname)} {first} {born}", (surname, given_name, born))


def email_identifier(email: str) -> Identifier:
    """Return what exposes an address in lower case."""
    return Identifier(EMAIL, email, (email,))


def phone_identifier(number: str) -> Identifier:
    """Return what exposes a number of ten digits."""
    return Identifier(PHONE, number, (number,))


def to_line(cells: tuple[str, ...]) -> str:
    """Join cells as RFC 4180 does, but with `;`."""
    return ";".join(
        '"' + cell.replace('"', '""') + '"' if ";" in cell or '"' in cell else cell
        for cell in cells
    )


def _phone(draw: Draw, number: str, *, shown: bool) -> str:
    return dirt.write_phone(draw, number) if shown else dirt.write_no_phone(draw)


def _comment(draw: Draw, visit: Visit) -> str:
    if not draw.per_thousand(350):
        return ""
    if visit.kind != ADULT:
        return draw.pick(COMMENTS_ON_CHILDREN)
    person = visit.person
    young = visit.exam.year - person.born.year <= 42
    if young and person.sex == WOMAN and draw.per_thousand(400):
        return draw.pick(COMMENTS_ON_YOUNG_WOMEN)
    return draw.pick(COMMENTS)


def _contacts(visit: Visit) -> list[Identifier]:
    person = visit.person
    contacts = []
    if person.email:
        contacts.append(email_identifier(person.email))
    if visit.shows_landline:
        contacts.append(phone_identifier(person.landline))
    if visit.shows_mobile:
        contacts.append(phone_identifier(person.mobile))
    return contacts


def _names(person: Person) -> list[Identifier]:
    """Return the name somebody has, and the one that she was born with.

    Both are read, also where both stand in one column.
    """
    born = person.born.isoformat()
    return [
        name_dob_identifier(surname, person.given_name, born)
        for surname in (person.surname, person.maiden_name)
        if surname
    ]

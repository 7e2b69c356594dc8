"""Which of a laboratory's own columns say how a person can be told: the section [recipient].

Read from the mapping of a list when it is checked, and from a notice when people are told, so
that both say the same of a row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidField, InvalidMapping
from app.identity.contact import normalise_email, normalise_phone
from app.reading.columns import Columns
from app.reading.notation import parse_columns
from app.worklist.columns import Channel

SECTION = "recipient"
# Of these, several columns make one name, or the lines of one address.
_SEVERAL = ("name", "address")
KEYS = (*_SEVERAL, "postcode", "town", "country", "email", "phone", "language", "reference")
FRENCH, ENGLISH = "fr", "en"
_FRANCE = ("", "FRANCE")
_POSTCODE_DIGITS = 5


# What opens an encoded word (RFC 2047), which mail programs read as other letters wherever it
# stands: in an address, as another address.
_ENCODED = "=?"


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """How one row says that its person can be told; a field is empty where it says nothing.

    Args:
        name: as the laboratory writes it.
        address: the filled lines below the name and above the postcode.
        postcode: of five digits in France, also where a spreadsheet took the first 0 away.
        town: as the laboratory writes it.
        country: empty for France.
        email: as it stands there, whether or not it is an address.
        phone: the same of a number.
        language: `FRENCH` or `ENGLISH`.
        reference: the laboratory's own number of the patient.
    """

    name: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    town: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    language: str = FRENCH
    reference: str = ""

    def __repr__(self) -> str:
        # A traceback or a failed assertion shows no one's address.
        return "Recipient(…)"

    @property
    def channels(self) -> tuple[Channel, ...]:
        """In what ways this person can be told, the letter first; none where there is no way.

        An address that looks right may still be an old one: only sending tells.
        """
        ways = {
            Channel.POST: bool(self.name and self.address and self.postcode and self.town),
            Channel.EMAIL: _ENCODED not in self.email and _is_accepted(normalise_email, self.email),
            Channel.PHONE: _is_accepted(normalise_phone, self.phone),
        }
        return tuple(channel for channel, is_open in ways.items() if is_open)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Reads recipients off the rows of one list.

    Args:
        positions: of each field's columns, from 0; a field that the list does not have is left out.
    """

    positions: Mapping[str, tuple[int, ...]]

    def of(self, row: Sequence[str]) -> Recipient:
        """Return what a row says about its person, in as many columns as the header had."""
        country = self._text(row, "country")
        return Recipient(
            name=self._text(row, "name"),
            address=self._lines(row, "address"),
            postcode=_postcode(self._text(row, "postcode"), country),
            town=self._text(row, "town"),
            country="" if country.upper() in _FRANCE else country,
            email=self._text(row, "email"),
            phone=self._text(row, "phone"),
            language=ENGLISH if self._text(row, "language").lower() == ENGLISH else FRENCH,
            reference=self._text(row, "reference"),
        )

    def _lines(self, row: Sequence[str], field: str) -> tuple[str, ...]:
        """Return the filled lines of a field's cells; a cell with a line break has several."""
        cells = (row[position] for position in self.positions.get(field, ()))
        lines = (_one_line(line) for cell in cells for line in cell.splitlines())
        return tuple(filter(None, lines))

    def _text(self, row: Sequence[str], field: str) -> str:
        return " ".join(self._lines(row, field))


@dataclass(frozen=True, slots=True)
class RecipientColumns:
    """The columns of [recipient], before any list is seen.

    Args:
        fields: of `KEYS`, those that it has.
    """

    fields: Mapping[str, Columns]

    def bound(self, header: Sequence[str]) -> Recipients:
        """Find the columns in a list's header.

        Raises:
            InvalidMapping: a column is not there, or is there twice; those that are there are
                listed, if they are names and not somebody's data.
        """
        found = {}
        for field, columns in self.fields.items():
            try:
                found[field] = columns.positions(header)
            except InvalidMapping as exc:
                where = f"{field} in [{SECTION}]"
                raise InvalidMapping(f"{where}: {exc.message}", hint=exc.hint) from exc
        return Recipients(found)


def parse_recipients(section: Mapping[str, Any]) -> RecipientColumns:
    """Read a section [recipient]: for each of `KEYS` a column, for some a list of columns.

    Every one may be missing: whoever tells people says what it cannot do without.

    Raises:
        InvalidMapping: it has an unknown key, or something that is no column; the key is named.
    """
    for key in section:
        if key not in KEYS:
            raise InvalidMapping(
                f"[{SECTION}] has no {key!r}", hint=f"it can have {', '.join(KEYS)}"
            )
    return RecipientColumns({key: _columns(key, value) for key, value in section.items()})


def _columns(key: str, value: object) -> Columns:
    if isinstance(value, dict):
        raise InvalidMapping(
            f"{key} in [{SECTION}] is a table, which no recipient's field can be",
            hint='write a column, for example "NOM", or 3 for the third',
        )
    columns = parse_columns(SECTION, key, value, is_identifying=False)
    if len(columns.names) > 1 and key not in _SEVERAL:
        raise InvalidMapping(
            f"{key} in [{SECTION}] is several columns",
            hint=f"only {' and '.join(_SEVERAL)} can be made of several",
        )
    return columns


def _one_line(text: str) -> str:
    """Return a text without what cannot be printed, and with single spaces.

    Category Cf has marks that turn the direction of what follows, on a letter or on a screen.
    """
    kept = (c if unicodedata.category(c) not in ("Cc", "Cf") else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _postcode(text: str, country: str) -> str:
    """Return a postcode; a French one of four digits lost its first 0 in a spreadsheet."""
    is_french = country.upper() in _FRANCE and text.isascii() and text.isdigit()
    is_short = len(text) == _POSTCODE_DIGITS - 1
    return text.zfill(_POSTCODE_DIGITS) if is_french and is_short else text


def _is_accepted(normalise: Callable[[str], str], raw: str) -> bool:
    try:
        normalise(raw)
    except InvalidField:
        return False
    return True

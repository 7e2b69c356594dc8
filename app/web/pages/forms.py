"""The question as a form posts it: read strictly, refused field by field, never given back whole.

The number is not part of what a page can show again: `Question.kept` leaves it out, so that no
template can put it back by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from app.errors import InvalidField, InvalidInput
from app.identity.schemes import SCHEMES, normalise_field

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
_DATE_PARTS: Final = ("day", "month", "year")
_NAMES: Final = ("dataset", "nir", *_DATE_PARTS)
_PART_CHARACTERS_MAXIMUM: Final = 4


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed. Its text never leaves this process, and is not in its `repr`."""

    dataset: str
    _nir: str
    _parts: tuple[str, str, str]

    def __repr__(self) -> str:
        return "Question(…)"

    def fields(self, scheme: str) -> dict[str, str]:
        """Return the fields that a scheme takes, by name, as raw text.

        Raises:
            InvalidField: the birth date is not three numbers.
        """
        readers = {"nir": lambda: self._nir, "birth_date": self._birth_date}
        return {name: readers[name]() for name in SCHEMES[scheme].fields}

    def faults(self, fields: Sequence[str]) -> Sequence[InvalidField]:
        """Return what is wrong with these fields, all of it at once."""
        found = []
        for name in fields:
            try:
                if name == "nir":
                    normalise_field(name, _filled("nir", self._nir))
                else:
                    normalise_field(name, self._birth_date())
            except InvalidField as fault:
                found.append(fault)
        return found

    def kept(self) -> Mapping[str, str]:
        """Return what a page may show again: the leak, and a birth date that is one."""
        try:
            normalise_field("birth_date", self._birth_date())
        except InvalidField:
            return {"dataset": self.dataset}
        return {"dataset": self.dataset, **dict(zip(_DATE_PARTS, self._parts, strict=True))}

    def _birth_date(self) -> str:
        day, month, year = (part.strip() for part in self._parts)
        if not (day and month and year):
            raise InvalidField("birth_date", "empty", "a part of the date is missing")
        if not all(
            p.isdecimal() and len(p) <= _PART_CHARACTERS_MAXIMUM for p in (day, month, year)
        ):
            raise InvalidField("birth_date", "format", "a part of the date is not a number")
        return f"{year}-{month:0>2}-{day:0>2}"


NOTHING_KEPT: Final[Mapping[str, str]] = {}


def read_question(media_type: str, body: bytes) -> Question:
    """Read a posted form; what is wrong with its values is said later, beside its fields.

    Raises:
        InvalidInput: it is no such form: another media type, a name that is not known or twice
            there, or text that is not UTF-8.
    """
    if media_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise _malformed()
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=len(_NAMES),
        )
    except ValueError:
        # The library's own message quotes what it choked on.
        raise _malformed() from None
    values = dict(pairs)
    if len(values) != len(pairs) or not values.keys() <= set(_NAMES):
        raise _malformed()
    dataset, nir, day, month, year = (values.get(name, "") for name in _NAMES)
    return Question(dataset, nir, (day, month, year))


def _filled(field: str, raw: str) -> str:
    if not raw.strip():
        raise InvalidField(field, "empty", "nothing in it")
    return raw


def _malformed() -> InvalidInput:
    return InvalidInput("the form is not one that this site made")

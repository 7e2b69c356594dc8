"""The schemes: which fields, in which order, make one identifier, and its input bytes.

Protocol §2 names them, §3 encodes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from app.encoding import length_prefixed
from app.errors import InvalidField, UnknownScheme
from app.identity.contact import normalise_email, normalise_phone
from app.identity.dates import normalise_birth_date
from app.identity.names import normalise_given_name, normalise_surname
from app.identity.nir import normalise_nir

NORMALISATION_VERSION: Final = 1

_INPUT_LABEL: Final = "concerne/v1/"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to identify a person.

    Args:
        name: as in the protocol, in URLs and in the input bytes.
        fields: the names of its fields, in the order in which they are encoded.
    """

    name: str
    fields: tuple[str, ...]


SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            Scheme("nir-dob", ("nir", "birth_date")),
            Scheme("nir", ("nir",)),
            Scheme("name-dob", ("surname", "given_name", "birth_date")),
            Scheme("email", ("email",)),
            Scheme("phone", ("phone",)),
        )
    }
)

CARD_SCHEMES: Final = ("nir-dob", "nir")
"""Those whose fields stand on a health card, with which people ask about themselves.

Of a dataset, each that is open to the public is asked; exposed in one is exposed.
"""

_NORMALISERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "nir": normalise_nir,
        "birth_date": normalise_birth_date,
        "surname": normalise_surname,
        "given_name": normalise_given_name,
        "email": normalise_email,
        "phone": normalise_phone,
    }
)

FIELD_NAMES: Final = tuple(_NORMALISERS)
"""Every field of the protocol, in the order of its table."""


def scheme_named(name: str) -> Scheme:
    """Return the scheme of that name.

    Raises:
        UnknownScheme: with the names that exist, and never the one that does not: a caller who
            mixes up two parameters sends an identifier here.
    """
    scheme = SCHEMES.get(name)
    if scheme is None:
        raise UnknownScheme(f"no scheme has that name; there are {', '.join(SCHEMES)}")
    return scheme


def normalise_field(field: str, raw: str) -> str:
    """Return the normalised form of one field; a birth date is read as an ISO date.

    Raises:
        InvalidField: the value is refused, or (reason `unexpected`) there is no such field.
    """
    return normaliser_of(field)(raw)


def normaliser_of(field: str) -> Callable[[str], str]:
    """Return what normalises one field, for whoever has many values of it.

    Raises:
        InvalidField: reason `unexpected`: there is no such field.
    """
    normaliser = _NORMALISERS.get(field)
    if normaliser is None:
        raise _unknown_field()
    return normaliser


def normalise_fields(scheme: Scheme, raw: Mapping[str, str]) -> tuple[str, ...]:
    """Return the normalised fields of an identifier, in the scheme's order.

    A field too many is refused as well: whoever sends a birth date with scheme `nir` believes
    that it is looked at.

    Args:
        scheme: which fields to take.
        raw: raw text by field name; exactly the scheme's fields.

    Raises:
        InvalidField: reason `unexpected` or `missing`, or a value is refused.
    """
    for field in raw.keys() - set(scheme.fields):
        if field not in FIELD_NAMES:
            raise _unknown_field()
    for field in FIELD_NAMES:
        if field in raw and field not in scheme.fields:
            raise InvalidField(
                field,
                "unexpected",
                f"scheme {scheme.name} has no such field",
                hint=f"its fields are {', '.join(scheme.fields)}",
            )
    for field in scheme.fields:
        if field not in raw:
            raise InvalidField(
                field,
                "missing",
                f"scheme {scheme.name} needs this field",
                hint=f"its fields are {', '.join(scheme.fields)}",
            )
    return tuple(normalise_field(field, raw[field]) for field in scheme.fields)


def scheme_input(scheme: Scheme, values: Sequence[str]) -> bytes:
    """Encode one identifier as the input of the stretch: x of protocol §3.

    Args:
        scheme: the scheme.
        values: its normalised fields, in order, as `normalise_fields` returns them. They are not
            normalised here.

    Raises:
        ValueError: not as many values as the scheme has fields, which is the caller's mistake.
    """
    if len(values) != len(scheme.fields):
        raise ValueError(f"{len(values)} values for the {len(scheme.fields)} fields of a scheme")
    fields = [length_prefixed(value.encode("utf-8")) for value in values]
    return _label(scheme.name) + b"".join(fields)


@cache
def _label(name: str) -> bytes:
    return length_prefixed((_INPUT_LABEL + name).encode("utf-8"))


def _unknown_field() -> InvalidField:
    # The name is the sender's text and may be a value in the wrong place, so it is not shown.
    return InvalidField(
        "unknown",
        "unexpected",
        "a field that no scheme has",
        hint=f"the fields are {', '.join(FIELD_NAMES)}",
    )

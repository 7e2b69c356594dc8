"""Which columns of a source hold which field: a TOML file, read strictly, bound to a header.

Only the columns named here are ever looked at.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.errors import InvalidMapping, UnknownScheme
from app.identity.dates import ISO_FORMAT, check_date_format
from app.identity.schemes import FIELD_NAMES, SCHEMES, scheme_named
from app.ingest.sources.settings import SOURCE_KEYS, SourceSettings, parse_source_settings

_SECTIONS = ("source", "fields", "dataset", "scope")
_DATASET_KEYS = ("title", "breach_date", "schemes", "public_schemes")
_SCOPE_KEYS = ("laboratory", "department", "exam_date")
_DATE_FIELDS = ("birth_date", "exam_date")
# A date has as many digits, and a column's name seldom has; nor is it longer than this.
_DATA_DIGITS = 6
_COLUMN_NAME_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Columns:
    """Where one field stands.

    Args:
        names: column names; each filled one gives a value of its own.
        formats: for dates, the `strptime` formats that are tried in order.
    """

    names: tuple[str, ...]
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A mapping that is consistent in itself, before any source is seen.

    `sha256` is a digest of what it says, whatever its comments and the order of its keys.
    """

    sha256: bytes
    source: SourceSettings
    fields: Mapping[str, Columns]
    title: str
    breach_date: date
    schemes: tuple[str, ...]
    public_schemes: tuple[str, ...]
    scope: Mapping[str, Columns]

    @property
    def column_names(self) -> tuple[str, ...]:
        """All columns that are named; a source needs no others."""
        columns = (*self.fields.values(), *self.scope.values())
        return tuple(dict.fromkeys(name for each in columns for name in each.names))

    def positions(self, header: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        """Return each identifying field's positions in a header.

        Raises:
            InvalidMapping: a column is not there, or is there twice; those that are there are
                listed, if they are names and not somebody's data.
        """
        for columns in (*self.fields.values(), *self.scope.values()):
            for name in columns.names:
                _check_in_header(name, header)
        return {
            field: tuple(header.index(name) for name in columns.names)
            for field, columns in self.fields.items()
        }


def _check_in_header(name: str, header: Sequence[str]) -> None:
    found = header.count(name)
    if found != 1:
        what = "is not in the source" if found == 0 else f"is {found} times in the source"
        raise InvalidMapping(
            f"the column {name!r} of the mapping {what}",
            hint=_header_hint(header),
        )


def _header_hint(header: Sequence[str]) -> str:
    """List the columns that are there, unless the first line is somebody's row."""
    if any(map(_looks_like_data, header)):
        return "the first line must name the columns; this one looks like data, and is not shown"
    return f"the source has {', '.join(repr(column) for column in header)}"


def _looks_like_data(cell: str) -> bool:
    digits = sum(character.isdigit() for character in cell)
    return digits >= _DATA_DIGITS or "@" in cell or len(cell) > _COLUMN_NAME_CHARACTERS


def parse_mapping(text: str) -> SourceMapping:
    """Read a mapping.

    Raises:
        InvalidMapping: the text is no TOML, lacks something, or has something unknown.
    """
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as exc:
        raise InvalidMapping(f"the mapping is not TOML: {exc}") from exc
    _check_keys("the mapping", document, _SECTIONS)
    source, dataset = _section(document, "source"), _section(document, "dataset")
    _check_keys("[source]", source, SOURCE_KEYS)
    _check_keys("[dataset]", dataset, _DATASET_KEYS)
    fields = _columns_of(document, "fields", FIELD_NAMES)
    schemes = _schemes(dataset, fields)
    return SourceMapping(
        sha256=_digest(document),
        source=parse_source_settings(source),
        fields=fields,
        title=_title(dataset),
        breach_date=_breach_date(dataset),
        schemes=schemes,
        public_schemes=_public_schemes(dataset, schemes),
        scope=_columns_of(document, "scope", _SCOPE_KEYS),
    )


def _digest(document: Mapping[str, Any]) -> bytes:
    # What TOML has and JSON has not is dates, which are told as texts.
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).digest()


def _section(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = document.get(name, {})
    if not isinstance(section, dict):
        raise InvalidMapping(f"{name} of the mapping is not a section", hint=f"write [{name}]")
    return section


def _check_keys(where: str, section: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in section:
        if key not in known:
            raise InvalidMapping(f"{where} has no {key!r}", hint=f"it can have {', '.join(known)}")


def _title(dataset: Mapping[str, Any]) -> str:
    title = dataset.get("title")
    if not isinstance(title, str) or not title.strip() or len(title) > 200:
        raise InvalidMapping("title in [dataset] is missing, or no text of 1 to 200 characters")
    return title


def _breach_date(dataset: Mapping[str, Any]) -> date:
    value = dataset.get("breach_date")
    if type(value) is not date:
        raise InvalidMapping(
            "breach_date in [dataset] is missing, or is not a date",
            hint="write it without quotes: breach_date = 2021-02-23",
        )
    return value


def _columns_of(
    document: Mapping[str, Any], name: str, known: Sequence[str]
) -> Mapping[str, Columns]:
    section = _section(document, name)
    _check_keys(f"[{name}]", section, known)
    return {field: _columns(f"{field} in [{name}]", field, v) for field, v in section.items()}


def _columns(where: str, field: str, value: object) -> Columns:
    formats: tuple[str, ...] = (ISO_FORMAT,) if field in _DATE_FIELDS else ()
    if isinstance(value, dict):
        allowed = ("columns", "formats") if field in _DATE_FIELDS else ("columns",)
        _check_keys(where, value, allowed)
        if "formats" in value:
            formats = _texts(f"formats of {where}", value["formats"])
            _check_formats(where, formats)
        value = value.get("columns")
    names = _texts(where, [value] if isinstance(value, str) else value)
    return Columns(names, formats)


def _check_formats(where: str, formats: Sequence[str]) -> None:
    for pattern in formats:
        try:
            check_date_format(pattern)
        except InvalidMapping as exc:
            raise InvalidMapping(f"{where}: {exc.message}", hint=exc.hint) from exc


def _texts(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(v, str) and v for v in value):
        raise InvalidMapping(f"{where} is not a list of texts", hint='for example ["NOM"]')
    return tuple(value)


def _schemes(dataset: Mapping[str, Any], fields: Mapping[str, Columns]) -> tuple[str, ...]:
    default = [s.name for s in SCHEMES.values() if all(field in fields for field in s.fields)]
    names = dataset.get("schemes", default)
    if names == []:
        raise InvalidMapping("[fields] has not all the fields of any scheme", hint=_scheme_hint())
    chosen = _texts("schemes in [dataset]", names)
    for name in chosen:
        try:
            scheme = scheme_named(name)
        except UnknownScheme as exc:
            raise InvalidMapping(
                "schemes in [dataset] has an unknown one", hint=_scheme_hint()
            ) from exc
        for field in scheme.fields:
            if field not in fields:
                raise InvalidMapping(
                    f"the scheme {name} needs the field {field}, which [fields] does not have",
                    hint="add its column to [fields], or leave the scheme out of [dataset]",
                )
    if len(set(chosen)) != len(chosen):
        raise InvalidMapping("schemes in [dataset] has one of them twice")
    return chosen


def _scheme_hint() -> str:
    return "; ".join(f"{s.name} needs {', '.join(s.fields)}" for s in SCHEMES.values())


def _public_schemes(dataset: Mapping[str, Any], schemes: Sequence[str]) -> tuple[str, ...]:
    """By default what protocol §2 says: `nir-dob`, or `nir` where there are no birth dates."""
    default = [name for name in ("nir-dob", "nir") if name in schemes][:1]
    names = dataset.get("public_schemes", default)
    chosen = _texts("public_schemes in [dataset]", names) if names != [] else ()
    for name in chosen:
        if name not in schemes:
            raise InvalidMapping(
                "public_schemes in [dataset] has one that schemes has not",
                hint=f"schemes has {', '.join(schemes)}",
            )
    return chosen

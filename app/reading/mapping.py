"""Which columns of a source hold which field: a TOML file, read strictly, bound to a header.

Only the columns named here are ever looked at (`app.reading.notation` reads how they are named).
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.errors import InvalidMapping
from app.identity.schemes import FIELD_NAMES, scheme_named
from app.reading.columns import Columns
from app.reading.notation import parse_columns, parse_empty, parse_variants
from app.reading.offered import check_inputs, offered_schemes, public_schemes
from app.reading.sources.settings import SOURCE_KEYS, SourceSettings, parse_source_settings
from app.reading.variants.rules import rules_for

_SECTIONS = ("source", "fields", "dataset", "scope")
_LIST_SECTIONS = (*_SECTIONS, "recipient")
_SOURCE_KEYS = (*SOURCE_KEYS, "empty")
_DATASET_KEYS = ("title", "breach_date", "schemes", "public_schemes", "variants")
_SCOPE_KEYS = (
    "laboratory",
    "department",
    "postcode",
    "exam_date",
    "sex",
    "child",
    "address",
    "prescriber",
    "comment",
)


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
        """All columns that are needed, by name; none where one is given by its position.

        A position is one among all columns, so that none may be left out before it is looked for.
        """
        each = (*self.fields.values(), *self.scope.values())
        columns = dict.fromkeys(column for found in each for column in found.names)
        names = tuple(column for column in columns if isinstance(column, str))
        return names if len(names) == len(columns) else ()

    def positions(self, header: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        """Return each identifying field's positions in a header, from 0.

        Args:
            header: the source's column names, or as many empty ones where it has none.

        Raises:
            InvalidMapping: a column is not there, or is there twice; those that are there are
                listed, if they are names and not somebody's data.
        """
        found = {field: columns.positions(header) for field, columns in self.fields.items()}
        for columns in self.scope.values():
            columns.positions(header)
        return found

    def restricted(self, rules: Collection[str]) -> SourceMapping:
        """Return the same mapping, cells read by those of its rules only that are in `rules`."""
        fields = {field: c.restricted(field, rules) for field, c in self.fields.items()}
        return replace(self, fields=fields)

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of all rules by which cells are read in more than one way."""
        needed = {field for name in self.schemes for field in scheme_named(name).fields}
        names = (
            rule.name
            for field, columns in self.fields.items()
            if field in needed
            for rule in rules_for(field, columns.variants)
        )
        return tuple(dict.fromkeys(names))


def parse_mapping(text: str) -> SourceMapping:
    """Read a mapping.

    Raises:
        InvalidMapping: the text is no TOML, lacks something, or has something unknown.
    """
    document = _document(text)
    dataset = _section(document, "dataset")
    _check_keys("[dataset]", dataset, _DATASET_KEYS)
    return _mapping_of(document, title=_title(dataset), breach_date=_breach_date(dataset))


def parse_unpublished_mapping(text: str) -> SourceMapping:
    """Read the mapping of a file that is looked at and not published: without title and date.

    Raises:
        InvalidMapping: as `parse_mapping`, but that both may be missing, and are not read.
    """
    return _mapping_of(_document(text), title="", breach_date=date.min)


def _mapping_of(document: Mapping[str, Any], *, title: str, breach_date: date) -> SourceMapping:
    source, dataset = _source(document), _section(document, "dataset")
    _check_keys("[dataset]", dataset, _DATASET_KEYS)
    fields = _fields(document, source, dataset)
    schemes = offered_schemes(dataset, fields)
    check_inputs(schemes, fields)
    scope = _columns_of(document, "scope", _SCOPE_KEYS)
    form = parse_source_settings(source)
    if not form.has_header:
        _check_positions("fields", fields)
        _check_positions("scope", scope)
    return SourceMapping(
        sha256=_digest(document),
        source=form,
        fields=fields,
        title=title,
        breach_date=breach_date,
        schemes=schemes,
        public_schemes=public_schemes(dataset, schemes),
        scope=scope,
    )


@dataclass(frozen=True, slots=True)
class ListMapping:
    """What a mapping says of a laboratory's own list.

    Args:
        source: its columns; of [dataset], which a list need not have, only schemes and variants
            count.
        recipient: the section [recipient] as it stands, empty where there is none.
    """

    source: SourceMapping
    recipient: Mapping[str, Any]


def parse_list_mapping(text: str) -> ListMapping:
    """Read the mapping of a list that is checked, which is no leak and has no title.

    Raises:
        InvalidMapping: as `parse_mapping`.
    """
    document = dict(_document(text, _LIST_SECTIONS))
    recipient = _section(document, "recipient")
    document.pop("recipient", None)
    return ListMapping(_mapping_of(document, title="", breach_date=date.min), recipient)


def _digest(document: Mapping[str, Any]) -> bytes:
    # What TOML has and JSON has not is dates, which are told as texts.
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).digest()


def parse_source(text: str) -> SourceSettings:
    """Read only what a mapping says in [source]; the rest of it may be missing, or wrong.

    Raises:
        InvalidMapping: the text is no TOML, or [source] has something unknown.
    """
    return parse_source_settings(_source(_document(text, _LIST_SECTIONS)))


def _document(text: str, sections: Sequence[str] = _SECTIONS) -> Mapping[str, Any]:
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as exc:
        raise InvalidMapping(f"the mapping is not TOML: {exc}") from exc
    _check_keys("the mapping", document, sections)
    return document


def _source(document: Mapping[str, Any]) -> Mapping[str, Any]:
    source = _section(document, "source")
    _check_keys("[source]", source, _SOURCE_KEYS)
    return source


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
        raise InvalidMapping(
            "title in [dataset] is missing, or no text of 1 to 200 characters",
            hint='it is what patients read: title = "…"',
        )
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
    return {
        field: parse_columns(name, field, value, is_identifying=name == "fields")
        for field, value in section.items()
    }


def _fields(
    document: Mapping[str, Any], source: Mapping[str, Any], dataset: Mapping[str, Any]
) -> Mapping[str, Columns]:
    """Read the identifying fields, with what [source] and [dataset] say for all of them."""
    empty = parse_empty("[source]", source)
    variants = parse_variants("[dataset]", dataset)
    return {
        field: replace(
            columns,
            empty=columns.empty | empty,
            variants=variants if columns.variants is None else columns.variants,
        )
        for field, columns in _columns_of(document, "fields", FIELD_NAMES).items()
    }


def _check_positions(section: str, fields: Mapping[str, Columns]) -> None:
    for field, columns in fields.items():
        if any(isinstance(column, str) for column in columns.names):
            raise InvalidMapping(
                f"{field} in [{section}] has a column by name, but the source has no header",
                hint="write its position: 1 for the first column",
            )

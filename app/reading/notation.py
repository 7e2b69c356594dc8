"""How a mapping writes where a field stands: a column, a list of columns, or a table.

A table has `columns`, `join` or `constant`, and what else there is to say: formats of dates, what
means nothing, by which rules cells are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import InvalidField, InvalidMapping
from app.identity.dates import (
    ISO_FORMAT,
    check_date_format,
    check_file_date_format,
    possible_birth_dates,
)
from app.reading.columns import Column, Columns
from app.reading.variants.rules import RULES, rules_for

_DATE_FIELDS = ("birth_date", "exam_date")
_EXAMPLE = 'for example "NOM", or 3 for the third, or ["NOM", "NOM_JF"]'


def parse_columns(section: str, field: str, value: object, *, is_identifying: bool) -> Columns:
    """Read what a mapping says about one field.

    Args:
        section: the mapping's section, for what is said about faults.
        field: the field's name.
        value: a column, a list of columns, or a table.
        is_identifying: the field is of an identifier: it has variants, and no constant.

    Raises:
        InvalidMapping: with the section, the field and the fault.
    """
    where = f"{field} in [{section}]"
    table = value if isinstance(value, dict) else {"columns": value}
    _check_table(where, table, _keys(field, table, is_identifying=is_identifying))
    is_joined = "join" in table
    constant = _constant(where, table)
    formats = _formats(where, field, table, is_identifying=is_identifying)
    if constant is not None:
        _check_constant(where, constant, formats)
    listed = table.get("join") if is_joined else table.get("columns")
    return Columns(
        names=() if constant is not None else _names(where, listed, is_joined=is_joined),
        formats=formats,
        is_joined=is_joined,
        separator=_separator(where, table),
        empty=parse_empty(where, table),
        variants=parse_variants(where, table, field),
        constant=constant,
    )


def _keys(field: str, table: Mapping[str, Any], *, is_identifying: bool) -> tuple[str, ...]:
    keys = ["columns", "join", "empty"]
    keys += ["variants"] if is_identifying else ["constant"]
    keys += ["formats"] if field in _DATE_FIELDS else []
    keys += ["separator"] if "join" in table else []
    return tuple(keys)


def _check_table(where: str, table: Mapping[str, Any], keys: Sequence[str]) -> None:
    for key in table:
        if key == "constant" and key not in keys:
            raise InvalidMapping(
                f"{where} is a constant, which would identify nobody",
                hint="a constant can stand for a field of [scope]",
            )
        if key not in keys:
            raise InvalidMapping(f"{where} has no {key!r}", hint=f"it can have {', '.join(keys)}")
    places = [key for key in ("columns", "join", "constant") if key in table]
    if len(places) != 1:
        raise InvalidMapping(
            f"{where} must have one of columns and join, and not several",
            hint='for example { columns = ["NOM"] }',
        )


def _names(where: str, value: object, *, is_joined: bool) -> tuple[Column, ...]:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(map(_is_column, listed)) or len(set(listed)) != len(listed):
        raise InvalidMapping(
            f"{where} is no column, nor a list of different columns", hint=_EXAMPLE
        )
    if is_joined and len(listed) == 1:
        raise InvalidMapping(f"join of {where} is one column only", hint='join = ["AA", "MM"]')
    return tuple(listed)


def _is_column(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return value > 0 if isinstance(value, int) else isinstance(value, str) and value != ""


def _constant(where: str, table: Mapping[str, Any]) -> str | None:
    constant = table.get("constant")
    if "constant" in table and (not isinstance(constant, str) or not constant.strip()):
        raise InvalidMapping(f"constant of {where} is no text", hint='for example "56"')
    return constant


def _separator(where: str, table: Mapping[str, Any]) -> str:
    separator = table.get("separator", " ")
    if not isinstance(separator, str):
        raise InvalidMapping(f"separator of {where} is no text", hint='for example "/"')
    return separator


def _formats(
    where: str, field: str, table: Mapping[str, Any], *, is_identifying: bool
) -> tuple[str, ...]:
    if field not in _DATE_FIELDS:
        return ()
    formats = parse_texts(f"formats of {where}", table.get("formats", [ISO_FORMAT]))
    # Two centuries are two spellings of one person; an examination has one date.
    check = check_file_date_format if is_identifying else check_date_format
    for date_format in formats:
        try:
            check(date_format)
        except InvalidMapping as exc:
            raise InvalidMapping(f"{where}: {exc.message}", hint=exc.hint) from exc
    return formats


def _check_constant(where: str, constant: str, formats: Sequence[str]) -> None:
    if not formats:
        return
    try:
        possible_birth_dates(constant, formats=formats)
    except InvalidField as exc:
        raise InvalidMapping(
            f"constant of {where} is no date in its formats", hint=f"reason: {exc.reason}"
        ) from None


def parse_empty(where: str, table: Mapping[str, Any]) -> frozenset[str]:
    """Read which values mean nothing, in upper case.

    Raises:
        InvalidMapping: it is no list of texts.
    """
    if "empty" not in table:
        return frozenset()
    words = parse_texts(f"empty of {where}", table["empty"])
    return frozenset(word.strip().upper() for word in words)


def parse_variants(
    where: str, table: Mapping[str, Any], field: str | None = None
) -> tuple[str, ...] | None:
    """Read by which rules cells are read in more than one way; None where nothing is said.

    Args:
        where: for what is said about faults.
        table: the field's, or the section of the dataset.
        field: whose rules they must be, or None for any rule.

    Raises:
        InvalidMapping: there is no such rule, or it is another field's.
    """
    if "variants" not in table:
        return None
    known = tuple(RULES) if field is None else tuple(rule.name for rule in rules_for(field))
    listed = table["variants"]
    chosen = () if listed == [] else parse_texts(f"variants of {where}", listed)
    if not set(chosen) <= set(known):
        raise InvalidMapping(
            f"variants of {where} has one that is not there",
            hint=f"there are {', '.join(known)}" if known else "this field has none",
        )
    return chosen


def parse_texts(where: str, value: object) -> tuple[str, ...]:
    """Read a list of texts that is not empty.

    Raises:
        InvalidMapping: it is something else.
    """
    if not isinstance(value, list) or not value or not all(isinstance(v, str) and v for v in value):
        raise InvalidMapping(f"{where} is not a list of texts", hint='for example ["NC"]')
    return tuple(value)

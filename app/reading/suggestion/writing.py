"""A suggested mapping as TOML, each guess below the shares that speak for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.errors import InvalidSource
from app.identity.schemes import SCHEMES
from app.reading.sample import Look, Sample, take_sample
from app.reading.sources.settings import (
    AUTO,
    DELIMITED,
    MYSQL,
    NDJSON,
    POSTGRESQL,
    XLSX,
    SourceSettings,
)
from app.reading.suggestion.dates import guess_birth_date
from app.reading.suggestion.identifiers import (
    guess_email,
    guess_given_name,
    guess_nir,
    guess_phone,
    guess_surname,
)
from app.reading.suggestion.recognition import nirs_of
from app.reading.suggestion.scope import guess_scope
from app.reading.suggestion.table import Guess, Table, toml_text

_RECIPIENT_LINES = (
    "",
    "# How people can be told, by your own columns; all are optional.",
    "# [recipient]",
    '# name = ["PRENOM", "NOM"]',
    '# address = ["ADRESSE"]',
    '# postcode = "CP"',
    '# town = "VILLE"',
    '# email = "EMAIL"',
    '# phone = "TEL"',
)


def suggest_mapping(look: Look, settings: SourceSettings) -> str:
    """Return a mapping for a source, guessed from its first rows.

    Args:
        look: opens the source.
        settings: what is known of its form.

    Raises:
        InvalidSource: it cannot be read, has no row, or its columns make up no identifier.
        InvalidMapping: there are several members, or tables, of which `settings` names none.
    """
    return suggest_for(take_sample(look, settings))


def suggest_for(sample: Sample) -> str:
    """Return a mapping guessed from the first rows of a source; as `suggest_mapping`."""
    table = Table(sample)
    fields = _fields(table)
    _check_useful(fields, len(sample.rows))
    taken = {position for guess in fields for position in guess.positions}
    return "\n".join(_lines(sample, table, fields, guess_scope(table, taken))) + "\n"


def suggest_list_mapping(look: Look, settings: SourceSettings) -> str:
    """Return a mapping for a laboratory's own list; as `suggest_mapping`.

    How its people can be told is left to who knows the columns.
    """
    sample = take_sample(look, settings)
    table = Table(sample)
    fields = _fields(table)
    _check_useful(fields, len(sample.rows))
    return "\n".join([*_identifying_lines(sample, table, fields), *_RECIPIENT_LINES]) + "\n"


def _fields(table: Table) -> list[Guess]:
    nir = guess_nir(table)
    nirs = nirs_of(table.cells(nir.positions[0])) if nir else []
    birth_date, email, phone = guess_birth_date(table, nirs), guess_email(table), guess_phone(table)
    given_name = guess_given_name(table)
    surname = guess_surname(table, email, given_name.positions if given_name else ())
    return [g for g in (nir, birth_date, surname, given_name, email, phone) if g is not None]


def _check_useful(fields: Sequence[Guess], rows: int) -> None:
    """Refuse a source in which no identifier is whole: there is no mapping that could be used."""
    found = [guess.field for guess in fields]
    if any(all(field in found for field in scheme.fields) for scheme in SCHEMES.values()):
        return
    alone = f"there may be {', '.join(found)}, which identify nobody; " if found else ""
    raise InvalidSource(
        f"nothing in the first {rows:,} rows looks like what identifies people",
        hint=f"{alone}is this the right file, and text that can be read?",
    )


def _lines(
    sample: Sample,
    table: Table,
    fields: Sequence[Guess],
    scope: Sequence[Guess],
) -> Iterator[str]:
    yield from _identifying_lines(sample, table, fields, "Check every line, and fill in [dataset].")
    yield "\n[dataset]"
    yield "# What patients read, and the day of the leak: nobody can guess them, so fill both in."
    yield '# title = "…"'
    yield "# breach_date = 2021-02-23"
    if scope:
        yield "\n[scope]"
        yield "# Counted for the scope report, and never kept."
    for guess in scope:
        yield from _guess_lines(table, guess)


def _identifying_lines(
    sample: Sample, table: Table, fields: Sequence[Guess], advice: str = "Check every line."
) -> Iterator[str]:
    """Yield how the source is read, and where the identifiers stand."""
    yield f"# A guess from the first {len(sample.rows):,} rows. Shares are of the cells that hold"
    yield f"# something; no value of the source is shown. {advice}"
    yield "\n[source]"
    yield from _source_lines(sample.source)
    yield "\n[fields]"
    for guess in fields:
        yield from _guess_lines(table, guess)
    missing = {f for scheme in SCHEMES.values() for f in scheme.fields} - {g.field for g in fields}
    if missing:
        yield f"\n# Not found: {', '.join(sorted(missing))}."


def _source_lines(source: SourceSettings) -> Iterator[str]:
    """Yield how the source is read: what was found out, and what somebody said."""
    said = SourceSettings()
    yield f"format = {toml_text(source.format)}"
    if source.format in (DELIMITED, NDJSON, POSTGRESQL, MYSQL):
        yield f"encoding = {toml_text(source.encoding)}"
    if source.format == DELIMITED and source.delimiter != AUTO:
        yield f"delimiter = {toml_text(source.delimiter)}"
    if (source.quote, source.escape) != (said.quote, said.escape):
        yield f"quote = {toml_text(source.quote)}"
        yield f"escape = {toml_text(source.escape)}"
    if source.member:
        yield f"member = {toml_text(source.member)}"
    if source.sheet:
        yield f"sheet = {toml_text(source.sheet)}"
    elif source.format == XLSX:
        yield '# The first sheet is read; any other has to be named: sheet = "…".'
    if source.table:
        yield "# Rows of other tables, if the dump has any, are not read."
        yield f"table = {toml_text(source.table)}"
    if not source.has_header:
        yield "# The first row does not seem to name the columns, so they are counted from 1."
        yield "header = false"


def _guess_lines(table: Table, guess: Guess) -> Iterator[str]:
    yield ""
    for note in guess.notes:
        yield f"# {note}"
    columns = [_column(table, position) for position in guess.positions]
    listed = f"[{', '.join(columns)}]"
    parts = [f"join = {listed}" if guess.is_joined else f"columns = {listed}"]
    if guess.formats:
        parts.append(f"formats = [{', '.join(map(toml_text, guess.formats))}]")
    if len(parts) == 1 and not guess.is_joined:
        yield f"{guess.field} = {columns[0] if len(columns) == 1 else listed}"
    else:
        yield f"{guess.field} = {{ {', '.join(parts)} }}"


def _column(table: Table, position: int) -> str:
    """Return a column's name where it has one of its own, else its position."""
    name = table.names[position]
    is_sole = bool(name) and list(table.names).count(name) == 1
    return toml_text(name) if is_sole else str(position + 1)

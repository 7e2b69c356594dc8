"""By which schemes the rows of a source can be found, and which of them are for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from app.errors import InvalidMapping, UnknownScheme
from app.identity.schemes import SCHEMES, scheme_named
from app.reading.columns import Columns
from app.reading.notation import parse_texts

# The most inputs that one row may give. A woman with two surnames in each of two columns, several
# given names, a year of two digits and four telephones gives some thirty; what gives twice that is
# no person's row. At 20 ms each, 64 are more than a second.
ROW_INPUTS_MAXIMUM = 64


def offered_schemes(dataset: Mapping[str, Any], fields: Mapping[str, Columns]) -> tuple[str, ...]:
    """Return the schemes that are named, or all that the mapped fields suffice for.

    Args:
        dataset: the section [dataset].
        fields: the mapped ones.

    Raises:
        InvalidMapping: one is unknown, there twice, or lacks a field; or there is none.
    """
    default = [s.name for s in SCHEMES.values() if all(field in fields for field in s.fields)]
    names = dataset.get("schemes", default)
    if names == []:
        raise InvalidMapping("[fields] has not all the fields of any scheme", hint=_scheme_hint())
    chosen = parse_texts("schemes in [dataset]", names)
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


def public_schemes(dataset: Mapping[str, Any], schemes: Sequence[str]) -> tuple[str, ...]:
    """Return those that everybody may ask by.

    By default what protocol §2 says: `nir-dob`, or `nir` where there are no birth dates.

    Raises:
        InvalidMapping: one is not among the schemes that are offered.
    """
    default = [name for name in ("nir-dob", "nir") if name in schemes][:1]
    names = dataset.get("public_schemes", default)
    chosen = parse_texts("public_schemes in [dataset]", names) if names != [] else ()
    for name in chosen:
        if name not in schemes:
            raise InvalidMapping(
                "public_schemes in [dataset] has one that schemes has not",
                hint=f"schemes has {', '.join(schemes)}",
            )
    return chosen


def check_inputs(schemes: Sequence[str], fields: Mapping[str, Columns]) -> None:
    """Check that what a row gives as it stands can be taken: it is never cut.

    Raises:
        InvalidMapping: it can be more than `ROW_INPUTS_MAXIMUM`.
    """
    inputs = sum(
        prod(fields[field].values_maximum for field in scheme_named(name).fields)
        for name in schemes
    )
    if inputs > ROW_INPUTS_MAXIMUM:
        raise InvalidMapping(
            f"[fields] gives up to {inputs} identifiers a row, more than {ROW_INPUTS_MAXIMUM}",
            hint="name fewer columns for one field, or fewer schemes in [dataset]",
        )


def _scheme_hint() -> str:
    return "; ".join(f"{s.name} needs {', '.join(s.fields)}" for s in SCHEMES.values())

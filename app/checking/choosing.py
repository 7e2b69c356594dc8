"""Which schemes of a list are asked, and what of a client's rights a refusal is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.checking.ports import Allowance
from app.errors import InvalidInput, ServerRefused, Unavailable
from app.protocol.parameters import DatasetParameters
from app.reading.mapping import SourceMapping

# What no pause changes, and what only the client's own rights are the reason of.
_RIGHTS = {
    "credential-refused": "the credential is refused",
    "quota-exhausted": "the quota is spent",
    "scheme-not-permitted": "the credential does not allow it any more",
    "role-not-permitted": "the credential is not a laboratory's",
}
_UNAUTHORISED = 401


@dataclass(frozen=True, slots=True)
class Asked:
    """Which schemes are asked, and why the others are not.

    Args:
        schemes: in the order of the protocol.
        left_out: each with the reason.
    """

    schemes: tuple[str, ...]
    left_out: Mapping[str, str]


def choose(
    dataset: DatasetParameters,
    mapping: SourceMapping,
    chosen: tuple[str, ...],
    granted: Mapping[str, Allowance],
) -> Asked:
    """Choose the schemes: those that the list has, the dataset offers, the client may ask.

    Args:
        dataset: what it offers now.
        mapping: of the list.
        chosen: those to keep to; none for all.
        granted: what the client may ask.

    Raises:
        InvalidInput: a chosen one cannot be asked, or none at all can.
    """
    left_out: dict[str, str] = {}
    for scheme in dict.fromkeys((*mapping.schemes, *chosen)):
        if scheme not in mapping.schemes:
            left_out[scheme] = "the mapping of the list does not have its fields"
        elif scheme not in dataset.schemes:
            left_out[scheme] = "the dataset does not offer it"
        elif scheme not in granted:
            left_out[scheme] = "the credential does not allow it"
        elif chosen and scheme not in chosen:
            left_out[scheme] = "not chosen"
    schemes = tuple(s for s in mapping.schemes if s not in left_out)
    if missing := [s for s in chosen if s not in schemes]:
        raise InvalidInput(f"{missing[0]} cannot be asked: {left_out[missing[0]]}")
    if not schemes:
        told = "; ".join(f"{scheme}: {why}" for scheme, why in left_out.items())
        raise InvalidInput("nothing of this list can be asked", hint=told)
    return Asked(schemes, left_out)


def as_begun(asked: Asked, begun: tuple[str, ...]) -> Asked:
    """Return the schemes that the run was begun with, whatever can be asked by now."""
    left_out = {s: why for s, why in asked.left_out.items() if s not in begun}
    newly = {s: "the run was begun without it" for s in asked.schemes if s not in begun}
    return Asked(begun, left_out | newly)


def check_offered(asked: Asked, dataset: DatasetParameters) -> None:
    """Check that what the run was begun with can still be asked: half of it would be no answer."""
    if gone := [scheme for scheme in asked.schemes if scheme not in dataset.schemes]:
        raise Unavailable(
            f"the dataset does not offer {', '.join(gone)} any more",
            hint="remove the state to begin anew without it",
        )


def is_of_rights(refusal: ServerRefused) -> bool:
    """Tell whether it is the client that may not ask, so that somebody has to be called."""
    return refusal.slug in _RIGHTS or refusal.status == _UNAUTHORISED


def call(contact: str) -> str:
    """Return whom to call, for a person: whom the server names, or who gave the credential."""
    return f"call {contact or 'whoever gave you the credential'}"


def stopped_by(refusal: ServerRefused) -> str:
    """Return what ended a client's rights, for a person."""
    return _RIGHTS.get(refusal.slug, _RIGHTS["credential-refused"])

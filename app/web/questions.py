"""What a request may say, in its body, its path and its query: checked before anything is done."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.identity.schemes import FIELD_NAMES
from app.web.schemas import PASCAL, example

FIELD_CHARACTERS_MAXIMUM = 256
# Enough for a lab's largest batch; how many are allowed is the use case's business.
_BLINDED_MAXIMUM = 4096

_Text = Annotated[str, Field(max_length=FIELD_CHARACTERS_MAXIMUM)]


class LookupBody(BaseModel):
    """One identifier, in clear: the scheme, and exactly the scheme's fields."""

    model_config = example(scheme="nir-dob", nir="1 85 05 56 950 048 46", birth_date="1985-05-12")

    scheme: _Text
    nir: _Text | None = None
    birth_date: _Text | None = None
    surname: _Text | None = None
    given_name: _Text | None = None
    email: _Text | None = None
    phone: _Text | None = None

    def fields(self) -> dict[str, str]:
        """Return the fields that were sent, by name."""
        values = ((name, getattr(self, name)) for name in FIELD_NAMES)
        return {name: value for name, value in values if value is not None}


class EvaluationBody(BaseModel):
    """Blinded elements: 32 bytes each, base64url without padding."""

    model_config = example(blinded=["pgTZjo7SrM9M01-RYzfCgP0prkLH6aQhrx72XoJ-hhQ"])

    blinded: Annotated[list[str], Field(min_length=1, max_length=_BLINDED_MAXIMUM)]


class SignInBody(BaseModel):
    """Whatever was typed as a credential: what it is worth, one place tells, and nothing before."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    credential: Annotated[str, Field(max_length=256)]


class DatasetPath(BaseModel):
    """Which dataset."""

    model_config = ConfigDict(hide_input_in_errors=True)

    dataset: _Text


class ReportFilePath(DatasetPath):
    """Which file of which dataset's scope report."""

    file: _Text


class SchemePath(DatasetPath):
    """Which dataset, by which scheme."""

    scheme: _Text


class RangesQuestion(SchemePath):
    """All ranges, of which epoch."""

    epoch: int


class RangeQuestion(SchemePath):
    """Which range, of which epoch."""

    prefix: int
    epoch: int


class BreachPath(BaseModel):
    """Which breach, by its name."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: _Text


class BreachesQuestion(BaseModel):
    """Which breaches; in a parameter's name, cases are not told apart."""

    model_config = PASCAL

    domain: _Text | None = None
    is_spam_list: bool | None = None

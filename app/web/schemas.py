"""Request bodies, and the shapes of replies for the API's description.

Replies are written by `protocol.messages`; the models here only describe them.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from app.identity.schemes import FIELD_NAMES

BINARY_MEDIA_TYPE = "application/octet-stream"
BINARY_REPLY = {
    "description": "8 bytes an entry, each range ascending",
    "content": {BINARY_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}
FILE_REPLY = {
    "description": "The file, to be kept",
    "content": {
        media_type: {"schema": {"type": "string", "format": "binary"}}
        for media_type in ("text/csv", "text/html", "application/pdf")
    },
}
SIGNED_REPLY = {
    "description": "A compact JWS",
    "content": {"application/jose": {"schema": {"type": "string"}}},
}
FIELD_CHARACTERS_MAXIMUM = 256
# Enough for a lab's largest batch; how many are allowed is the use case's business.
_BLINDED_MAXIMUM = 4096

_Text = Annotated[str, Field(max_length=FIELD_CHARACTERS_MAXIMUM)]


def _example(**example: Any) -> ConfigDict:
    return ConfigDict(
        extra="forbid", hide_input_in_errors=True, json_schema_extra={"examples": [example]}
    )


# As Have I Been Pwned's API v3 spells its fields.
_PASCAL = ConfigDict(alias_generator=to_pascal, hide_input_in_errors=True)


class LookupBody(BaseModel):
    """One identifier, in clear: the scheme, and exactly the scheme's fields."""

    model_config = _example(scheme="nir-dob", nir="1 85 05 56 950 048 46", birth_date="1985-05-12")

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

    model_config = _example(blinded=["pgTZjo7SrM9M01-RYzfCgP0prkLH6aQhrx72XoJ-hhQ"])

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

    model_config = _PASCAL

    domain: _Text | None = None
    is_spam_list: bool | None = None


class LookupReply(BaseModel):
    """Yes or no; filled up with spaces so that both are equally long."""

    model_config = _example(dataset="demo", scheme="nir-dob", epoch=1, exposed=True)

    dataset: str
    scheme: str
    epoch: int
    exposed: bool


class EvaluationReply(BaseModel):
    """As many elements as were sent, in the same order, and one proof for all of them."""

    model_config = _example(
        epoch=1,
        evaluated=["ZFvg8NJtWgccU6GyRaZxDXAkPFhESAkP3E7AHQ6w7g0"],
        proof="7xcNIfUSOvtpn1IUe2JEN8GT25qpiZRyJbv4fXP2WQr"
        "uQzgpD6HkVZJjibKcH_LNuT4bU9L2CCZLUDfttnE9Aw",
    )

    epoch: int
    evaluated: list[str]
    proof: str


class ParametersReply(BaseModel):
    """What a client must agree with before it asks anything."""

    model_config = _example(
        protocol=1,
        suite="ristretto255-SHA512",
        mode="VOPRF",
        normalisation=1,
        stretch_salt="AAECAwQFBgcICQoLDA0ODw",
    )

    protocol: int
    suite: str
    mode: str
    normalisation: int
    stretch_salt: str


class DatasetSummary(BaseModel):
    """One published dataset."""

    model_config = _example(
        dataset="demo",
        title="Fuite inventée (made-up leak)",
        breach_date="2021-02-23",
        published_at="2026-01-02T03:04:05+00:00",
        ends_on="2027-01-02",
        epoch=1,
        rows=491840,
        public_schemes=["nir-dob"],
    )

    dataset: str
    title: str
    breach_date: str
    published_at: str
    ends_on: str
    epoch: int
    rows: int
    public_schemes: list[str]


class DatasetsReply(BaseModel):
    """Every published dataset."""

    datasets: list[DatasetSummary]


class StretchParameters(BaseModel):
    """The cost of one input."""

    algorithm: str
    version: int
    memory_kib: int
    iterations: int
    parallelism: int
    length: int


class SchemeReply(BaseModel):
    """One scheme of a dataset; `commitment` is null below 1,000 entries."""

    epoch: int
    public: bool
    public_key: str
    prefix_bits: int
    range_length: int
    entries: int
    rows: int
    commitment: str | None
    stretch: StretchParameters


class DatasetReply(DatasetSummary):
    """One dataset with everything a client needs to ask it."""

    model_config = ConfigDict(json_schema_extra={})

    rows_rejected: int
    schemes: dict[str, SchemeReply]
    coverage: dict[str, float]


class GrantReply(BaseModel):
    """How many distinct blinded elements a client may have evaluated, and has had."""

    quota: int
    spent: int


class ClientReply(BaseModel):
    """Whose credential it is; `expires_on` is the first day on which it is refused, UTC."""

    model_config = _example(
        person="Claire Martin",
        organisation="Laboratoire inventé",
        role="lab",
        expires_on="2026-12-31",
        schemes={"nir-dob": {"quota": 110000, "spent": 8192}},
    )

    person: str
    organisation: str
    role: str
    expires_on: str
    schemes: dict[str, GrantReply]


class BreachReply(BaseModel):
    """One dataset, named and typed as Have I Been Pwned's API v3 does it."""

    model_config = _PASCAL | _example(
        Name="demo",
        Title="Fuite inventée (made-up leak)",
        Domain="",
        BreachDate="2021-02-23",
        AddedDate="2026-01-02T03:04:05Z",
        ModifiedDate="2026-01-02T03:04:05Z",
        PwnCount=489838,
        Description="This file is made up.",
        LogoPath="",
        Attribution=None,
        DisclosureUrl=None,
        DataClasses=["Dates of birth", "Social security numbers"],
        IsVerified=False,
        IsFabricated=False,
        IsSensitive=True,
        IsRetired=False,
        IsSpamList=False,
        IsMalware=False,
        IsSubscriptionFree=False,
        IsStealerLog=False,
    )

    name: str
    title: str
    domain: str
    breach_date: str
    added_date: str
    modified_date: str
    pwn_count: int
    description: str
    logo_path: str
    attribution: str | None
    disclosure_url: str | None
    data_classes: list[str]
    is_verified: bool
    is_fabricated: bool
    is_sensitive: bool
    is_retired: bool
    is_spam_list: bool
    is_malware: bool
    is_subscription_free: bool
    is_stealer_log: bool


class HealthReply(BaseModel):
    """The process is there."""

    model_config = _example(status="ok")

    status: str


class ProblemReply(BaseModel):
    """Why there is no answer (RFC 9457). No problem ever means "not exposed"."""

    model_config = _example(
        type="urn:concerne:problem:invalid-field",
        title="A field is refused",
        status=422,
        detail="the two-digit key does not match; check the number",
        field="nir",
        reason="key",
    )

    type: str
    title: str
    status: int
    detail: str
    hint: str | None = None
    field: str | None = None
    reason: str | None = None


class KeyReply(BaseModel):
    """A public key (JWK)."""

    kty: str
    crv: str
    x: str
    kid: str
    alg: str
    use: str


class KeysReply(BaseModel):
    """Public keys (JWK set)."""

    keys: list[KeyReply]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problem documents that a route can answer with."""
    content = {"application/problem+json": {"schema": ProblemReply.model_json_schema()}}
    return {status: {"description": "Problem", "content": content} for status in statuses}

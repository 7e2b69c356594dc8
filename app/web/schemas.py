"""The shapes of replies, for the API's description: `protocol.messages` writes them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

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
# As Have I Been Pwned's API v3 spells its fields.
PASCAL = ConfigDict(alias_generator=to_pascal, hide_input_in_errors=True)


def example(**shown: Any) -> ConfigDict:
    """Configure a model that takes nothing else, with one example of it in the description."""
    return ConfigDict(
        extra="forbid", hide_input_in_errors=True, json_schema_extra={"examples": [shown]}
    )


class LookupReply(BaseModel):
    """Yes or no; filled up with spaces so that both are equally long."""

    model_config = example(dataset="demo", scheme="nir-dob", epoch=1, exposed=True)

    dataset: str
    scheme: str
    epoch: int
    exposed: bool


class EvaluationReply(BaseModel):
    """As many elements as were sent, in the same order, and one proof for all of them."""

    model_config = example(
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

    model_config = example(
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

    model_config = example(
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

    model_config = example(
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

    model_config = PASCAL | example(
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

    model_config = example(status="ok")

    status: str


class ProblemReply(BaseModel):
    """Why there is no answer (RFC 9457). No problem ever means "not exposed"."""

    model_config = example(
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
    contact: str | None = None
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

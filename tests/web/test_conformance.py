"""Whatever is sent, the API answers as its own description says, and never with a fault."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.crypto import oprf
from app.encoding import to_base64url
from app.identity.nir import nir_key
from tests.clients.examples import issued, new_client
from tests.conftest import Leak
from tests.serving import serving_settings

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/v1/parameters"),
    ("GET", "/v1/datasets"),
    ("GET", "/v1/datasets/{dataset}"),
    ("GET", "/v1/datasets/{dataset}/scope"),
    ("POST", "/v1/datasets/{dataset}/lookups"),
    ("POST", "/v1/datasets/{dataset}/schemes/{scheme}/evaluations"),
    ("GET", "/v1/datasets/{dataset}/schemes/{scheme}/ranges/{prefix}"),
    ("GET", "/v1/datasets/{dataset}/schemes/{scheme}/ranges"),
    ("GET", "/v1/datasets/{dataset}/scope/{file}"),
    ("GET", "/v1/client"),
    ("GET", "/api/v3/breaches"),
    ("GET", "/api/v3/breach/{name}"),
    ("GET", "/api/v3/dataclasses"),
    ("GET", "/api/v3/latestbreach"),
]

FILE = {"file": "source-1-sex.csv"}

UNHURRIED: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}

numbers = st.integers(10**12, 9 * 10**12 - 1)
nirs = numbers.map(lambda n: f"{n}{nir_key(str(n)):02}") | st.text(max_size=20)
dates = st.dates().map(str) | st.text(max_size=12)
elements = st.binary(max_size=40).map(lambda b: to_base64url(oprf.blind(b)[1]))


@pytest.fixture(scope="module")
def schema(leak: Leak) -> Iterator[Any]:
    with serving_settings(leak.settings()) as http:
        yield schemathesis.openapi.from_url(f"{http.base_url}/openapi.json")


def test_every_operation_is_tried(schema: Any) -> None:
    described = {(o.ok().method.upper(), o.ok().path) for o in schema.get_all_operations()}
    assert described == {*OPERATIONS, ("GET", "/healthz"), ("GET", "/readyz")}


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_the_api_is_as_described(schema: Any, method: str, path: str) -> None:
    """Made-up values by the description's types; half of them aimed at what is there."""
    cases = schema[path][method].as_strategy()

    @settings(max_examples=60, **UNHURRIED)
    @given(case=cases, is_aimed=st.booleans(), scheme=st.sampled_from(["nir-dob", "phone", "nir"]))
    def holds(case: Any, is_aimed: bool, scheme: str) -> None:
        if is_aimed and case.path_parameters:
            there = {"dataset": "demo", "name": "demo", "scheme": scheme, "prefix": 0} | FILE
            case.path_parameters = {n: there[n] for n in case.path_parameters}
        case.call_and_validate(checks=CHECKS)

    holds()


@pytest.fixture(scope="module")
def shown(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """The description, and a credential for two schemes whose quota is soon used up."""
    folder = tmp_path_factory.mktemp("conformance") / "data"
    shutil.copytree(leak.data, folder)
    credential = issued(folder, new_client(declared=20)).credential
    with serving_settings(leak.settings(data=folder)) as http:
        schema = schemathesis.openapi.from_url(f"{http.base_url}/openapi.json")
        yield schema, credential.text


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_the_api_is_as_described_for_a_client_too(
    shown: tuple[Any, str], method: str, path: str
) -> None:
    schema, credential = shown

    @settings(max_examples=40, **UNHURRIED)
    @given(case=schema[path][method].as_strategy(), scheme=st.sampled_from(["nir-dob", "phone"]))
    def holds(case: Any, scheme: str) -> None:
        if case.path_parameters:
            there = {"dataset": "demo", "name": "demo", "scheme": scheme, "prefix": 0} | FILE
            case.path_parameters = {n: there[n] for n in case.path_parameters}
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {credential}"})

    holds()


@settings(max_examples=100, **UNHURRIED)
@given(nir=nirs, birth_date=dates, blinded=st.lists(elements | st.text(max_size=50), max_size=9))
def test_plausible_values_never_make_a_fault(
    schema: Any, nir: str, birth_date: str, blinded: list[str]
) -> None:
    """Random text hardly ever has a key that matches; these do."""
    path = "/v1/datasets/{dataset}"
    bodies = {
        "/lookups": {"scheme": "nir-dob", "nir": nir, "birth_date": birth_date},
        "/schemes/{scheme}/evaluations": {"blinded": blinded},
    }
    for end, body in bodies.items():
        case = schema[path + end]["POST"].Case(
            path_parameters={"dataset": "demo", "scheme": "nir-dob"},
            body=body,
            media_type="application/json",
        )
        case.call_and_validate(checks=CHECKS)

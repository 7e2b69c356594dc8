"""The vectors that every implementation shares, before anything else."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import InvalidField
from app.identity.schemes import normalise_field, scheme_input, scheme_named
from tests.vectors import load

NORMALISE: list[dict[str, str]] = load("normalise-v1.json")["cases"]
PROTOCOL: list[dict[str, Any]] = load("protocol-v1.json")["cases"]


@pytest.mark.parametrize("case", [case for case in NORMALISE if "result" in case])
def test_accepted_values_normalise_as_the_vectors_say(case: dict[str, str]) -> None:
    assert normalise_field(case["field"], case["raw"]) == case["result"]


@pytest.mark.parametrize("case", [case for case in NORMALISE if "error" in case])
def test_refused_values_are_refused_for_the_reason_in_the_vectors(case: dict[str, str]) -> None:
    with pytest.raises(InvalidField) as caught:
        normalise_field(case["field"], case["raw"])
    assert (caught.value.field, caught.value.reason) == (case["field"], case["error"])


def test_every_normalisation_vector_says_what_is_to_come_out() -> None:
    assert all(("result" in case) != ("error" in case) for case in NORMALISE)


@pytest.mark.parametrize("case", PROTOCOL)
def test_fields_encode_to_the_input_bytes_in_the_vectors(case: dict[str, Any]) -> None:
    assert scheme_input(scheme_named(case["scheme"]), case["fields"]).hex() == case["input"]


@pytest.mark.parametrize("case", PROTOCOL)
def test_the_fields_in_the_protocol_vectors_are_normal_already(case: dict[str, Any]) -> None:
    for field, value in zip(scheme_named(case["scheme"]).fields, case["fields"], strict=True):
        assert normalise_field(field, value) == value

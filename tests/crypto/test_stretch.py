"""Argon2id, its profiles, and what a client refuses to compute."""

from __future__ import annotations

import pytest

from app.crypto.stretch import (
    INSECURE_TEST_ONLY,
    OWASP_19_MIB,
    PROFILES,
    RFC_9106_64_MIB,
    StretchProfile,
    check_client_accepts,
    stretch,
)
from app.errors import StretchRefused
from tests import vectors

VECTORS = vectors.load("protocol-v1.json")


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda c: c["scheme"])
def test_inputs_stretch_as_in_the_protocol_vectors(case: dict[str, str]) -> None:
    salt = bytes.fromhex(VECTORS["stretch"]["salt"])
    assert stretch(OWASP_19_MIB, salt, bytes.fromhex(case["input"])).hex() == case["stretched"]


def test_the_profiles_are_the_protocols() -> None:
    stated = VECTORS["stretch"]
    assert (OWASP_19_MIB.memory_kib, OWASP_19_MIB.iterations, OWASP_19_MIB.parallelism) == (
        stated["memory_kib"],
        stated["iterations"],
        stated["parallelism"],
    )
    assert StretchProfile(65536, 3, 1) == RFC_9106_64_MIB


def test_the_cheap_profile_is_named_so_that_nobody_takes_it_for_real() -> None:
    (name,) = [n for n, profile in PROFILES.items() if profile == INSECURE_TEST_ONLY]
    assert "insecure" in name
    assert "test" in name


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_client_computes_every_named_profile(profile: StretchProfile) -> None:
    check_client_accepts(profile)


@pytest.mark.parametrize(
    "profile",
    [
        StretchProfile(1024 * 1024 + 1, 1, 1),
        StretchProfile(19456, 11, 1),
        StretchProfile(19456, 1, 17),
    ],
    ids=["memory", "iterations", "parallelism"],
)
def test_a_client_refuses_a_cost_that_no_honest_server_asks(profile: StretchProfile) -> None:
    with pytest.raises(StretchRefused):
        check_client_accepts(profile)


@pytest.mark.parametrize(("m", "t", "p"), [(7, 1, 1), (8, 0, 1), (8, 1, 0), (15, 1, 2)])
def test_parameters_outside_rfc_9106_are_refused(m: int, t: int, p: int) -> None:
    with pytest.raises(StretchRefused):
        StretchProfile(m, t, p)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(StretchRefused):
        stretch(INSECURE_TEST_ONLY, b"short", b"x")

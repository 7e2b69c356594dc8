"""Every step of the protocol's own vectors, from fields to fingerprint and commitment."""

from __future__ import annotations

from typing import Any

import pytest

from app.crypto import oprf
from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey
from app.crypto.stretch import StretchProfile, stretch
from app.identity.schemes import scheme_input, scheme_named
from app.protocol.commitment import commitment, total_of_inputs
from app.protocol.fingerprints import Locator
from tests import vectors

VECTORS = vectors.load("protocol-v1.json")
CASES: list[dict[str, Any]] = VECTORS["cases"]
KEYS = {
    name: EvaluationKey(bytes.fromhex(pair["secret_key"])) for name, pair in VECTORS["keys"].items()
}


def test_the_loader_found_every_scheme() -> None:
    assert {case["scheme"] for case in CASES} == set(VECTORS["keys"])
    assert len(CASES) == 6


@pytest.mark.parametrize("name", KEYS)
def test_keys_derive_from_the_seed_and_the_name_of_the_index(name: str) -> None:
    derived = oprf.derive_key_pair(bytes.fromhex(VECTORS["seed"]), f"demo-2021/{name}".encode())
    assert derived.secret == KEYS[name].secret
    assert derived.public_key.hex() == VECTORS["keys"][name]["public_key"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['scheme']} {c['prefix']}")
def test_every_step_is_as_written(case: dict[str, Any]) -> None:
    stated = VECTORS["stretch"]
    profile = StretchProfile(stated["memory_kib"], stated["iterations"], stated["parallelism"])
    key = KEYS[case["scheme"]]

    encoded = scheme_input(scheme_named(case["scheme"]), case["fields"])
    assert encoded.hex() == case["input"]
    stretched = stretch(profile, bytes.fromhex(stated["salt"]), encoded)
    assert stretched.hex() == case["stretched"]
    assert oprf.hash_to_group(stretched).hex() == case["hashed_to_group"]

    blinding = group.decode_scalar(bytes.fromhex(case["blind"]))
    blinded = oprf.blind(stretched, blinding=blinding)[1]
    assert blinded.hex() == case["blinded"]
    nonce = group.decode_scalar(bytes.fromhex(case["proof_nonce"]))
    evaluation = oprf.blind_evaluate(key, [blinded], nonce=nonce)
    assert evaluation.elements[0].hex() == case["evaluated"]
    assert evaluation.proof.hex() == case["proof"]

    element = oprf.unblind(blinding, evaluation.elements[0])
    assert element.hex() == case["element"]
    location = Locator(case["dataset"], case["scheme"], case["prefix_bits"]).locate(element)
    assert (location.prefix, location.fingerprint.hex()) == (case["prefix"], case["fingerprint"])


def test_the_commitment_is_as_written_in_any_order() -> None:
    points = [group.decode_element(bytes.fromhex(case["hashed_to_group"])) for case in CASES]
    for order in (points, points[::-1]):
        assert commitment(group.sum_of(order)).hex() == VECTORS["commitment_of_all_cases"]


def test_the_commitment_follows_from_the_stored_elements() -> None:
    """Whatever the key, the sum of the elements gives the sum of the inputs."""
    points = [group.decode_element(bytes.fromhex(case["hashed_to_group"])) for case in CASES]
    key = EvaluationKey.generate()
    stored = group.sum_of(group.multiply(key.secret, point) for point in points)
    total = total_of_inputs(key, stored)
    assert commitment(total).hex() == VECTORS["commitment_of_all_cases"]
    assert total_of_inputs(key, group.IDENTITY_SUM) == group.IDENTITY_SUM

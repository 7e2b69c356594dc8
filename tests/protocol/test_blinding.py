"""Blinds that are a function of the question: the same for the same, and good for RFC 9497."""

from __future__ import annotations

import hashlib

import voprf.ristretto as other

from app.crypto import oprf
from app.crypto import ristretto255 as group
from app.crypto.stretch import Stretched
from app.protocol.blinding import BlindingKey
from app.protocol.client import Batch
from app.protocol.fingerprints import Locator
from app.protocol.messages import EvaluationAnswer
from tests.crypto.test_oprf import finalized
from tests.protocol.examples import publish

KEY = BlindingKey(bytes(range(32)))
INPUTS = [Stretched(hashlib.sha256(bytes([i])).digest()) for i in range(200)]


def test_the_same_question_has_the_same_blind_and_no_two_others_do() -> None:
    blinds = {KEY.scalar(scheme, each) for scheme in ("nir", "phone") for each in INPUTS}
    assert len(blinds) == 400
    assert KEY.scalar("nir", INPUTS[7]) == BlindingKey(bytes(range(32))).scalar("nir", INPUTS[7])
    assert KEY.scalar("nir", INPUTS[7]) != BlindingKey(bytes(32)).scalar("nir", INPUTS[7])


def test_blinds_are_reduced_evenly() -> None:
    """A reduced 512-bit number: each bit below the order's highest is set half of the time."""
    blinds = [int.from_bytes(KEY.scalar("nir", each), "little") for each in INPUTS]
    assert max(blinds) < group.ORDER
    for bit in range(0, 252, 9):
        share = sum(blind >> bit & 1 for blind in blinds) / len(blinds)
        assert 0.3 < share < 0.7


def test_another_implementation_evaluates_what_they_blinded() -> None:
    seed, info = bytes(range(32)), b"demo/phone"
    server = other.Evaluator.from_seed(seed, info)
    key = oprf.derive_key_pair(seed, info)
    parameters = publish(["0199000001"]).parameters
    batch = Batch.prepare("demo", parameters, INPUTS[:20], KEY)
    answer = server.evaluate_batch(
        [other.BlindedInput.deserialize(element) for element in batch.blinded]
    ).serialize()
    proof, rest = answer[: oprf.PROOF_BYTES], answer[oprf.PROOF_BYTES :]
    evaluated = [group.decode_element(rest[i : i + 32]) for i in range(0, len(rest), 32)]
    oprf.verify_proof(key.public_key, batch.blinded, evaluated, proof)
    unblinded = oprf.unblind_all(batch.blinds, evaluated)
    assert [finalized(i, e) for i, e in zip(INPUTS, unblinded, strict=False)] == [
        server.evaluate_known_input(i) for i in INPUTS[:20]
    ]


def test_a_batch_with_its_own_blinds_is_located_like_any_other() -> None:
    published = publish(["0199000001"])
    batch = Batch.prepare("demo", published.parameters, INPUTS, KEY)
    assert batch.blinded == Batch.prepare("demo", published.parameters, INPUTS, KEY).blinded
    assert batch.blinded != Batch.prepare("demo", published.parameters, INPUTS).blinded
    answer = EvaluationAnswer(1, oprf.blind_evaluate(published.key, batch.blinded))
    locator = Locator("demo", "phone", published.parameters.prefix_bits)
    expected = [locator.locate(oprf.evaluate(published.key, each)) for each in INPUTS]
    assert batch.receive(answer) == expected


def test_the_key_shows_itself_nowhere() -> None:
    assert bytes(range(32)).hex() not in repr(KEY)
    assert repr(bytes(range(32)))[2:20] not in repr(KEY)

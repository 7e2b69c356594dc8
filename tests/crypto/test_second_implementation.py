"""Our two parties against those of another RFC 9497 library (`voprf`, in Rust).

The other library shows no element, only RFC outputs, so outputs are compared: ours by hashing our
unblinded element as the RFC's Finalize does.
"""

from __future__ import annotations

import pytest
import voprf.ristretto as other

from app.crypto import oprf
from app.crypto import ristretto255 as group
from app.errors import ProofMismatch
from tests.crypto.test_oprf import finalized

SEED, INFO = bytes(range(32)), b"demo/nir-dob"
INPUTS = [bytes([i]) * 32 for i in range(1, 6)]


def test_both_derive_the_same_key_pair() -> None:
    theirs = other.Evaluator.from_seed(SEED, INFO)
    assert theirs.public_key.serialize() == oprf.derive_key_pair(SEED, INFO).public_key


def test_their_client_accepts_our_server() -> None:
    key = oprf.derive_key_pair(SEED, INFO)
    clients, messages = zip(*(other.Client.blind(list(i)) for i in INPUTS), strict=True)
    blinded = [group.decode_element(m.serialize()) for m in messages]
    evaluation = oprf.blind_evaluate(key, blinded)
    # Their wire format of a batch: the proof and then the elements.
    answer = other.VerifiableBatchOutput.deserialize(
        list(evaluation.proof + b"".join(evaluation.elements))
    )
    public_key = other.PublicKey.deserialize(bytes(key.public_key))
    outputs = other.Client.finalize_batch(list(clients), answer, public_key)
    assert outputs == [finalized(i, oprf.evaluate(key, i)) for i in INPUTS]


def test_our_client_accepts_their_server() -> None:
    server = other.Evaluator.from_seed(SEED, INFO)
    public_key = oprf.derive_key_pair(SEED, INFO).public_key
    blinds, blinded = zip(*(oprf.blind(i) for i in INPUTS), strict=True)
    answer = server.evaluate_batch(
        [other.BlindedInput.deserialize(element) for element in blinded]
    ).serialize()
    proof, rest = answer[: oprf.PROOF_BYTES], answer[oprf.PROOF_BYTES :]
    evaluated = [group.decode_element(rest[i : i + 32]) for i in range(0, len(rest), 32)]
    oprf.verify_proof(public_key, blinded, evaluated, proof)
    outputs = [
        finalized(i, oprf.unblind(b, e)) for i, b, e in zip(INPUTS, blinds, evaluated, strict=True)
    ]
    assert outputs == [server.evaluate_known_input(i) for i in INPUTS]


def test_our_client_refuses_their_server_with_another_key() -> None:
    server = other.Evaluator.from_seed(SEED, b"another key")
    blinded = oprf.blind(INPUTS[0])[1]
    answer = server.evaluate(other.BlindedInput.deserialize(blinded)).serialize()
    with pytest.raises(ProofMismatch):
        oprf.verify_proof(
            oprf.derive_key_pair(SEED, INFO).public_key,
            [blinded],
            [group.decode_element(answer[oprf.PROOF_BYTES :])],
            answer[: oprf.PROOF_BYTES],
        )

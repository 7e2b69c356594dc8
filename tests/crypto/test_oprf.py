"""RFC 9497 VOPRF with ristretto255-SHA512: the published vectors, the laws, every refusal."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import oprf
from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey, decode_public_key
from app.encoding import length_prefixed
from app.errors import (
    BatchMismatch,
    IdentityElement,
    InvalidElement,
    MalformedProof,
    ProofMismatch,
    ZeroProof,
)
from tests import vectors

SUITES = vectors.load("rfc9497-ristretto255-sha512-voprf.json")
SUITE = SUITES[0]
CASES: list[dict[str, Any]] = SUITE["vectors"]


def parts(text: str) -> list[bytes]:
    """Return the comma-separated hexadecimal values of one vector field."""
    return [bytes.fromhex(part) for part in text.split(",")]


def test_the_loader_found_the_one_suite_and_its_three_vectors() -> None:
    assert [(s["identifier"], s["mode"], len(s["vectors"])) for s in SUITES] == [
        ("ristretto255-SHA512", 1, 3)
    ]
    assert max(case["Batch"] for case in CASES) == 2


def test_the_key_pair_derives_as_published() -> None:
    key = oprf.derive_key_pair(bytes.fromhex(SUITE["seed"]), bytes.fromhex(SUITE["keyInfo"]))
    assert key.secret.hex() == SUITE["skSm"]
    assert key.public_key.hex() == SUITE["pkSm"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"batch of {c['Batch']}: {c['Input'][:8]}")
def test_every_published_vector_holds_step_by_step(case: dict[str, Any]) -> None:
    key = EvaluationKey(bytes.fromhex(SUITE["skSm"]))
    inputs, blinds = parts(case["Input"]), parts(case["Blind"])
    blinded = [
        oprf.blind(i, blinding=group.decode_scalar(b))[1]
        for i, b in zip(inputs, blinds, strict=True)
    ]
    assert blinded == parts(case["BlindedElement"])
    nonce = group.decode_scalar(bytes.fromhex(case["Proof"]["r"]))
    evaluation = oprf.blind_evaluate(key, blinded, nonce=nonce)
    assert list(evaluation.elements) == parts(case["EvaluationElement"])
    assert evaluation.proof.hex() == case["Proof"]["proof"]
    oprf.verify_proof(key.public_key, blinded, evaluation.elements, evaluation.proof)
    outputs = [
        finalized(i, oprf.unblind(group.decode_scalar(b), e))
        for i, b, e in zip(inputs, blinds, evaluation.elements, strict=True)
    ]
    assert outputs == parts(case["Output"])


def finalized(private_input: bytes, element: bytes) -> bytes:
    """RFC 9497 §3.3.1, the hash of Finalize, which only the vectors need."""
    return hashlib.sha512(
        length_prefixed(private_input) + length_prefixed(element) + b"Finalize"
    ).digest()


@settings(max_examples=25)
@given(st.binary(max_size=64))
def test_blinding_cancels_out(private_input: bytes) -> None:
    """A client that blinds gets the very element that the key holder computes on the input."""
    key = EvaluationKey.generate()
    blinding, blinded = oprf.blind(private_input)
    (evaluated,) = oprf.blind_evaluate(key, [blinded]).elements
    assert oprf.unblind(blinding, evaluated) == oprf.evaluate(key, private_input)


@settings(max_examples=25)
@given(st.binary(max_size=64))
def test_changing_the_key_needs_no_input(private_input: bytes) -> None:
    """Multiplying a stored element by k'/k gives what the new key makes of the input."""
    old, new = EvaluationKey.generate(), EvaluationKey.generate()
    stored = oprf.evaluate(old, private_input)
    assert oprf.rekey(oprf.rekey_ratio(old, new), stored) == oprf.evaluate(new, private_input)


class TestRefusals:
    """A peer that deviates is refused, each deviation by its own error."""

    key = EvaluationKey.generate()
    blinded = tuple(oprf.blind(bytes([i]))[1] for i in range(3))
    honest = oprf.blind_evaluate(key, blinded)

    def verify(self, elements: tuple[Any, ...], proof: bytes) -> None:
        oprf.verify_proof(self.key.public_key, self.blinded, elements, proof)

    def test_the_honest_answer_is_accepted(self) -> None:
        self.verify(self.honest.elements, self.honest.proof)

    def test_the_identity_is_refused(self) -> None:
        with pytest.raises(IdentityElement):
            group.decode_element(bytes(32))

    @pytest.mark.parametrize(
        "encoded",
        [
            # RFC 9496 appendix A.2: one of each kind of encoding that must be rejected.
            "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",  # non-canonical
            "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # non-canonical
            "0100000000000000000000000000000000000000000000000000000000000000",  # negative
            "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",  # not a square
            "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",  # negative xy
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # s = −1, y = 0
        ],
    )
    def test_a_non_canonical_encoding_is_refused(self, encoded: str) -> None:
        with pytest.raises(InvalidElement):
            group.decode_element(bytes.fromhex(encoded))

    @pytest.mark.parametrize("length", [0, 31, 33, 64])
    def test_an_encoding_of_another_length_is_refused(self, length: int) -> None:
        with pytest.raises(InvalidElement):
            group.decode_element(b"\x02" * length)

    def test_swapped_items_are_refused(self) -> None:
        first, second, third = self.honest.elements
        with pytest.raises(ProofMismatch):
            self.verify((second, first, third), self.honest.proof)

    def test_a_wrong_key_is_refused(self) -> None:
        """A server that tags one user with a key of its own proves it correctly, and in vain."""
        tagged = oprf.blind_evaluate(EvaluationKey.generate(), self.blinded)
        with pytest.raises(ProofMismatch):
            self.verify(tagged.elements, tagged.proof)

    def test_one_item_under_another_key_is_refused(self) -> None:
        other = oprf.blind_evaluate(EvaluationKey.generate(), self.blinded[:1])
        with pytest.raises(ProofMismatch):
            self.verify((*other.elements, *self.honest.elements[1:]), self.honest.proof)

    @pytest.mark.parametrize("length", [0, 32, 63, 65])
    def test_a_truncated_or_extended_proof_is_refused(self, length: int) -> None:
        with pytest.raises(MalformedProof):
            self.verify(self.honest.elements, (self.honest.proof + b"\x00")[:length])

    def test_a_proof_with_an_unreduced_scalar_is_refused(self) -> None:
        with pytest.raises(MalformedProof):
            self.verify(self.honest.elements, self.honest.proof[:32] + b"\xff" * 32)

    @pytest.mark.parametrize("zeroed", [slice(0, 32), slice(32, 64), slice(0, 64)])
    def test_a_zero_proof_is_refused(self, zeroed: slice) -> None:
        proof = bytearray(self.honest.proof)
        proof[zeroed] = bytes(len(proof[zeroed]))
        with pytest.raises(ZeroProof):
            self.verify(self.honest.elements, bytes(proof))

    @pytest.mark.parametrize("bit", [0, 100, 251, 256, 300, 500])
    def test_a_changed_bit_of_a_proof_is_refused(self, bit: int) -> None:
        proof = bytearray(self.honest.proof)
        proof[bit // 8] ^= 1 << bit % 8
        with pytest.raises((ProofMismatch, MalformedProof)):
            self.verify(self.honest.elements, bytes(proof))

    def test_a_shorter_longer_or_empty_batch_is_refused(self) -> None:
        with pytest.raises(BatchMismatch):
            self.verify(self.honest.elements[:2], self.honest.proof)
        with pytest.raises(BatchMismatch):
            self.verify((*self.honest.elements, self.honest.elements[0]), self.honest.proof)
        with pytest.raises(BatchMismatch):
            oprf.blind_evaluate(self.key, [])


def test_a_proof_holds_for_the_key_as_published() -> None:
    """The public key goes over the wire as bytes and comes back the same."""
    key = EvaluationKey.generate()
    blinded = [oprf.blind(b"x")[1]]
    evaluation = oprf.blind_evaluate(key, blinded)
    published = decode_public_key(bytes(key.public_key))
    oprf.verify_proof(published, blinded, evaluation.elements, evaluation.proof)

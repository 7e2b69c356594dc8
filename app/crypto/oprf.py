"""RFC 9497, suite ristretto255-SHA512, mode VOPRF: both parties' operations.

The names are the RFC's. What it calls Finalize is left out on purpose: this program stores and
compares the unblinded element itself, from which alone a key can be changed (`rekey`).

A batch has one proof (RFC 9497 §2.2.1). Nothing here logs, retries or knows a transport.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey, PublicKey
from app.crypto.multiscalar import vartime_multiscalar_multiply
from app.crypto.ristretto255 import Element, Scalar
from app.encoding import length_prefixed
from app.errors import (
    BatchMismatch,
    CryptographyError,
    InvalidKey,
    InvalidScalar,
    MalformedProof,
    ProofMismatch,
    ZeroProof,
)

Proof = NewType("Proof", bytes)

PROOF_BYTES = 64
BATCH_MAXIMUM = 2**16 - 1

# RFC 9497 §3.1: CreateContextString(modeVOPRF, "ristretto255-SHA512").
_CONTEXT = b"OPRFV1-" + bytes([0x01]) + b"-ristretto255-SHA512"
_GROUP_TAG = b"HashToGroup-" + _CONTEXT
_SCALAR_TAG = b"HashToScalar-" + _CONTEXT
_KEY_TAG = b"DeriveKeyPair" + _CONTEXT
_SEED_TAG = b"Seed-" + _CONTEXT

_SHA512_BLOCK_BYTES = 128
_PADDED = hashlib.sha512(bytes(_SHA512_BLOCK_BYTES))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The key holder's answer to a batch: as many elements, in the same order, and one proof."""

    elements: tuple[Element, ...]
    proof: Proof


def _expand_message(message: bytes, tag: bytes) -> bytes:
    """RFC 9380 §5.3.1, expand_message_xmd with SHA-512 to 64 bytes: a single block."""
    tag_prime = tag + bytes([len(tag)])
    first = _PADDED.copy()
    first.update(message + (64).to_bytes(2, "big") + b"\x00" + tag_prime)
    return hashlib.sha512(first.digest() + b"\x01" + tag_prime).digest()


def hash_to_group(private_input: bytes) -> Element:
    """Map a private input to the group (RFC 9497 §4.1)."""
    return group.from_uniform_bytes(_expand_message(private_input, _GROUP_TAG))


def _hash_to_scalar(message: bytes, tag: bytes = _SCALAR_TAG) -> Scalar:
    return group.scalar_from_uniform_bytes(_expand_message(message, tag))


def derive_key_pair(seed: bytes, info: bytes) -> EvaluationKey:
    """Derive a key from a 32-byte seed and public information (RFC 9497 §3.2.1)."""
    material = seed + length_prefixed(info)
    for counter in range(256):
        scalar = _hash_to_scalar(material + bytes([counter]), _KEY_TAG)
        if not group.is_zero(scalar):
            return EvaluationKey(scalar)
    raise InvalidKey("no key can be derived from this seed")  # with a probability of 2⁻⁶⁴⁵¹²


def blind(private_input: bytes, *, blinding: Scalar | None = None) -> tuple[Scalar, Element]:
    """Hide a private input (RFC 9497 §3.3.2, Blind).

    Args:
        private_input: the stretched identifier.
        blinding: fixed by test vectors, and by who asks the same many times (`protocol.blinding`);
            reuse links two questions.

    Returns:
        The blind, which the client keeps, and the blinded element, which it sends.
    """
    scalar = group.random_scalar() if blinding is None else blinding
    return scalar, group.multiply(scalar, hash_to_group(private_input))


def unblind(blinding: Scalar, evaluated: Element) -> Element:
    """Return the element that the key holder would have computed on the input itself."""
    return group.multiply(group.invert(blinding), evaluated)


def unblind_all(blinds: Sequence[Scalar], evaluated: Sequence[Element]) -> list[Element]:
    """Unblind a batch in order: as `unblind` one by one, without an inversion for each."""
    inverses = group.invert_all(blinds)
    return [group.multiply(i, element) for i, element in zip(inverses, evaluated, strict=True)]


def evaluate(key: EvaluationKey, private_input: bytes) -> Element:
    """Return `k · HashToGroup(input)`, for who holds both the key and the input."""
    return group.multiply(key.secret, hash_to_group(private_input))


def blind_evaluate(
    key: EvaluationKey, blinded: Sequence[Element], *, nonce: Scalar | None = None
) -> Evaluation:
    """Multiply a batch by the key and prove it (RFC 9497 §3.3.2, BlindEvaluate).

    Args:
        key: the secret key.
        blinded: 1 to 65,535 decoded elements.
        nonce: the proof's random scalar, fixed by test vectors only; reuse reveals the key.

    Raises:
        BatchMismatch: the batch is empty or too large.
    """
    _check_batch(blinded, blinded)
    evaluated = tuple(group.multiply(key.secret, element) for element in blinded)
    return Evaluation(evaluated, _generate_proof(key, blinded, evaluated, nonce))


def _generate_proof(
    key: EvaluationKey,
    blinded: Sequence[Element],
    evaluated: Sequence[Element],
    nonce: Scalar | None,
) -> Proof:
    """RFC 9497 §2.2.1, GenerateProof with ComputeCompositesFast."""
    weights = _composite_weights(key.public_key, blinded, evaluated)
    m = _weighted_sum(weights, blinded)
    z = group.multiply(key.secret, m)
    r = group.random_scalar() if nonce is None else nonce
    t2, t3 = group.multiply_base(r), group.multiply(r, m)
    c = _challenge(key.public_key, m, z, t2, t3)
    s = group.subtract_scalars(r, group.multiply_scalars(c, key.secret))
    return Proof(c + s)


def verify_proof(
    public_key: PublicKey, blinded: Sequence[Element], evaluated: Sequence[Element], proof: bytes
) -> None:
    """Check that one key, the published one, made every evaluated element (RFC 9497 §2.2.2).

    Args:
        public_key: the key that is published for everybody, never one that came with the answer.
        blinded: what was sent, in order.
        evaluated: what came back, decoded, in order.
        proof: 64 bytes, the scalars c and s.

    Raises:
        BatchMismatch: the two batches are not equally long, or empty.
        MalformedProof: not two canonical scalars.
        ZeroProof: one of them is zero.
        ProofMismatch: another key, or another order. No verifier can tell these apart.
    """
    _check_batch(blinded, evaluated)
    c, s = _decode_proof(proof)
    weights = _composite_weights(public_key, blinded, evaluated)
    m, z = _weighted_sum(weights, blinded), _weighted_sum(weights, evaluated)
    try:
        t2 = _not_identity(group.add(group.multiply_base(s), group.multiply(c, public_key)))
        t3 = _not_identity(group.add(group.multiply(s, m), group.multiply(c, z)))
    except CryptographyError as exc:
        raise ProofMismatch("the proof does not hold for this public key") from exc
    if not hmac.compare_digest(_challenge(public_key, m, z, t2, t3), c):
        raise ProofMismatch("the proof does not hold for this public key")


def rekey_ratio(old: EvaluationKey, new: EvaluationKey) -> Scalar:
    """Return `k' / k`, as secret as the keys: it turns every old element into a new one."""
    return group.multiply_scalars(new.secret, group.invert(old.secret))


def rekey(ratio: Scalar, element: Element) -> Element:
    """Return the element under the new key, without the input."""
    return group.multiply(ratio, element)


def _check_batch(blinded: Sequence[Element], evaluated: Sequence[Element]) -> None:
    if not 1 <= len(blinded) <= BATCH_MAXIMUM:
        raise BatchMismatch(f"a batch has 1 to {BATCH_MAXIMUM:,} elements")
    if len(evaluated) != len(blinded):
        raise BatchMismatch(f"{len(evaluated)} elements answer a batch of {len(blinded)}")


def _decode_proof(proof: bytes) -> tuple[Scalar, Scalar]:
    if len(proof) != PROOF_BYTES:
        raise MalformedProof(f"a proof has {PROOF_BYTES} bytes")
    try:
        c, s = group.decode_scalar(proof[:32]), group.decode_scalar(proof[32:])
    except InvalidScalar as exc:
        raise MalformedProof("a proof is two canonical scalars") from exc
    if group.is_zero(c) or group.is_zero(s):
        raise ZeroProof("a proof holds a zero")
    return c, s


def _not_identity(total: group.Sum) -> Element:
    return group.decode_element(total)


def _composite_weights(
    public_key: PublicKey, blinded: Sequence[Element], evaluated: Sequence[Element]
) -> list[Scalar]:
    """RFC 9497 §2.2.1, ComputeComposites: a weight for each pair, bound to all before it."""
    seed = hashlib.sha512(length_prefixed(public_key) + length_prefixed(_SEED_TAG)).digest()
    head = length_prefixed(seed)
    return [
        _hash_to_scalar(
            head + index.to_bytes(2, "big") + length_prefixed(c) + length_prefixed(d) + b"Composite"
        )
        for index, (c, d) in enumerate(zip(blinded, evaluated, strict=True))
    ]


def _weighted_sum(weights: Sequence[Scalar], elements: Sequence[Element]) -> Element:
    return group.decode_element(vartime_multiscalar_multiply(weights, elements))


def _challenge(public_key: PublicKey, m: Element, z: Element, t2: Element, t3: Element) -> Scalar:
    transcript = b"".join(length_prefixed(part) for part in (public_key, m, z, t2, t3))
    return _hash_to_scalar(transcript + b"Challenge")

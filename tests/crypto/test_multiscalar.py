"""Sums of products: by libdecaf's points and by libsodium's products, which have to agree."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import pytest
import voprf.ristretto as other
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import decaf, multiscalar, oprf
from app.crypto import ristretto255 as group
from app.crypto.decaf import Decaf
from app.crypto.keys import EvaluationKey
from app.crypto.multiscalar import BUCKETS_LEAST, vartime_multiscalar_multiply
from app.crypto.ristretto255 import Element, Scalar, Sum
from app.errors import IdentityElement, InvalidElement, ProofMismatch

MANY = BUCKETS_LEAST + 7


def scalar(number: int) -> Scalar:
    return group.decode_scalar((number % group.ORDER).to_bytes(32, "little"))


def element(number: int) -> Element:
    return group.multiply_base(scalar(number))


def one_by_one(scalars: list[Scalar], elements: list[Element]) -> Sum:
    return group.sum_of(map(group.multiply, scalars, elements))


@pytest.fixture(scope="module")
def library() -> Decaf:
    if sys.platform != "linux":
        pytest.skip("libdecaf is packaged for Linux alone")
    found = decaf.decaf()
    assert found is not None, "no libdecaf: apt-get install libdecaf0, or run scripts/test as root"
    return found


@pytest.fixture(params=["libdecaf", "libsodium alone"])
def sums(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Say by which library large sums are made from here on."""
    name: str = request.param
    if name == "libdecaf":
        request.getfixturevalue("library")
    else:
        monkeypatch.setattr(multiscalar, "decaf", lambda: None)
    return name


@pytest.mark.parametrize("count", [BUCKETS_LEAST - 1, BUCKETS_LEAST, 1_000, 4_096])
def test_buckets_give_what_the_products_give(library: Decaf, count: int) -> None:
    scalars = [group.random_scalar() for _ in range(count)]
    elements = [oprf.hash_to_group(bytes([i % 251, i // 251])) for i in range(count)]
    assert vartime_multiscalar_multiply(scalars, elements) == one_by_one(scalars, elements)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, 255, 256, 2**248, 2**252 - 1, group.ORDER - 1])
            | st.integers(1, group.ORDER - 1),
            st.integers(1, 5),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_repeated_elements_and_extreme_scalars_are_summed(
    library: Decaf, pairs: list[tuple[int, int]]
) -> None:
    """The same few pairs, again and again: a bucket has a point twice, or its opposite."""
    pairs = (pairs * MANY)[:MANY]
    total = sum(number * base for number, base in pairs) % group.ORDER
    expected = element(total) if total else group.IDENTITY_SUM
    scalars, elements = [scalar(n) for n, _ in pairs], [element(b) for _, b in pairs]
    assert vartime_multiscalar_multiply(scalars, elements) == expected, library


def test_what_cancels_out_is_the_identity(sums: str) -> None:
    half = [scalar(n) for n in range(1, MANY)]
    opposite = [scalar(-n) for n in range(1, MANY)]
    elements = [element(7)] * (2 * len(half))
    assert vartime_multiscalar_multiply(half + opposite, elements) == group.IDENTITY_SUM, sums


def test_a_zero_scalar_or_another_number_of_them_is_refused(sums: str) -> None:
    scalars, elements = [scalar(3)] * MANY, [element(5)] * MANY
    with pytest.raises(IdentityElement):
        vartime_multiscalar_multiply([*scalars[1:], group.ZERO], elements)
    with pytest.raises(ValueError, match=f"{MANY - 1} scalars for {MANY} elements"):
        vartime_multiscalar_multiply(scalars[1:], elements)
    assert sums


@pytest.mark.parametrize(
    "encoded",
    [
        "0000000000000000000000000000000000000000000000000000000000000000",  # the identity
        # RFC 9496 appendix A.2: one of each kind of encoding that must be rejected.
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # non-canonical
        "0100000000000000000000000000000000000000000000000000000000000000",  # negative
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",  # not a square
        "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",  # negative xy
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # s = −1, y = 0
    ],
)
def test_libdecaf_refuses_what_is_no_element(library: Decaf, encoded: str) -> None:
    elements = [element(5)] * (MANY - 1) + [Element(bytes.fromhex(encoded))]
    with pytest.raises(InvalidElement):
        library.decode(elements)


def test_large_batches_are_proved_and_a_swap_in_them_is_refused(sums: str) -> None:
    key = EvaluationKey.generate()
    blinded = [oprf.blind(bytes([n % 256, n // 256]))[1] for n in range(MANY)]
    evaluation = oprf.blind_evaluate(key, blinded)
    oprf.verify_proof(key.public_key, blinded, evaluation.elements, evaluation.proof)
    first, second, *rest = evaluation.elements
    with pytest.raises(ProofMismatch):
        oprf.verify_proof(key.public_key, blinded, [second, first, *rest], evaluation.proof)
    with pytest.raises(ProofMismatch):
        oprf.verify_proof(
            EvaluationKey.generate().public_key, blinded, evaluation.elements, evaluation.proof
        )
    assert sums


def test_both_libraries_make_one_proof(library: Decaf, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same nonce, byte for byte."""
    key, nonce = EvaluationKey.generate(), group.random_scalar()
    blinded = [oprf.blind(bytes([n % 256, n // 256]))[1] for n in range(MANY)]
    with_points = oprf.blind_evaluate(key, blinded, nonce=nonce)
    monkeypatch.setattr(multiscalar, "decaf", lambda: None)
    assert oprf.blind_evaluate(key, blinded, nonce=nonce) == with_points
    assert library is not None


def test_another_implementation_proves_and_accepts_large_batches(sums: str) -> None:
    """`voprf`, in Rust, at either end of a batch that is summed by buckets."""
    seed, info = bytes(range(32)), b"large"
    key, server = oprf.derive_key_pair(seed, info), other.Evaluator.from_seed(seed, info)
    blinded = [oprf.blind(bytes([n % 256, n // 256]))[1] for n in range(MANY)]
    answer = server.evaluate_batch([other.BlindedInput.deserialize(b) for b in blinded]).serialize()
    rest = answer[oprf.PROOF_BYTES :]
    evaluated = [group.decode_element(rest[i : i + 32]) for i in range(0, len(rest), 32)]
    oprf.verify_proof(key.public_key, blinded, evaluated, answer[: oprf.PROOF_BYTES])

    inputs = [bytes([n % 256, n // 256]) * 16 for n in range(MANY)]
    clients, messages = zip(*(other.Client.blind(list(i)) for i in inputs), strict=True)
    ours = oprf.blind_evaluate(key, [group.decode_element(m.serialize()) for m in messages])
    batch = other.VerifiableBatchOutput.deserialize(list(ours.proof + b"".join(ours.elements)))
    public_key = other.PublicKey.deserialize(bytes(key.public_key))
    assert len(other.Client.finalize_batch(list(clients), batch, public_key)) == MANY, sums


def test_a_machine_without_libdecaf_goes_on_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise OSError(f"{name}: cannot open shared object file")

    decaf.decaf.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", absent)
    try:
        assert decaf.decaf() is None
        scalars, elements = [scalar(3)] * MANY, [element(5)] * MANY
        assert vartime_multiscalar_multiply(scalars, elements) == bytes(element(15 * MANY))
    finally:
        decaf.decaf.cache_clear()

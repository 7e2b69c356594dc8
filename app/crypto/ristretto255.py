"""The prime-order group ristretto255 (RFC 9496) and its scalars, by libsodium.

An `Element` is 32 bytes that were decoded once and are therefore canonical and not the identity;
a `Sum` may be the identity. A `Scalar` is 32 bytes, little-endian, below the group's order. The
functions trust these types: bytes from outside go through `decode_element` or `decode_scalar`.

Multiplication, inversion and arithmetic of scalars run in constant time in libsodium.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NewType

from app.crypto.sodium import libsodium
from app.errors import IdentityElement, InvalidElement, InvalidScalar

Element = NewType("Element", bytes)
Sum = NewType("Sum", bytes)
Scalar = NewType("Scalar", bytes)

ELEMENT_BYTES = 32
SCALAR_BYTES = 32
UNIFORM_BYTES = 64
ORDER = 2**252 + 27742317777372353535851937790883648493

_IDENTITY = bytes(ELEMENT_BYTES)
IDENTITY_SUM = Sum(_IDENTITY)
ZERO = Scalar(bytes(SCALAR_BYTES))

_Call = Callable[..., int]


def _function(name: str) -> _Call:
    function: _Call = getattr(libsodium(), name)
    return function


_is_valid_point = _function("crypto_core_ristretto255_is_valid_point")
_from_hash = _function("crypto_core_ristretto255_from_hash")
_add = _function("crypto_core_ristretto255_add")
_multiply = _function("crypto_scalarmult_ristretto255")
_multiply_base = _function("crypto_scalarmult_ristretto255_base")
_scalar_random = _function("crypto_core_ristretto255_scalar_random")
_scalar_reduce = _function("crypto_core_ristretto255_scalar_reduce")
_scalar_invert = _function("crypto_core_ristretto255_scalar_invert")
_scalar_multiply = _function("crypto_core_ristretto255_scalar_mul")
_scalar_subtract = _function("crypto_core_ristretto255_scalar_sub")
_Output = ctypes.c_char * 32


def decode_element(encoded: bytes) -> Element:
    """Accept one canonical encoding (RFC 9496 §4.3.1) that is not the identity.

    Raises:
        InvalidElement: another length, or not canonical.
        IdentityElement: the neutral element, as RFC 9497 §2.1 demands.
    """
    if len(encoded) != ELEMENT_BYTES:
        raise InvalidElement(f"a group element has {ELEMENT_BYTES} bytes")
    if encoded == _IDENTITY:
        raise IdentityElement("the identity is not accepted as a group element")
    if not _is_valid_point(encoded):
        raise InvalidElement("not the canonical encoding of a ristretto255 element")
    return Element(bytes(encoded))


def decode_scalar(encoded: bytes) -> Scalar:
    """Accept one canonical scalar; zero is one (RFC 9497 §4.1, DeserializeScalar).

    Raises:
        InvalidScalar: another length, or not below the group's order.
    """
    if len(encoded) != SCALAR_BYTES:
        raise InvalidScalar(f"a scalar has {SCALAR_BYTES} bytes")
    if int.from_bytes(encoded, "little") >= ORDER:
        raise InvalidScalar("a scalar is not below the group's order")
    return Scalar(bytes(encoded))


def is_zero(scalar: Scalar) -> bool:
    """Tell whether a scalar is zero."""
    return scalar == ZERO


def from_uniform_bytes(uniform: bytes) -> Element:
    """Map 64 uniform bytes to an element (RFC 9496 §4.3.4).

    Raises:
        IdentityElement: with a probability of about 2⁻²⁵².
    """
    if len(uniform) != UNIFORM_BYTES:
        raise InvalidElement(f"a group element is made from {UNIFORM_BYTES} uniform bytes")
    output = _Output()
    _from_hash(output, uniform)
    if output.raw == _IDENTITY:
        raise IdentityElement("these bytes map to the identity")
    return Element(output.raw)


def multiply(scalar: Scalar, element: Element) -> Element:
    """Return `scalar · element`.

    Raises:
        IdentityElement: the scalar is zero; nothing else gives the identity in a prime-order group.
    """
    output = _Output()
    if _multiply(output, scalar, element) != 0:
        raise IdentityElement("the product is the identity")
    return Element(output.raw)


def multiply_base(scalar: Scalar) -> Element:
    """Return `scalar · G`, G the group's generator.

    Raises:
        IdentityElement: the scalar is zero.
    """
    output = _Output()
    if _multiply_base(output, scalar) != 0:
        raise IdentityElement("the product is the identity")
    return Element(output.raw)


def add(left: Element | Sum, right: Element | Sum) -> Sum:
    """Return the sum of two elements, which may be the identity.

    Raises:
        InvalidElement: one of them was never decoded.
    """
    output = _Output()
    if _add(output, left, right) != 0:
        raise InvalidElement("not the canonical encoding of a ristretto255 element")
    return Sum(output.raw)


def sum_of(elements: Iterable[Element]) -> Sum:
    """Return the sum of any number of elements; of none, the identity."""
    total = IDENTITY_SUM
    for element in elements:
        total = add(total, element)
    return total


def random_scalar() -> Scalar:
    """Return a uniform scalar that is not zero."""
    output = _Output()
    _scalar_random(output)
    return Scalar(output.raw)


def scalar_from_uniform_bytes(uniform: bytes) -> Scalar:
    """Reduce 64 bytes, little-endian, modulo the group's order."""
    if len(uniform) != UNIFORM_BYTES:
        raise InvalidScalar(f"a scalar is made from {UNIFORM_BYTES} uniform bytes")
    output = _Output()
    _scalar_reduce(output, uniform)
    return Scalar(output.raw)


def invert(scalar: Scalar) -> Scalar:
    """Return the multiplicative inverse.

    Raises:
        InvalidScalar: zero has none.
    """
    output = _Output()
    if _scalar_invert(output, scalar) != 0:
        raise InvalidScalar("zero has no inverse")
    return Scalar(output.raw)


def invert_all(scalars: Sequence[Scalar]) -> list[Scalar]:
    """Return the multiplicative inverses of many, in order, at the cost of one and some products.

    Montgomery's trick: the inverse of the product of all gives each, as all others divide out.

    Raises:
        InvalidScalar: one of them is zero, which has none.
    """
    if not scalars:
        return []
    products = list(accumulate(scalars, multiply_scalars))
    inverse = invert(products[-1])
    found = []
    for index in range(len(scalars) - 1, 0, -1):
        found.append(multiply_scalars(inverse, products[index - 1]))
        inverse = multiply_scalars(inverse, scalars[index])
    return [inverse, *reversed(found)]


def multiply_scalars(left: Scalar, right: Scalar) -> Scalar:
    """Return the product modulo the group's order."""
    output = _Output()
    _scalar_multiply(output, left, right)
    return Scalar(output.raw)


def subtract_scalars(left: Scalar, right: Scalar) -> Scalar:
    """Return the difference modulo the group's order."""
    output = _Output()
    _scalar_subtract(output, left, right)
    return Scalar(output.raw)

"""Multi-scalar multiplication, Σ scalar · element: the two sums that a batch's proof stands on.

Only for what both parties know: how long it takes tells of the scalars.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from app.crypto import ristretto255 as group
from app.crypto.decaf import Decaf, decaf
from app.crypto.ristretto255 import Element, Scalar, Sum
from app.errors import IdentityElement

# Under so many, the buckets cost more than they save.
BUCKETS_LEAST = 192
_DIGIT_BITS = 8


def vartime_multiscalar_multiply(scalars: Sequence[Scalar], elements: Sequence[Element]) -> Sum:
    """Return the sum of the products of public scalars and elements, pair by pair.

    By the bucket method, at a third of the cost, where the machine has libdecaf and there are many;
    else one product after the other.

    Args:
        scalars: none of them zero.
        elements: as many.

    Raises:
        ValueError: they are not as many.
        IdentityElement: a scalar is zero.
        InvalidElement: an element was never decoded.
    """
    if len(scalars) != len(elements):
        raise ValueError(f"{len(scalars)} scalars for {len(elements)} elements")
    if group.ZERO in scalars:
        raise IdentityElement("a product is the identity")
    library = decaf() if len(elements) >= BUCKETS_LEAST else None
    if library is None:
        return group.sum_of(map(group.multiply, scalars, elements))
    return _by_buckets(library, scalars, elements)


def _by_buckets(library: Decaf, scalars: Sequence[Scalar], elements: Sequence[Element]) -> Sum:
    """Pippenger's method, with a digit for each byte of a scalar.

    For each digit, from the highest: the points that have it at the same value are added up, in
    that value's bucket, and the buckets are summed with their values as weights.
    """
    points = library.decode(elements)
    buckets = library.identities(1 << _DIGIT_BITS)
    total, upper = library.identities(1), library.identities(1)
    (total_at,), (upper_at,) = total.addresses, upper.addresses
    for digits in reversed(list(zip(*scalars, strict=True))):
        for _ in range(_DIGIT_BITS):
            library.double(total_at, total_at)
        buckets.clear()
        chosen = [buckets.addresses[digit] for digit in digits]
        # The loop of all the work, in C: bucket = bucket + point.
        deque(map(library.add, chosen, chosen, points.addresses), maxlen=0)
        upper.clear()
        for bucket in reversed(buckets.addresses[1:]):
            # A bucket of value v is in `upper` for the last v of these additions.
            library.add(upper_at, upper_at, bucket)
            library.add(total_at, total_at, upper_at)
    return library.encode(total_at)

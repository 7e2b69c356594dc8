"""Thirty-two bytes by which two people see that they hold the same leak (protocol §8).

The sum in the group does not depend on the order of rows, nor on how often one stands there. It is
taken from the stored elements, E = k·P, of which every one is distinct: ΣP = k⁻¹·ΣE. So it needs
no state while a leak is read, and it is exact however often a run was interrupted.
"""

from __future__ import annotations

import hashlib

from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Sum

COMMITMENT_LABEL = b"concerne/v1/commitment"
# Below this many entries a commitment could be tried against guessed files.
COMMITMENT_ENTRIES_MINIMUM = 1000


def commitment(total_of_inputs: Sum) -> bytes:
    """Return the commitment to a set of inputs, given ΣP over its distinct members."""
    return hashlib.sha256(COMMITMENT_LABEL + total_of_inputs).digest()


def total_of_inputs(key: EvaluationKey, total_of_elements: Sum) -> Sum:
    """Return ΣP, given ΣE under `key`."""
    if total_of_elements == group.IDENTITY_SUM:
        return group.IDENTITY_SUM
    return Sum(group.multiply(group.invert(key.secret), group.decode_element(total_of_elements)))

"""From an element to the range it is looked up in and the eight bytes it is known by there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from app.crypto.ristretto255 import Element
from app.encoding import length_prefixed

FINGERPRINT_LABEL = b"concerne/v1/fingerprint"
FINGERPRINT_BYTES = 8
PREFIX_BITS_MAXIMUM = 20


@dataclass(frozen=True, slots=True)
class Location:
    """Where an element would stand if it were among the entries.

    Args:
        prefix: the range, 0 to 2^prefix_bits − 1.
        fingerprint: 8 bytes.
    """

    prefix: int
    fingerprint: bytes


class Locator:
    """Computes locations for one dataset and scheme (protocol §5).

    Args:
        dataset: the slug.
        scheme: the scheme's name.
        prefix_bits: 0 to 20.
    """

    def __init__(self, dataset: str, scheme: str, prefix_bits: int) -> None:
        self._state = hashlib.sha512(
            length_prefixed(FINGERPRINT_LABEL)
            + length_prefixed(dataset.encode())
            + length_prefixed(scheme.encode())
        )
        self._shift = 64 - prefix_bits

    def locate(self, element: Element) -> Location:
        """Return where this element would stand."""
        state = self._state.copy()
        state.update(element)
        digest = state.digest()
        return Location(
            prefix=int.from_bytes(digest[:8], "big") >> self._shift,
            fingerprint=digest[8 : 8 + FINGERPRINT_BYTES],
        )

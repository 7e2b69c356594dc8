"""Who asks, as far as limits need to know: a block of addresses, under a key that lasts a day.

The address itself is never kept. What is kept is a digest of its block under a random key that is
replaced every day and never written: yesterday's digests cannot be matched to any address, not
even by us.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from socket import AF_INET, AF_INET6, inet_pton

# A household or a phone changes its address within a /24; a provider gives a customer of IPv6 up
# to a /48.
_IPV4_BLOCK_BYTES = 3
_IPV6_BLOCK_BYTES = 6
_IPV4_IN_IPV6 = bytes(10) + b"\xff\xff"
_DIGEST_BYTES = 16
_UNKNOWN = b""


def address_block(address: str) -> bytes:
    """Return the /24 or /48 block of an address as its first 3 or 6 bytes.

    An IPv4 address in IPv6 clothing counts as IPv4. What is no address at all (a UNIX socket, a
    proxy's mistake) shares one block, so that it is limited rather than free.
    """
    try:
        return inet_pton(AF_INET, address)[:_IPV4_BLOCK_BYTES]
    except (OSError, ValueError):
        pass
    try:
        packed = inet_pton(AF_INET6, address.partition("%")[0])
    except (OSError, ValueError):
        return _UNKNOWN
    if packed.startswith(_IPV4_IN_IPV6):
        return packed[len(_IPV4_IN_IPV6) :][:_IPV4_BLOCK_BYTES]
    return packed[:_IPV6_BLOCK_BYTES]


class BlockDigests:
    """Digests of address blocks, unlinkable from one UTC day to the next.

    Args:
        today: the UTC date.
    """

    def __init__(self, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        self._today = today
        self._lock = threading.Lock()
        self._day: date | None = None
        self._key = b""

    def digest(self, address: str) -> str:
        """Return the digest of an address's block, as hexadecimal text."""
        block = address_block(address)
        return hashlib.blake2b(
            block, key=self._key_of_today(), digest_size=_DIGEST_BYTES
        ).hexdigest()

    def _key_of_today(self) -> bytes:
        today = self._today()
        with self._lock:
            if today != self._day:
                self._day, self._key = today, secrets.token_bytes(32)
            return self._key

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
from ipaddress import IPv6Address, ip_address, ip_network

# A household or a phone changes its address within these; a provider hands out no smaller block
# of IPv6 than /64, and customers get up to a /48.
IPV4_BLOCK_BITS = 24
IPV6_BLOCK_BITS = 48
_DIGEST_BYTES = 16
_UNKNOWN = "unknown"


def address_block(address: str) -> str:
    """Return the /24 or /48 block of an address; an IPv4 address in IPv6 clothing counts as IPv4.

    What is no address at all (a UNIX socket, a proxy's mistake) shares one block, so that it is
    limited rather than free.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return _UNKNOWN
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    bits = IPV6_BLOCK_BITS if isinstance(parsed, IPv6Address) else IPV4_BLOCK_BITS
    return str(ip_network((parsed, bits), strict=False))


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
        block = address_block(address).encode()
        return hashlib.blake2b(
            block, key=self._key_of_today(), digest_size=_DIGEST_BYTES
        ).hexdigest()

    def _key_of_today(self) -> bytes:
        today = self._today()
        with self._lock:
            if today != self._day:
                self._day, self._key = today, secrets.token_bytes(32)
            return self._key

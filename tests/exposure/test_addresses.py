"""Who asks, as far as limits need to know."""

from __future__ import annotations

from datetime import date

import pytest

from app.exposure.addresses import BlockDigests, address_block


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.7", "cb0071"),
        ("203.0.113.255", "cb0071"),
        ("2001:db8:1:2::3", "20010db80001"),
        ("2001:DB8:1:ffff::", "20010db80001"),
        ("::ffff:203.0.113.7", "cb0071"),
        ("fe80::1%eth0", "fe8000000000"),
        ("", ""),
        ("unix:/run/x", ""),
        ("203.0.113.7, 10.0.0.1", ""),
        ("203.0.113.7\0", ""),
    ],
)
def test_addresses_fall_into_blocks(address: str, block: str) -> None:
    assert address_block(address).hex() == block


def test_a_block_has_one_digest_a_day_and_another_tomorrow() -> None:
    day = date(2026, 1, 1)
    digests = BlockDigests(lambda: day)
    first = digests.digest("203.0.113.7")
    assert digests.digest("203.0.113.8") == first
    assert digests.digest("203.0.114.8") != first
    day = date(2026, 1, 2)
    assert digests.digest("203.0.113.7") != first


def test_a_digest_cannot_be_computed_by_anybody_else() -> None:
    """Nor by this program, once it was restarted: there are only 2²⁴ blocks to try."""
    today = date(2026, 1, 1)
    assert BlockDigests(lambda: today).digest("203.0.113.7") != BlockDigests(lambda: today).digest(
        "203.0.113.7"
    )

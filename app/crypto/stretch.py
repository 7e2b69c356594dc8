"""Argon2id (RFC 9106) and its named profiles: what makes one guess expensive.

A NIR is one of some 10¹¹ values. Whoever holds both the tables and the key of one epoch can test
them all; this is the only thing that sets the price of each test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NewType

from argon2.exceptions import HashingError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

from app.errors import StretchRefused, Unavailable

Stretched = NewType("Stretched", bytes)

STRETCHED_BYTES = 32
SALT_BYTES = 16
VERSION = 19

# What a client agrees to compute: a hostile server must not be able to stall a phone.
CLIENT_MEMORY_KIB_MAXIMUM = 1024 * 1024
CLIENT_ITERATIONS_MAXIMUM = 10
CLIENT_PARALLELISM_MAXIMUM = 16


@dataclass(frozen=True, slots=True)
class StretchProfile:
    """The cost of one stretch.

    Args:
        memory_kib: m, in KiB, at least 8 times `parallelism`.
        iterations: t, passes over the memory.
        parallelism: p, lanes.
    """

    memory_kib: int
    iterations: int
    parallelism: int

    def __post_init__(self) -> None:
        if self.iterations < 1 or self.parallelism < 1 or self.memory_kib < 8 * self.parallelism:
            raise StretchRefused("these are no Argon2id parameters (RFC 9106 §3.1)")


# OWASP Password Storage Cheat Sheet, the minimum for Argon2id: 20 ms on one core, and an old
# phone with 1 GB of memory still finishes in seconds.
OWASP_19_MIB = StretchProfile(memory_kib=19456, iterations=2, parallelism=1)
# RFC 9106 §4, second recommended option, with one lane instead of four so that a server's
# cores are shared fairly between askers.
RFC_9106_64_MIB = StretchProfile(memory_kib=65536, iterations=3, parallelism=1)
# The least that Argon2id allows. It protects nobody.
INSECURE_TEST_ONLY = StretchProfile(memory_kib=8, iterations=1, parallelism=1)

PROFILES: Mapping[str, StretchProfile] = MappingProxyType(
    {
        "owasp-19-mib": OWASP_19_MIB,
        "rfc-9106-64-mib": RFC_9106_64_MIB,
        "insecure-test-only": INSECURE_TEST_ONLY,
    }
)


def stretch(profile: StretchProfile, salt: bytes, encoded_input: bytes) -> Stretched:
    """Stretch one encoded input to 32 bytes. Releases the interpreter's lock while it computes.

    Args:
        profile: the dataset's.
        salt: the deployment's 16 public bytes.
        encoded_input: as `identity.schemes.scheme_input` makes it.

    Raises:
        StretchRefused: the salt has another length.
        Unavailable: the memory for it could not be had.
    """
    if len(salt) != SALT_BYTES:
        raise StretchRefused(f"a stretch salt has {SALT_BYTES} bytes")
    try:
        digest = hash_secret_raw(
            encoded_input,
            salt,
            time_cost=profile.iterations,
            memory_cost=profile.memory_kib,
            parallelism=profile.parallelism,
            hash_len=STRETCHED_BYTES,
            type=Type.ID,
            version=ARGON2_VERSION,
        )
    except HashingError as exc:
        raise Unavailable("Argon2id failed; most likely its memory could not be had") from exc
    return Stretched(digest)


def check_client_accepts(profile: StretchProfile) -> None:
    """Refuse a cost that no honest server asks of a client.

    Raises:
        StretchRefused: above 1 GiB of memory, 10 iterations or 16 lanes.
    """
    if (
        profile.memory_kib > CLIENT_MEMORY_KIB_MAXIMUM
        or profile.iterations > CLIENT_ITERATIONS_MAXIMUM
        or profile.parallelism > CLIENT_PARALLELISM_MAXIMUM
    ):
        raise StretchRefused("the server asks for more Argon2id than a client computes")

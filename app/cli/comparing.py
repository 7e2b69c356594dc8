"""Whether a file is the leak that a manifest tells of: what is said of it, and how that ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.files import read_text
from app.cli.progress import meter
from app.cli.sources import open_source
from app.errors import InvalidInput
from app.settings import Settings

if TYPE_CHECKING:
    from app.crypto.stretch import StretchProfile
    from app.ingest.verification import Finding
    from app.protocol.manifest import Manifest
    from app.reading.sources.bytestream import ByteSource


class VerifyCode(IntEnum):
    """How a comparison ended; 2 is a refusal, as everywhere."""

    SAME = 0
    PART = 1
    DIFFERS = 1
    UNKNOWN = 3


def compare_source(
    settings: Settings,
    known: Manifest,
    source: Path,
    mapping: Path | None,
    identities: Sequence[Any],
) -> Finding:
    """Compare a source with a manifest: bytes, then numbers, then commitments.

    Raises:
        InvalidInput: other bytes, and no mapping to read what they hold.
    """
    from app.ingest.verification import Verification
    from app.reading.mapping import parse_unpublished_mapping

    columns = None if mapping is None else parse_unpublished_mapping(read_text(mapping, "mapping"))
    compared = Verification(
        known, partial(_bytes_of, source), workers=settings.threads, identities=identities
    )
    if (same := compared.compare_bytes()) is not None:
        return same
    if columns is None:
        raise InvalidInput(
            "these are not the same bytes; what they hold cannot be compared without a mapping",
            hint="give the one that the leak was ingested with: --mapping FILE",
        )
    survey = compared.survey(columns)
    if (different := compared.compare_numbers(survey)) is not None:
        return different
    inputs = sum(survey.entries[scheme] for scheme in compared.committed)
    print(_estimate(compared.profile, inputs, settings.threads), file=sys.stderr)
    with meter("Stretching") as shown:
        return compared.compare_commitments(
            columns, survey, lambda done: shown.update(done, inputs, f"{done:,} inputs")
        )


def _estimate(profile: StretchProfile, inputs: int, threads: int) -> str:
    """Tell how long the commitments will take, from one stretch on this machine."""
    from app.crypto.stretch import SALT_BYTES, stretch

    began_at = time.perf_counter()
    stretch(profile, bytes(SALT_BYTES), b"")
    seconds = round((time.perf_counter() - began_at) * inputs / threads)
    took = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return (
        f"The numbers agree. {inputs:,} inputs are to be stretched:"
        f" some {took} on {threads} threads."
    )


@contextmanager
def _bytes_of(source: Path) -> Iterator[ByteSource]:
    with open_source(source) as named:
        yield named.stream

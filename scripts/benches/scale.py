"""Latencies over a large index, over those over a small one."""

from __future__ import annotations

import secrets
import statistics
from collections.abc import Callable

from app.crypto.stretch import INSECURE_TEST_ONLY
from scripts.benches import servers
from scripts.benches.connection import Connection, get, post
from scripts.benches.indexes import EPOCH, SCHEME, MadeUpIndex, publish
from scripts.benches.leaks import DATASET
from scripts.benches.measuring import Figure, Pair, Plan, Result, Target, Unit

SMALL, LARGE, FULL = 10_000, 1_000_000, 10_000_000
REQUESTS_A_TURN = 50
TURNS_A_RUN = 12
TARGET = Target(1.2)

_MakeRequest = Callable[[MadeUpIndex], bytes]


def measure(plan: Plan) -> Result:
    """Ask two servers in turns, request by request, at random places."""
    entries = FULL if plan.is_full else LARGE
    small = publish(plan.folder / "small", SMALL, INSECURE_TEST_ONLY)
    large = publish(plan.folder / "large", entries, INSECURE_TEST_ONLY)
    with (
        servers.concerne(small.data, limits=servers.LIFTED) as beside_small,
        servers.concerne(large.data, limits=servers.LIFTED) as beside_large,
    ):
        asked = (Connection(beside_small.port), small), (Connection(beside_large.port), large)
        turns = plan.runs * TURNS_A_RUN
        ranges = [_turn(*asked, _range) for _ in range(turns + 1)][1:]
        lookups = [_turn(*asked, _lookup) for _ in range(turns + 1)][1:]
    over = f"among {entries:,} entries over one among {SMALL:,}"
    notes = [
        "scale: limits lifted; lookups with insecure-test-only, whose Argon2id hides nothing",
        f"scale: a range has {large.range_length * 8:,} and {small.range_length * 8:,} bytes",
    ]
    if not plan.is_full:
        notes.append(f"scale: {LARGE:,} entries instead of {FULL:,} (--full)")
    return Result(
        [
            Figure(f"one range {over}", Unit.SECONDS, ranges, TARGET),
            Figure(f"one lookup {over}", Unit.SECONDS, lookups, TARGET),
        ],
        notes,
    )


def _turn(
    small: tuple[Connection, MadeUpIndex],
    large: tuple[Connection, MadeUpIndex],
    make_request: _MakeRequest,
) -> Pair:
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(REQUESTS_A_TURN):
        for seconds, (connection, index) in zip(taken, (small, large), strict=True):
            seconds.append(connection.seconds_of(make_request(index)))
    return Pair(figure=statistics.median(taken[1]), floor=statistics.median(taken[0]))


def _range(index: MadeUpIndex) -> bytes:
    path = f"/v1/datasets/{DATASET}/schemes/{SCHEME}/ranges/{index.some_prefix()}"
    return get(f"{path}?epoch={EPOCH}")


def _lookup(_index: MadeUpIndex) -> bytes:
    # Any 12 digits after a 1 have the form of a NIR; where they stand is random all the same.
    nir = f"1{secrets.randbelow(10**12):012}"
    document = {"scheme": SCHEME, "nir": nir, "birth_date": "1985-05-12"}
    return post(f"/v1/datasets/{DATASET}/lookups", document)

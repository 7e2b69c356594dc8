"""Reading a leak, and the whole pipeline without Argon2id, over the fastest reader there is."""

from __future__ import annotations

import csv
import itertools
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pyarrow.csv

from app.crypto.ristretto255 import ELEMENT_BYTES
from app.crypto.stretch import INSECURE_TEST_ONLY
from app.ingest.evaluation import CHUNK_INPUTS
from scripts.benches.floors import (
    bare_argon2id_on_all_cores,
    bare_insertions,
    group_operations_on_all_cores,
)
from scripts.benches.leaks import DELIMITER, ENCODING, Leak, ingest, read_all
from scripts.benches.measuring import Figure, Pair, Plan, Target, Unit, cost_of, in_turns

ROWS = 50_000
PIPELINE_ROWS = 4_000
# How many times the fastest reading, and the group operations, the pipeline may cost. Were it three
# readings beside the group operations, then to insert the entries and nothing else would cost more.
READINGS = 3.0


def figures(plan: Plan) -> list[Figure]:
    """Measure reading alone, and then the pipeline."""
    leak = Leak.make_up(plan.folder / "read", ROWS)
    name, peer = _fastest(leak.source, ROWS)
    ours = partial(cost_of, partial(read_all, leak.source))
    turns = in_turns(plan.runs, partial(cost_of, partial(peer, leak.source)), ours)
    pairs = [Pair(taken.wall_seconds, least.wall_seconds) for least, taken in turns]
    over = f"over {name}, the fastest library"
    return [
        Figure(f"reading {ROWS:,} rows {over}", Unit.SECONDS, pairs),
        *_pipeline(plan, peer),
    ]


def _with_csv(source: Path) -> int:
    with source.open(encoding=ENCODING, newline="") as lines:
        return sum(1 for _ in csv.reader(lines, delimiter=DELIMITER)) - 1


def _with_pyarrow(source: Path) -> int:
    rows: int = pyarrow.csv.read_csv(
        source,
        read_options=pyarrow.csv.ReadOptions(encoding=ENCODING),
        parse_options=pyarrow.csv.ParseOptions(delimiter=DELIMITER, newlines_in_values=True),
    ).num_rows
    return rows


_PEERS: Mapping[str, Callable[[Path], int]] = {"csv": _with_csv, "pyarrow": _with_pyarrow}


def _fastest(source: Path, rows: int) -> tuple[str, Callable[[Path], int]]:
    """Return the library that reads all rows in the least time; each has read them once before."""
    times: dict[str, float] = {}
    for name, peer in _PEERS.items():
        if peer(source) == rows:
            times[name] = min(cost_of(partial(peer, source)).wall_seconds for _ in range(3))
    name = min(times, key=lambda each: times[each])
    return name, _PEERS[name]


def _pipeline(plan: Plan, peer: Callable[[Path], int]) -> list[Figure]:
    """Compare an ingest whose Argon2id is taken off with what it cannot avoid."""
    leak = Leak.make_up(plan.folder / "piped", PIPELINE_ROWS)
    inputs = ingest(leak, plan.folder / "piped-first", INSECURE_TEST_ONLY).inputs
    number = itertools.count()

    def whole() -> object:
        return ingest(leak, plan.folder / f"piped-{next(number)}", INSECURE_TEST_ONLY)

    group = partial(group_operations_on_all_cores, inputs, at_once=CHUNK_INPUTS)
    argon2id = partial(bare_argon2id_on_all_cores, INSECURE_TEST_ONLY, inputs, at_once=CHUNK_INPUTS)
    elements = sorted(secrets.token_bytes(ELEMENT_BYTES) for _ in range(inputs))
    keeping = partial(bare_insertions, plan.folder, elements)
    within, beside, kept = [], [], []
    for costs in in_turns(
        plan.runs,
        *(
            partial(cost_of, work)
            for work in (partial(peer, leak.source), group, argon2id, keeping, whole)
        ),
    ):
        read, operated, stretched, inserted, taken = (cost.wall_seconds for cost in costs)
        within.append(Pair(taken - stretched, read + operated))
        beside.append(Pair(taken - stretched, READINGS * read + operated))
        kept.append(Pair(inserted, READINGS * read))
    name = "ingest without Argon2id"
    return [
        Figure(
            f"{name} over one reading and the group operations",
            Unit.SECONDS,
            within,
            Target(READINGS),
        ),
        Figure(f"  the same, over {READINGS:.0f} readings and them", Unit.SECONDS, beside),
        Figure(
            f"  bare insertions of its entries over {READINGS:.0f} readings", Unit.SECONDS, kept
        ),
    ]

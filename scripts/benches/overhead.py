"""Everything in an ingest but Argon2id, over the group operations that it cannot avoid."""

from __future__ import annotations

import itertools
from functools import partial

from app.crypto.stretch import INSECURE_TEST_ONLY
from app.ingest.evaluation import CHUNK_INPUTS
from scripts.benches.floors import (
    bare_argon2id,
    bare_argon2id_on_all_cores,
    group_operations,
    group_operations_on_all_cores,
)
from scripts.benches.leaks import Leak, ingest
from scripts.benches.measuring import (
    Cost,
    Figure,
    Pair,
    Plan,
    Result,
    Target,
    Unit,
    cost_of,
    in_turns,
)

ROWS = 2_000
TARGET = Target(2.0)


def measure(plan: Plan) -> Result:
    """Measure ingests with the cheapest Argon2id, and take that off again."""
    leak = Leak.make_up(plan.folder / "leak", ROWS)
    inputs = ingest(leak, plan.folder / "first", INSECURE_TEST_ONLY).inputs
    number = itertools.count()

    def whole() -> Cost:
        data = plan.folder / f"data-{next(number)}"
        return cost_of(lambda: ingest(leak, data, INSECURE_TEST_ONLY))

    argon2id = partial(bare_argon2id, INSECURE_TEST_ONLY, inputs)
    argon2id_on_all_cores = partial(
        bare_argon2id_on_all_cores, INSECURE_TEST_ONLY, inputs, at_once=CHUNK_INPUTS
    )
    group = partial(group_operations, inputs)
    group_on_all_cores = partial(group_operations_on_all_cores, inputs, at_once=CHUNK_INPUTS)

    cpu_pairs, fair_pairs, wall_pairs = [], [], []
    for one, all_cores, one_stretched, all_stretched, taken in in_turns(
        plan.runs,
        partial(cost_of, group),
        partial(cost_of, group_on_all_cores),
        partial(cost_of, argon2id),
        partial(cost_of, argon2id_on_all_cores),
        whole,
    ):
        cpu = taken.cpu_seconds - one_stretched.cpu_seconds
        wall = taken.wall_seconds - all_stretched.wall_seconds
        cpu_pairs.append(Pair(cpu / inputs, one.cpu_seconds / inputs))
        # Where two threads share a core, everything takes longer than alone.
        shared = taken.cpu_seconds - all_stretched.cpu_seconds
        fair_pairs.append(Pair(shared / inputs, all_cores.cpu_seconds / inputs))
        wall_pairs.append(Pair(wall / inputs, all_cores.wall_seconds / inputs))
    over = "over hash-to-group and one multiplication"
    return Result(
        [
            Figure(f"an input without Argon2id {over}, CPU time", Unit.SECONDS, cpu_pairs, TARGET),
            Figure("  the same, the floor on all cores too", Unit.SECONDS, fair_pairs, TARGET),
            Figure("  the same, wall time", Unit.SECONDS, wall_pairs),
        ],
        [f"overhead: {ROWS:,} rows, {inputs:,} inputs, in this process"],
    )

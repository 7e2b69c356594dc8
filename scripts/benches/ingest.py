"""An ingest's wall time over that of as many bare Argon2id calls."""

from __future__ import annotations

import itertools

from app.crypto.stretch import INSECURE_TEST_ONLY, OWASP_19_MIB
from scripts.benches import reading, resuming
from scripts.benches.floors import bare_argon2id_on_all_cores
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

# Some 1,800 inputs: with fewer, what happens once an ingest would count for more than it does.
ROWS = 400
TARGET = Target(1.05)


def measure(plan: Plan) -> Result:
    """Measure ingests in this process, from opening the source to the end of the publication."""
    leak = Leak.make_up(plan.folder / "leak", ROWS)
    # Loads what is loaded late, and tells how many inputs there are.
    inputs = ingest(leak, plan.folder / "first", INSECURE_TEST_ONLY).inputs
    bare_argon2id_on_all_cores(OWASP_19_MIB, 8)
    number = itertools.count()

    def floor() -> Cost:
        return cost_of(lambda: bare_argon2id_on_all_cores(OWASP_19_MIB, inputs))

    def figure() -> Cost:
        data = plan.folder / f"data-{next(number)}"
        return cost_of(lambda: ingest(leak, data, OWASP_19_MIB))

    turns = in_turns(plan.runs, floor, figure)
    wall = [Pair(taken.wall_seconds, least.wall_seconds) for least, taken in turns]
    cpu = [Pair(taken.cpu_seconds, least.cpu_seconds) for least, taken in turns]
    name = f"ingest of {ROWS:,} rows over {inputs:,} bare Argon2id calls"
    return Result(
        [
            Figure(name, Unit.SECONDS, wall, TARGET),
            Figure("  the same, CPU time", Unit.SECONDS, cpu),
            *reading.figures(plan),
            *resuming.figures(plan),
        ],
        ["ingest: in this process, from an empty data folder to the end of the publication"],
    )

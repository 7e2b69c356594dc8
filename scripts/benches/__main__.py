"""Measures the subjects that are named, and prints one table."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.benches import (
    check,
    ingest,
    lookups,
    memory,
    overhead,
    page,
    requests,
    scale,
    scope,
)
from scripts.benches.measuring import Plan, Result
from scripts.benches.table import machine, render

SUBJECTS: Mapping[str, Callable[[Plan], Result]] = {
    "ingest": ingest.measure,
    "memory": memory.measure,
    "overhead": overhead.measure,
    "lookups": lookups.measure,
    "http": requests.measure,
    "scale": scale.measure,
    "page": page.measure,
    "check": check.measure,
    "scope": scope.measure,
}
RUNS = 3


def main() -> None:
    """Run the subjects one after the other."""
    chosen = _arguments()
    print(machine(), flush=True)
    results = []
    for name in chosen.names or SUBJECTS:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="concerne-bench-") as folder:
            results.append(
                SUBJECTS[name](Plan(Path(folder), chosen.runs, chosen.full, chosen.rows))
            )
        print(f"{name}: measured in {time.monotonic() - started:.0f} s", file=sys.stderr)
    print()
    print(render([figure for result in results for figure in result.figures]))
    print()
    for result in results:
        for note in result.notes:
            print(note)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="What the program costs, as ratios to floors measured in the same run.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SUBJECTS)}")
    parser.add_argument("--full", action="store_true", help="the sizes of the promises; far longer")
    parser.add_argument("--runs", type=int, default=RUNS, help="repetitions (%(default)s)")
    parser.add_argument("--rows", type=int, help="of the list that is checked")
    chosen = parser.parse_args()
    for name in chosen.names:
        if name not in SUBJECTS:
            parser.error(f"there is no {name!r}; there are {', '.join(SUBJECTS)}")
    if chosen.rows is not None and chosen.rows < 2:
        parser.error("--rows is at least 2")
    if chosen.runs < 1:
        parser.error("--runs is at least 1")
    return chosen


if __name__ == "__main__":
    main()

"""The peak memory of `concerne ingest`, as the system counts it, from one size to another."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from scripts.benches.leaks import DATASET, NUMBERS_TOML, Leak, write_numbers
from scripts.benches.measuring import Figure, Pair, Plan, Result, Target, Unit
from scripts.benches.servers import environment

ALLOWED_MIB = 250
SMALL_ROWS, LARGE_ROWS, FULL_ROWS = 10_000, 50_000, 491_840
# Those that are only read, and those of one number that are ingested.
MANY_ROWS, FULL_MANY_ROWS = 500_000, 5_000_000
# Argon2id's own memory: as much for two hundred rows as for any number.
REAL_PROFILE_ROWS = 200
_ALLOWED = Target(1.0)
# What counts as the same: the allocator alone makes a few percent of difference.
_SAME = Target(1.1)
_INSECURE = "insecure-test-only"


def measure(plan: Plan) -> Result:
    """Measure two sizes with the cheap stretch, and a small one with the real."""
    large_rows = FULL_ROWS if plan.is_full else LARGE_ROWS
    small = _peak_mib(plan.folder, SMALL_ROWS, _INSECURE)
    large = _peak_mib(plan.folder, large_rows, _INSECURE)
    real = _peak_mib(plan.folder, REAL_PROFILE_ROWS, "owasp-19-mib")
    notes = [f"memory: with {_INSECURE}, whose Argon2id takes 8 KiB, but for the last of them"]
    if not plan.is_full:
        notes.append(f"memory: {LARGE_ROWS:,} rows instead of {FULL_ROWS:,} (--full)")
    return Result(
        [
            _over_allowed(f"peak memory of an ingest of {SMALL_ROWS:,} rows", small),
            _over_allowed(f"peak memory of an ingest of {large_rows:,} rows", large),
            Figure(
                f"  that over the peak memory of {SMALL_ROWS:,} rows",
                Unit.MIB,
                [Pair(large, small)],
                _SAME,
            ),
            _over_allowed(f"peak memory of {REAL_PROFILE_ROWS:,} rows with real Argon2id", real),
            _reading(plan),
            _numbers(plan),
        ],
        notes,
    )


def _over_allowed(what: str, mib: float) -> Figure:
    return Figure(f"{what}, over the allowed", Unit.MIB, [Pair(mib, ALLOWED_MIB)], _ALLOWED)


def _reading(plan: Plan) -> Figure:
    """Compare the peak memory of reading two sizes."""
    rows = _many(plan)
    leak = Leak.make_up(plan.folder / "read", SMALL_ROWS)
    header, _, body = leak.source.read_bytes().partition(b"\n")
    long = plan.folder / "long.csv"
    with long.open("wb") as out:
        out.write(header + b"\n")
        for _ in range(rows // SMALL_ROWS):
            out.write(body)
    small, large = (
        _peak_of([sys.executable, "-m", "scripts.benches.readall", str(path)])
        for path in (leak.source, long)
    )
    long.unlink()
    name = f"peak memory of reading {rows:,} rows over that of {SMALL_ROWS:,}"
    return Figure(name, Unit.MIB, [Pair(large, small)], _SAME)


def _numbers(plan: Plan) -> Figure:
    """Compare the peak memory of ingesting two sizes, from the source to the publication."""
    mapping = plan.folder / "numbers.toml"
    mapping.write_text(NUMBERS_TOML, encoding="utf-8")
    small, large = (
        _peak_of_numbers(plan.folder, mapping, rows) for rows in (SMALL_ROWS, _many(plan))
    )
    name = f"peak memory of an ingest of {_many(plan):,} numbers over that of {SMALL_ROWS:,}"
    return Figure(name, Unit.MIB, [Pair(large, small)], _SAME)


def _peak_of_numbers(folder: Path, mapping: Path, rows: int) -> float:
    source = folder / f"numbers-{rows}.csv"
    write_numbers(source, rows)
    return _peak_of_ingest(source, mapping, folder / f"numbers-{rows}", _INSECURE)


def _many(plan: Plan) -> int:
    return FULL_MANY_ROWS if plan.is_full else MANY_ROWS


def _peak_mib(folder: Path, rows: int, profile: str) -> float:
    leak = Leak.make_up(folder / f"leak-{rows}", rows)
    return _peak_of_ingest(leak.source, leak.mapping, folder / f"data-{rows}", profile)


def _peak_of_ingest(source: Path, mapping: Path, data: Path, profile: str) -> float:
    """Ingest a source into a new folder, and remove both."""
    arguments = [source, "--dataset", DATASET, "--mapping", mapping, "--data", data]
    ingest = [sys.executable, "-m", "app.cli", "ingest", *map(str, arguments)]
    mib = _peak_of(ingest, CONCERNE_STRETCH_PROFILE=profile)
    source.unlink()
    shutil.rmtree(data)
    return mib


def _peak_of(command: list[str], **variables: str) -> float:
    """Run a command, and return its peak memory in MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benches.peak", *command],
        env=environment(variables),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the command failed: {done.stderr.decode(errors='replace')[-1000:]}")
    return int(done.stdout) / 2**20

"""What is counted of a leak's shape is the same however often the ingest was killed."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from app.storage.engine import DATABASE_NAME
from tests.drills.test_interrupted_ingest import command, files, ingest, killed_after  # noqa: F401

KILLS = 10
RUNS_MAXIMUM = 40


def scope_of(data: Path) -> list[tuple[str]]:
    """Return what is kept of the counting, after checking that nothing else is."""
    with sqlite3.connect(data / DATABASE_NAME) as database:
        kept = database.execute("SELECT document FROM scope_tables").fetchall()
        assert database.execute("SELECT count(*) FROM scope_tally").fetchone() == (0,)
    database.close()
    assert not list((data / "keys").glob("**/scope/*"))
    return kept


@pytest.mark.slow
def test_killed_ten_times_it_counts_the_same(
    files: Path,  # noqa: F811 the fixture
    tmp_path: Path,
) -> None:
    """Slow: some fifteen runs of a few seconds. The moments are of a fixed seed."""
    took = time.monotonic()
    assert ingest(files, tmp_path / "whole").returncode == 0
    took = time.monotonic() - took
    expected = scope_of(tmp_path / "whole")
    assert len(json.loads(expected[0][0])["tables"]) > 8
    moments = random.Random(1951)
    kills = 0
    data = tmp_path / "killed"
    for run in range(RUNS_MAXIMUM):
        ended = killed_after(moments.uniform(0.1, 0.9) * took, command(files), data)
        kills += ended == -signal.SIGKILL
        if kills == KILLS:
            break
        if ended != -signal.SIGKILL:
            assert ended == 0
            assert scope_of(data) == expected
            data = tmp_path / f"killed-{run}"
            took *= 0.7
    assert kills == KILLS
    assert ingest(files, data).returncode == 0
    assert scope_of(data) == expected

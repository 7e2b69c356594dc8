"""A test that is marked `alone` runs alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Each test writes when it began and ended, on a clock that all processes share.
CONFTEST = """
import time
from pathlib import Path
import pytest
from tests.turns import taking_turns

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    with taking_turns(item):
        begun = time.monotonic_ns()
        result = yield
        Path(item.name).write_text(f"{begun} {time.monotonic_ns()} {'alone' in item.keywords}")
        return result
"""
TESTS = """
import time
from pathlib import Path
import pytest

@pytest.mark.parametrize("number", range(40))
def test_one_of_many(number, worker_id):
    # One process may be late: before it is there, nothing runs beside the other.
    Path(f"{worker_id}.here").touch()
    until = time.monotonic() + 60
    while len(list(Path.cwd().glob("*.here"))) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.02)

@pytest.mark.alone
@pytest.mark.parametrize("number", range(3))
def test_that_measures(number):
    time.sleep(0.02)
"""


def test_nothing_runs_beside_a_test_that_measures(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_inner.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = alone\n")
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2", "--dist", "worksteal"]
    done = subprocess.run(
        [*command, "-o", f"pythonpath={ROOT}"],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"=== 43 passed in .* ===", done.stdout), done.stdout + done.stderr
    told = [path.read_text().split() for path in tmp_path.glob("test_*[[]*")]
    times = [(int(begun), int(ended), alone == "True") for begun, ended, alone in told]
    assert len(times) == 43
    beside = [
        (one[2], other[2])
        for number, one in enumerate(times)
        for other in times[number + 1 :]
        if one[0] < other[1] and other[0] < one[1]
    ]
    # Others do run together, or it would be shown of nothing.
    assert len(beside) > 5
    assert not [pair for pair in beside if any(pair)]

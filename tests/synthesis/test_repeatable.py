from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.synthesis.reading import make

ROOT = Path(__file__).parents[2]

DIGESTS = """
import hashlib, io
from app.synthesis.leak import synthesise
out, truth = io.BytesIO(), io.BytesIO()
synthesise(rows=500, seed=7, out=out, truth=truth)
for written in (out, truth):
    print(hashlib.sha256(written.getvalue()).hexdigest())
"""

FULL_SIZE = """
import os, re
from pathlib import Path
from app.synthesis.leak import synthesise
with open(os.devnull, "wb") as out, open(os.devnull, "wb") as truth:
    made = synthesise(rows=491_840, seed=1, out=out, truth=truth)
# Not getrusage: a child's peak there can be the parent's from before it became another program.
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) / 1024)
print(made.with_nir, made.women, made.men, made.children, made.babies)
print(made.landlines, made.mobiles, made.emails, made.truth_lines)
"""


def _run(program: str, **environment: str) -> list[str]:
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.splitlines()


def test_a_seed_gives_the_same_bytes_in_every_process() -> None:
    made = make(500, seed=7)
    here = [hashlib.sha256(written).hexdigest() for written in (made.leak, made.truth)]
    assert _run(DIGESTS, PYTHONHASHSEED="1") == _run(DIGESTS, PYTHONHASHSEED="2") == here


def test_a_seed_gives_the_bytes_that_it_always_gave() -> None:
    """Whoever changes these on purpose changes what every published seed stands for."""
    made = make(50, seed=7)
    assert hashlib.sha256(made.leak).hexdigest() == (
        "cc3fad9818143fd7e478feb8ec4f82aeaf80395bdfa37cd907add4e1528c62f1"
    )
    assert hashlib.sha256(made.truth).hexdigest() == (
        "fa70107164e3c09e439be3523e24918cdec96bde915c14a773c2552bb81d389b"
    )


def test_another_seed_gives_other_bytes() -> None:
    one, other = make(50, seed=7), make(50, seed=8)
    assert one.leak != other.leak
    assert one.truth != other.truth


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's peak memory")
def test_a_leak_of_the_reported_size_is_made_in_300_mib() -> None:
    """Slow: 491,840 rows take some twenty seconds."""
    mebibytes, *counts = _run(FULL_SIZE)
    assert float(mebibytes) < 300
    assert counts == ["489838 268983 195828 13478 425", "270569 159591 55738 10000"]

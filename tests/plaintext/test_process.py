"""A process that was confined says so, and so do those that it forks."""

from __future__ import annotations

import resource
import subprocess
import sys

CODE = """
import os
from app.plaintext.process import confine, is_confined
print("at first", is_confined(), flush=True)
confine()
print("confined", is_confined(), flush=True)
confine()
if os.fork() == 0:
    print("forked", is_confined(), flush=True)
    os._exit(0)
os.wait()
again = "from app.plaintext.process import is_confined; print('a program it starts', is_confined())"
os.execv(os.sys.executable, [os.sys.executable, "-c", again])
"""


def test_a_process_is_confined_when_it_says_so_and_its_programs_have_to_do_it_again() -> None:
    """Which is why the process that reads workbooks does."""
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, check=True, text=True)
    assert told.stdout.splitlines() == [
        "at first False",
        "confined True",
        "forked True",
        "a program it starts False",
    ]


def test_no_core_is_allowed_afterwards_either() -> None:
    """The limit cannot be raised again by whoever is not root."""
    code = (
        "from app.plaintext.process import confine; confine()\n"
        "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    told = subprocess.run(
        ["sh", "-c", 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"', "sh", sys.executable, "-c", code],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert told.stdout == "(0, 0)\n"
    assert resource.getrlimit(resource.RLIMIT_CORE)[1] == hard

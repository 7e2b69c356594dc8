"""No other process of the same user can look into one of ours while it holds a leak."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import free_port
from tests.drills.sources import written

# Ubuntu's and others' own obstacle; at 1, whoever started a process may still look into it.
YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")
_PR_CAPBSET_DROP = 24
# So many, and each so slow, that they are not all read while somebody looks.
PEOPLE = 2000
STARTED = "Started server process"
SLOW = {"CONCERNE_STRETCH_PROFILE": "owasp-19-mib", "CONCERNE_WORKERS": "1"}

# Starts a command, waits until it says something, and tries to look into it and what it started.
PROBE = """
import ctypes, json, os, signal, subprocess, sys
from pathlib import Path

def children(parent):
    for facts in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = facts.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            child = int(facts.parent.name)
            yield child
            yield from children(child)

def reads_memory(pid):
    try:
        begin = int(Path(f"/proc/{pid}/maps").read_text().partition("-")[0], 16)
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            memory.seek(begin)
            return len(memory.read(4)) == 4
    except PermissionError:
        return False

def attaches(pid):
    word = ctypes.c_ulong
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    return ptrace(word(16), word(pid), word(0), word(0)) == 0

def look(pid):
    looked = [reads_memory(pid), attaches(pid)]
    # One that has ended cannot be looked into either.
    assert Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    return looked

quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
awaited, *command = sys.argv[1:]
with subprocess.Popen(command, **quiet) as process:
    while (line := process.stderr.readline()) and awaited not in line.decode():
        pass
    family = [process.pid, *children(process.pid)]
    try:
        print(json.dumps([look(pid) for pid in family]))
    finally:
        for pid in family:
            os.kill(pid, signal.SIGKILL)
"""


def as_nobody_special() -> None:
    """Take away what root may do to any process, so that it is a user like another."""
    prctl = ctypes.CDLL(None).prctl
    for capability in range(64):
        prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def probe(awaited: str, *command: str | Path, data: Path) -> list[list[bool]]:
    """Return, of a command and each process it started, whether it was read and attached to.

    Args:
        awaited: what is in the line before which nobody looks.
        command: the program and its arguments.
        data: its folder.
    """
    looked = subprocess.run(
        [sys.executable, "-c", PROBE, awaited, *map(str, command)],
        capture_output=True, check=True, preexec_fn=as_nobody_special,
        env=os.environ | SLOW | {"CONCERNE_DATA": str(data)},
    )  # fmt: skip
    found: list[list[bool]] = json.loads(looked.stdout.splitlines()[-1])
    return found


def test_a_process_that_is_not_confined_can_be_looked_into(tmp_path: Path) -> None:
    """Or the other tests here would show nothing."""
    code = "import sys, time; print('ready', file=sys.stderr, flush=True); time.sleep(600)"
    may_look = not YAMA.exists() or int(YAMA.read_text()) < 2
    assert probe("ready", sys.executable, "-c", code, data=tmp_path) == [[may_look, may_look]]


@pytest.mark.parametrize(("kind", "processes"), [("csv", 1), ("xlsx", 2), ("parquet", 2)])
def test_an_ingest_and_what_it_starts_cannot_be_looked_into(
    tmp_path: Path, kind: str, processes: int
) -> None:
    ingest = (sys.executable, "-m", "app.cli", "ingest", "--dataset", "d", "--max-rejects", "50%")
    looked = probe("Reading: ", *ingest, *written(kind, tmp_path, PEOPLE), data=tmp_path / "data")
    assert looked == [[False, False]] * processes


def test_a_server_cannot_be_looked_into(tmp_path: Path) -> None:
    serve = (sys.executable, "-m", "app.cli", "serve", "--port", str(free_port()))
    assert probe(STARTED, *serve, data=tmp_path) == [[False, False]]


def test_another_web_server_does_not_undo_it(tmp_path: Path) -> None:
    """The application confines the process it is made in, whoever started that."""
    server = (sys.executable, "-m", "uvicorn", "--factory", "app.web.main:application")
    looked = probe(STARTED, *server, "--port", str(free_port()), data=tmp_path)
    assert looked == [[False, False]]

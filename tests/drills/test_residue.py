"""A leak goes through a process of its own, which may be killed: nothing of the leak is left.

Everything such a process may write to by default is searched: its home, its temporary folder, the
folder it stands in, its data with the database and its write-ahead log, and what it printed.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.cli.commands import CHEAP
from tests.drills.sources import KINDS, PEOPLE, traces, written
from tests.traces import Traces, files_in

ROOT = Path(__file__).parents[2]
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
# As much as there can be: a parent that asks for core dumps.
UNLIMITED_CORES = 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"'
# So slow that what is read is still at work when the first line is printed.
SLOW = {"CONCERNE_STRETCH_PROFILE": "owasp-19-mib", "CONCERNE_WORKERS": "1"}


@cache
def searched() -> Traces:
    return traces()


@dataclass(frozen=True)
class Room:
    """All that a process can write to, and, outside, what it reads.

    Args:
        folder: of both.
    """

    folder: Path

    @property
    def inside(self) -> Path:
        return self.folder / "inside"

    def start(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """Start a program that has nowhere else to write, and may dump its core if it can."""
        for name in ("home", "temporary", "here", "data"):
            (self.inside / name).mkdir(parents=True, exist_ok=True)
        places = {
            "HOME": str(self.inside / "home"), "XDG_CACHE_HOME": str(self.inside / "home"),
            "XDG_STATE_HOME": str(self.inside / "home"), "TMPDIR": str(self.inside / "temporary"),
            "CONCERNE_DATA": str(self.inside / "data"), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        return subprocess.Popen(
            ["sh", "-c", UNLIMITED_CORES, "sh", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=self.inside / "here", env=os.environ | CHEAP | places | environment,
        )  # fmt: skip

    def ingest(self, kind: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start to ingest the leak, written as one kind of file."""
        outside = self.folder / "outside"
        outside.mkdir(exist_ok=True)
        arguments = [*written(kind, outside), "--dataset", "d", "--max-rejects", "50%", *options]
        command = [sys.executable, "-m", "app.cli", "ingest", *map(str, arguments)]
        return self.start(command, **environment)

    def left(self, *printed: bytes) -> list[tuple[str, str]]:
        """Return what is found of the leak."""
        left = files_in(self.inside) | {f"output {n}": text for n, text in enumerate(printed)}
        return searched().find(left)

    def names(self) -> set[str]:
        return {Path(path).name for path in files_in(self.inside)}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """Send a signal to a process; return how the system says that it ended."""
    process.send_signal(number)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return status


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_of_a_leak_that_was_ingested(room: Room, kind: str) -> None:
    report = room.inside / "report"
    with room.ingest(kind, "--erase-source", "--report", str(report)) as process:
        printed = process.communicate()
    assert process.returncode == 0, printed
    assert f"{PEOPLE} rows".encode() in printed[0]
    assert room.left(*printed) == []
    assert {"concerne.sqlite3", "concerne.sqlite3-wal"} & room.names()
    assert not (room.folder / "outside" / kind.replace(" ", ".")).exists()


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("csv", signal.SIGKILL),
        ("csv", signal.SIGABRT),
        ("xlsx", signal.SIGSEGV),
        ("parquet", signal.SIGKILL),
        ("csv.age", signal.SIGABRT),
        ("csv.age", signal.SIGTERM),
    ],
)
def test_nothing_is_left_of_a_leak_whose_ingest_was_killed(
    room: Room, kind: str, number: signal.Signals
) -> None:
    """By signals of which two make a process dump its core, if it lets the system do so."""
    with room.ingest(kind, **SLOW) as process:
        assert process.stderr
        assert process.stdout
        printed = b""
        while b"Reading: " not in printed:
            line = process.stderr.readline()
            assert line, printed
            printed += line
        status = end(process, number)
        printed += process.stderr.read() + process.stdout.read()
    assert os.WTERMSIG(status) == number
    assert not os.WCOREDUMP(status)
    assert room.left(printed) == []
    assert {name for name in room.names() if "core" in name} == set()
    assert "concerne.sqlite3" in room.names()


def test_a_program_that_does_nothing_about_it_would_leave_a_core(room: Room) -> None:
    """Where this system writes one into the folder of a process, as most do by default."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    pattern = CORE_PATTERN.read_text().strip() if CORE_PATTERN.exists() else ""
    with room.start([sys.executable, "-c", "import os; os.abort()"]) as process:
        status = os.waitpid(process.pid, 0)[1]
        process.returncode = os.waitstatus_to_exitcode(status)
    assert os.WTERMSIG(status) == signal.SIGABRT
    if hard and pattern and pattern[0] not in "|/@":
        assert os.WCOREDUMP(status)
        assert {name for name in room.names() if "core" in name}
    for core in (room.inside / "here").iterdir():
        core.unlink()


def test_the_search_would_find_a_value_of_each_row(room: Room) -> None:
    """A search that cannot fail shows nothing."""
    (room.folder / "outside").mkdir()
    source = written("csv", room.folder / "outside")[0]
    found = searched().find({"the source itself": Path(source).read_bytes()})
    assert {name for name, _ in found} >= {"NIR", "NE_LE", "NOM", "PRENOM", "MAIL", "TEL", "LABO"}
    assert len(searched().forms) > 50_000

"""Servers as processes of their own: this program's, and one whose only route does nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.benches.connection import HOST, Connection, get
from scripts.benches.leaks import DATASET

EMPTY_ROUTE = "/empty"
# Lifted, and on but out of reach: with the second, all that counting costs is in the figures.
LIFTED = "unlimited"
OUT_OF_REACH = "1000000/hour"
_LIMITS = ("REQUESTS", "LOOKUPS", "EVALUATIONS", "RANGES", "DATASET", "CLIENT")
_START_SECONDS = 120.0
_STOP_SECONDS = 15.0
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    port: int
    process_id: int

    def cpu_seconds(self) -> float:
        """Return the processor time it took so far; Linux tells it."""
        facts = (_PROCESSES / str(self.process_id) / "stat").read_text()
        user, system = facts.rpartition(") ")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self) -> float:
        """Return the most memory that it had so far; Linux tells it."""
        facts = (_PROCESSES / str(self.process_id) / "status").read_text()
        (line,) = (each for each in facts.splitlines() if each.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024


@contextmanager
def concerne(data: Path, *, limits: str) -> Iterator[Server]:
    """Run `concerne serve` over a data folder, every limit the same, all else as by default."""
    settings = {f"CONCERNE_LIMIT_{name}": limits for name in _LIMITS}
    command = ["app.cli", "serve", "--data", str(data)]
    with _run(command, data.with_suffix(".log"), f"/v1/datasets/{DATASET}", settings) as server:
        yield server


@contextmanager
def empty(folder: Path) -> Iterator[Server]:
    """Run a FastAPI application with one route that answers nothing, under the same web server."""
    with _run(["scripts.benches.emptiness"], folder / "empty.log", EMPTY_ROUTE, {}) as server:
        yield server


@contextmanager
def _run(
    command: Sequence[str], log: Path, ready_path: str, settings: Mapping[str, str]
) -> Iterator[Server]:
    port = _free_port()
    arguments = [sys.executable, "-m", *command, "--port", str(port)]
    with (
        log.open("ab") as told,
        subprocess.Popen(arguments, env=environment(settings), stderr=told) as process,
    ):
        try:
            _wait_until_ready(process, port, get(ready_path), log)
            yield Server(port, process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child: these settings, and none that happen to be around."""
    foreign = ("CONCERNE_", "RATELIMIT_")
    return {n: v for n, v in os.environ.items() if not n.startswith(foreign)} | dict(settings)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _wait_until_ready(
    process: subprocess.Popen[bytes], port: int, request: bytes, log: Path
) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connection = Connection(port)
            try:
                connection.ask(request)
            finally:
                connection.close()
        except (OSError, RuntimeError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"a server did not start: {log.read_text(errors='replace')[-1000:]}")

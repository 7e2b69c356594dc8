"""Runs the command `concerne` as a person does: as a process of its own."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

CHEAP = {"CONCERNE_STRETCH_PROFILE": "insecure-test-only"}
# Below those that Linux gives to outgoing connections.
PORTS = range(10_000, 32_768)
UNLIMITED = {
    f"CONCERNE_LIMIT_{name}": "unlimited"
    for name in ("REQUESTS", "LOOKUPS", "EVALUATIONS", "RANGES", "DATASET", "CLIENT", "REFUSED")
}


def concerne(
    *arguments: str | int | Path, data: Path, stdin: bytes = b"", timeout_seconds: float = 600
) -> subprocess.CompletedProcess[bytes]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=timeout_seconds,
        env=os.environ | CHEAP | {"CONCERNE_DATA": str(data)},
    )


def free_port() -> int:
    """Return a port of the loopback that was free a moment ago.

    None that the system gives to whoever asks for any, nor one that another process of the same
    tests draws: it is still to be free when a server has started.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        port = random.SystemRandom().randrange(PORTS.start + worker, PORTS.stop, workers)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def concerne_serve(data: Path, log: Path, **environment: str) -> Iterator[str]:
    """Run `concerne serve`, its output in `log`, and yield its URL."""
    port = free_port()
    process = serve_on(port, data, log, **environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) in (0, -signal.SIGINT)


def serve_on(port: int, data: Path, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start `concerne serve`, and return it when it answers; whoever starts it ends it."""
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--data", str(data)]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env=os.environ | CHEAP | UNLIMITED | environment
        )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", process)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server stopped while starting"
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("the server did not start")

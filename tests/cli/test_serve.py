"""`concerne serve` and `concerne demo`: they start, say when they cannot, and end quietly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from tests.cli.commands import CHEAP, concerne, concerne_serve, free_port


def test_a_server_without_any_dataset_says_so(tmp_path: Path) -> None:
    with concerne_serve(tmp_path / "data", tmp_path / "log") as url:
        assert httpx.get(f"{url}/v1/datasets", timeout=30).json() == {"datasets": []}
        assert httpx.get(f"{url}/v1/datasets/demo", timeout=30).status_code == 404


def test_the_log_has_one_json_object_a_line(tmp_path: Path) -> None:
    with concerne_serve(tmp_path / "data", tmp_path / "log") as url:
        httpx.get(f"{url}/v1/parameters", timeout=30)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    (request,) = [line for line in lines if line.get("route") == "/v1/parameters"]
    assert set(request) == {
        "timestamp", "level", "event", "method", "route", "status", "duration_ms"
    }  # fmt: skip


def test_a_port_in_use_is_refused_with_exit_code_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("serve", "demo"):
            ended = concerne(command, "--port", port, data=tmp_path / "data")
            assert ended.returncode == 2
            assert ended.stderr.startswith(f"error: 127.0.0.1 port {port} cannot".encode())
    assert not (tmp_path / "data").exists()


def test_the_demo_answers_rightly_keeps_its_files_and_starts_again(tmp_path: Path) -> None:
    data, port = tmp_path / "var", free_port()
    for _ in range(2):
        ended = concerne("demo", "--rows", 40, "--port", port, "--check", data=data)
        assert ended.returncode == 0, ended.stderr
        told = ended.stdout.decode()
        assert "asked plainly: exposed; asked privately: exposed" in told
        assert "asked plainly: not exposed; asked privately: not exposed" in told
        assert told.count("curl -s http://127.0.0.1") == 2
        assert {p.name for p in data.iterdir()} >= {"concerne.sqlite3", "keys", "truth.jsonl"}
        assert not (data / "leak.csv").exists()
    assert b"holds the demo already" in ended.stdout


def test_the_demo_serves_until_it_is_interrupted_and_ends_quietly(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "app.cli", "demo", "--rows", "20", "--port", str(port)]
    environment = os.environ | CHEAP | {"CONCERNE_DATA": str(tmp_path / "var")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        while b"Serving on" not in (line := process.stdout.readline()):
            assert line, "the demo ended by itself"
        # As a terminal does it: to the whole group.
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"error: " not in errors
    assert b"Traceback" not in errors
    assert b"CancelledError" not in errors

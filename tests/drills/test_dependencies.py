"""What is under a running server breaks: it goes from answering to saying that it does not know."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import time
from pathlib import Path

import httpx

from app.cli.ingestion import run_ingest
from app.synthesis.leak import synthesise
from tests.conftest import Leak
from tests.serving import serving_settings

LOOKUPS = "/v1/datasets/demo/lookups"
QUESTION = {"scheme": "phone", "phone": "01 99 00 42 42"}


def wait_for(http: httpx.Client, status: int) -> httpx.Response:
    deadline = time.monotonic() + 30
    while (response := http.post(LOOKUPS, json=QUESTION)).status_code != status:
        assert response.status_code in (200, 503)
        assert time.monotonic() < deadline, f"still {response.status_code}"
        time.sleep(0.05)
    return response


def test_a_key_that_others_can_read_is_not_used_until_that_is_mended(
    captured_log: io.StringIO, leak: Leak, tmp_path: Path
) -> None:
    """What it is needed for is unknown, all else is answered; then that too, without a restart."""
    data = tmp_path / "data"
    shutil.copytree(leak.data, data)
    key = data / "keys" / "demo" / "phone" / "1"
    key.chmod(0o644)
    with serving_settings(leak.settings(data=data, renew_seconds=0.05)) as http:
        response = wait_for(http, 503)
        assert response.json()["type"] == "urn:concerne:problem:unavailable"
        assert http.get("/v1/datasets").status_code == 200
        other = leak.lines("nir-dob", exposed=True)[0]
        body = {name: value for name, value in other.items() if name != "exposed"}
        assert http.post(LOOKUPS, json=body).json()["exposed"] is True
        time.sleep(0.3)
        key.chmod(0o600)
        assert wait_for(http, 200).json()["exposed"] is False
        assert http.get("/readyz").status_code == 200
    lines = [json.loads(line) for line in captured_log.getvalue().splitlines()]
    (told,) = [line for line in lines if line["level"] == "error"]
    assert (told["index"], told["error"]) == ("demo/phone/1", "KeyRingUnsafe")
    assert [line["event"] for line in lines].count(
        "all that is published can be answered again"
    ) == 1


def test_a_database_with_a_range_missing_never_answers(leak: Leak, tmp_path: Path) -> None:
    """A lost row must not become a "no" for those who stood in it."""
    data = tmp_path / "data"
    shutil.copytree(leak.data, data)
    with sqlite3.connect(data / "concerne.sqlite3") as database:
        lost = database.execute('DELETE FROM "range" WHERE prefix = 0').rowcount
    database.close()
    assert lost > 0
    with serving_settings(leak.settings(data=data, renew_seconds=0.05)) as http:
        for _ in range(5):
            assert http.post(LOOKUPS, json=QUESTION).status_code == 503
            time.sleep(0.05)


def test_a_dataset_published_while_the_server_runs_is_answered_without_a_restart(
    leak: Leak, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(leak.data, data)
    settings = leak.settings(data=data, renew_seconds=0.05)
    source = tmp_path / "second.csv"
    with source.open("wb") as out, (tmp_path / "truth").open("wb") as truth:
        synthesise(rows=30, seed=8, out=out, truth=truth)
    with serving_settings(settings) as http:
        assert len(http.get("/v1/datasets").json()["datasets"]) == 1
        run_ingest(settings, source, "second", leak.mapping)
        deadline = time.monotonic() + 30
        while http.get("/v1/datasets/second").status_code != 200:
            assert time.monotonic() < deadline, "the second dataset never answered"
            time.sleep(0.05)
        assert http.post("/v1/datasets/second/lookups", json=QUESTION).status_code == 200

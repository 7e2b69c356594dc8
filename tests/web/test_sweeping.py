"""A running server stops answering for what has ended, erases it, and says so in its log."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from app.errors import KeyRingUnsafe, Unavailable
from app.lifecycle.erasure import Erasing
from app.web.app import create_app
from app.web.main import wire
from tests.conftest import Leak
from tests.ingest.examples import house
from tests.lifecycle.examples import certified, found_in, secrets_of, steps
from tests.serving import serving, serving_settings

LOOKUPS = "/v1/datasets/demo/lookups"
QUESTION = {"scheme": "phone", "phone": "01 99 00 42 42"}
SCOPE = "/v1/datasets/demo/scope"
PRIVATE = "/v1/datasets/demo/schemes/phone/ranges/0?epoch=1"


@pytest.fixture
def data(leak: Leak, tmp_path: Path) -> Path:
    shutil.copytree(leak.data, tmp_path / "data")
    return tmp_path / "data"


def end_today(data: Path) -> None:
    with sqlite3.connect(data / "concerne.sqlite3") as database:
        today = datetime.now(UTC).date().isoformat()
        assert database.execute("UPDATE dataset SET ends_on = ?", (today,)).rowcount == 1
    database.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


def check_unknown(http: httpx.Client) -> None:
    for response in (http.post(LOOKUPS, json=QUESTION), http.get(PRIVATE), http.get(SCOPE)):
        assert response.status_code == 404
        assert response.json()["type"] == "urn:concerne:problem:unknown-dataset"
        assert "exposed" not in response.text
    assert http.get("/v1/datasets").json() == {"datasets": []}
    assert http.get("/readyz").status_code == 200


def is_certified(data: Path) -> bool:
    with house(data) as home:
        record = home.datasets.dataset("demo")
        return record.state == "erased" and not record.is_erasing


def test_the_end_date_is_public(leak: Leak) -> None:
    with serving_settings(leak.settings()) as http:
        document = http.get("/v1/datasets/demo").json()
        (summary,) = http.get("/v1/datasets").json()["datasets"]
    ends_on = date.fromisoformat(document["ends_on"])
    assert summary["ends_on"] == document["ends_on"]
    assert 364 <= (ends_on - datetime.now(UTC).date()).days <= 366


def test_a_server_erases_what_comes_to_its_end_while_it_runs(
    captured_log: io.StringIO, leak: Leak, data: Path
) -> None:
    with house(data) as home:
        secrets = secrets_of(home, "demo")
    with serving_settings(leak.settings(data=data, renew_seconds=0.05)) as http:
        assert http.post(LOOKUPS, json=QUESTION).status_code == 200
        end_today(data)
        wait_until(lambda: http.post(LOOKUPS, json=QUESTION).status_code == 404)
        check_unknown(http)
        wait_until(lambda: is_certified(data))
        check_unknown(http)
        # It is said once what was written has been folded into the file, which takes its time.
        wait_until(lambda: "was erased" in captured_log.getvalue())
    with house(data) as home:
        said = certified(home, home.datasets.certificate("demo"))
        assert (said["by"], said["reason"]) == ("concerne", "end date")
        assert steps(home)[-2:] == [("erasure started", "demo"), ("erased", "demo")]
    assert found_in(data, secrets) == 0
    lines = [json.loads(line) for line in captured_log.getvalue().splitlines()]
    told = [line for line in lines if line.get("dataset") == "demo"]
    assert [line["event"] for line in told] == ["a dataset came to its end and was erased"]


def test_two_servers_on_one_folder_erase_once(leak: Leak, data: Path) -> None:
    settings = leak.settings(data=data, renew_seconds=0.05)
    with serving_settings(settings) as first, serving_settings(settings) as second:
        end_today(data)
        for http in (first, second):
            wait_until(lambda http=http: http.get("/v1/datasets/demo").status_code == 404)  # type: ignore[misc]
        wait_until(lambda: is_certified(data))
        for http in (first, second):
            check_unknown(http)
    with house(data) as home:
        assert [what for what, _ in steps(home)].count("erased") == 1


def test_what_cannot_be_erased_answers_nobody_and_is_logged_once(
    captured_log: io.StringIO, leak: Leak, data: Path
) -> None:
    """A signing key that others can read: erased when that is mended, without a restart."""
    key = data / "keys" / "signing.jwk"
    key.chmod(0o644)
    with serving_settings(leak.settings(data=data, renew_seconds=0.05)) as http:
        end_today(data)
        wait_until(lambda: http.get("/v1/datasets/demo").status_code == 404)
        wait_until(lambda: KeyRingUnsafe.__name__ in captured_log.getvalue())
        time.sleep(0.3)
        check_unknown(http)
        assert not is_certified(data)
        key.chmod(0o600)
        wait_until(lambda: is_certified(data))
    assert captured_log.getvalue().count(f'"error": "{KeyRingUnsafe.__name__}"') == 1


def test_a_fault_while_sweeping_ends_neither_the_sweeping_nor_the_answers(
    captured_log: io.StringIO, leak: Leak, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = wire(leak.settings(data=data, renew_seconds=0.02))
    erase, attempts = Erasing.erase, 0

    def choke_at_first(self: Erasing, dataset: str, *, by: str, reason: str) -> str:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ValueError("1850556950048")
        return erase(self, dataset, by=by, reason=reason)

    monkeypatch.setattr(Erasing, "erase", choke_at_first)
    with serving(create_app(services)):
        end_today(data)
        wait_until(lambda: is_certified(data))
    assert captured_log.getvalue().count('"error": "ValueError"') == 1
    assert "1850556950048" not in captured_log.getvalue()


def test_a_store_that_fails_at_the_end_does_not_let_it_answer_on(
    leak: Leak, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither reread nor erased: what was in memory answers nobody from its end on."""
    end_today(data)
    services = wire(leak.settings(data=data, renew_seconds=0.02))

    def fail(*_: object) -> None:
        raise Unavailable("the database failed")

    monkeypatch.setattr(services.sweeping, "sweep", fail)
    with serving(create_app(services)) as http:
        check_unknown(http)
    assert not is_certified(data)

"""What the front answers when something behind it fails: never an answer, never a value."""

from __future__ import annotations

import io
import json
import threading
import time

import httpx
import pytest

from app.crypto import oprf
from app.encoding import to_base64url
from app.errors import Unavailable
from app.web.app import create_app
from app.web.main import wire
from app.web.services import Services
from app.web.windows import WindowStorage
from tests.conftest import Leak
from tests.serving import serving

LOOKUPS = "/v1/datasets/demo/lookups"
CANARY = "01 99 00 42 42"
QUESTION = {"scheme": "phone", "phone": CANARY}


@pytest.fixture
def services(leak: Leak) -> Services:
    """What is published is read once: what a test takes away does not come back."""
    settings = leak.settings(workers=1, lookup_queue=1, renew_seconds=600, stale_seconds=600)
    return wire(settings)


def test_a_fault_of_ours_is_a_problem_and_a_log_line_without_the_value(
    captured_log: io.StringIO, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choke(*_: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr("app.exposure.answering.encode_identifier", choke)
    with serving(create_app(services)) as http:
        response = http.post(LOOKUPS, json=QUESTION)
    assert response.status_code == 500
    assert response.json()["type"] == "urn:concerne:problem:internal"
    assert "exposed" not in response.json()
    assert response.headers["cache-control"] == "no-store"
    faults = [
        line for line in map(json.loads, captured_log.getvalue().splitlines()) if "error" in line
    ]
    assert [fault["error"] for fault in faults] == ["ValueError"]
    assert faults[0]["at"][-1].startswith("app/exposure/answering.py:")
    assert CANARY not in captured_log.getvalue() + response.text


def test_when_the_pool_is_full_the_answer_is_503_at_once(services: Services) -> None:
    gate = threading.Event()
    with serving(create_app(services)) as http:
        held = [services.answering._pool.submit(gate.wait) for _ in range(2)]
        try:
            response = http.post(LOOKUPS, json=QUESTION)
            bad = http.post(LOOKUPS, json=QUESTION | {"phone": "12"})
        finally:
            gate.set()
        assert [future.result(10) for future in held] == [True, True]
        freed = http.post(LOOKUPS, json=QUESTION)
    assert response.status_code == 503
    assert response.json()["type"] == "urn:concerne:problem:busy"
    assert int(response.headers["retry-after"]) >= 1
    assert bad.status_code == 422
    assert freed.status_code == 200


def test_a_limit_storage_that_fails_does_not_set_anybody_free(
    leak: Leak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process then counts for itself."""
    services = wire(leak.settings(limit_lookups="2/hour"))
    storage = services.limits._limiter._storage
    assert isinstance(storage, WindowStorage)

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(storage, "acquire_entry", fail)
    monkeypatch.setattr(storage, "check", lambda: False)
    with serving(create_app(services)) as http:
        statuses = [http.post(LOOKUPS, json=QUESTION).status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]


def test_a_key_that_is_gone_is_unknown(services: Services) -> None:
    with serving(create_app(services)) as http:
        services.answering._key_holder.hold([])
        plain = http.post(LOOKUPS, json=QUESTION)
        blinded = {"blinded": [to_base64url(oprf.blind(b"x")[1])]}
        private = http.post("/v1/datasets/demo/schemes/phone/evaluations", json=blinded)
    for response in (plain, private):
        assert response.status_code == 503
        assert response.json()["type"] == "urn:concerne:problem:unavailable"


def test_before_anything_is_known_the_front_is_alive_and_not_ready(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise Unavailable("the database failed")

    monkeypatch.setattr(services.answering.catalogue, "renew", fail)
    with serving(create_app(services)) as http:
        assert http.get("/healthz").status_code == 200
        assert http.get("/readyz").status_code == 503
        assert http.post(LOOKUPS, json=QUESTION).status_code == 503
        assert_no_answer(http)


def test_a_fault_while_rereading_is_logged_and_tried_again(
    captured_log: io.StringIO, leak: Leak, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = wire(leak.settings(renew_seconds=0.02))
    renew, attempts = services.answering.catalogue.renew, 0

    def choke_at_first() -> object:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ValueError(CANARY)
        return renew()

    monkeypatch.setattr(services.answering.catalogue, "renew", choke_at_first)
    with serving(create_app(services)) as http:
        deadline = time.monotonic() + 30
        while http.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline, "the rereading ended"
            time.sleep(0.02)
    assert captured_log.getvalue().count('"error": "ValueError"') == 1
    assert CANARY not in captured_log.getvalue()


def assert_no_answer(http: httpx.Client) -> None:
    for response in (http.post(LOOKUPS, json=QUESTION), http.get("/v1/datasets/demo")):
        assert response.status_code == 503
        assert "exposed" not in response.text

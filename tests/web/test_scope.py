"""The scope report over HTTP: for everybody, or for journalists alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.cli.ingestion import run_ingest
from app.clients.ports import Role
from app.scope.reporting import verify_report
from tests.clients.examples import bearer, issued, new_client
from tests.conftest import Leak, cheap_settings
from tests.ingest.examples import PHONES_TOML, phones
from tests.scope.microdata import MAPPING, Shape, make_up, to_csv
from tests.serving import serving_settings
from tests.web.test_routes import assert_problem

PATH = "/v1/datasets/scope/scope"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two datasets: one with a scope, and one in which nobody can be told apart."""
    folder = tmp_path_factory.mktemp("scope")
    sources = {
        "scope": (to_csv(make_up(Shape(seed=41, people=400))), MAPPING),
        "phones": (phones(200), PHONES_TOML),
    }
    for name, (source, mapping) in sources.items():
        (folder / f"{name}.csv").write_bytes(source)
        (folder / f"{name}.toml").write_text(mapping, encoding="utf-8")
        settings = cheap_settings(folder / "data")
        run_ingest(settings, folder / f"{name}.csv", name, folder / f"{name}.toml")
    return folder / "data"


@pytest.fixture(scope="module")
def http(leak: Leak, data: Path) -> Iterator[httpx.Client]:
    with serving_settings(leak.settings(data=data)) as client:
        yield client


def test_the_report_is_verified_by_the_keys_that_the_server_gives(http: httpx.Client) -> None:
    reply = http.get(PATH)
    assert reply.headers["content-type"] == "application/jose"
    keys = http.get("/.well-known/jwks.json")
    assert keys.headers["content-type"] == "application/jwk-set+json"
    assert not any("d" in key for key in keys.json()["keys"])
    verified = verify_report(reply.text, keys.text, today=datetime.now(UTC).date())
    assert verified.report.dataset == "scope"
    assert verified.report.sources[0].people == 400
    assert len(reply.content) < 200_000


def test_what_is_not_told_and_what_is_not_there_are_problems(http: httpx.Client) -> None:
    assert_problem(http.get("/v1/datasets/phones/scope"), 403, "scope-withheld")
    assert_problem(http.get("/v1/datasets/none/scope"), 404, "unknown-dataset")


def test_where_it_is_for_journalists_nobody_else_has_it(leak: Leak, data: Path) -> None:
    journalist = issued(data, new_client(role=Role.JOURNALIST))
    laboratory = issued(data, new_client(role=Role.LAB))
    with serving_settings(leak.settings(data=data, scope_access="journalists")) as http:
        assert_problem(http.get(PATH), 401, "credential-refused")
        assert_problem(http.get(PATH, headers=bearer(laboratory)), 403, "role-not-permitted")
        assert http.get(PATH, headers=bearer(journalist)).status_code == 200
        assert http.get("/.well-known/jwks.json").status_code == 200


def test_nobody_of_the_leak_is_in_it(http: httpx.Client, leak: Leak) -> None:
    _, payload, _ = http.get(PATH).text.split(".")
    keys = http.get("/.well-known/jwks.json").text
    report = verify_report(http.get(PATH).text, keys, today=datetime.now(UTC).date()).report
    text = json.dumps(report.to_json(), ensure_ascii=False)
    rows = make_up(Shape(seed=41, people=400))
    assert payload
    assert not any(row.nir in text or row.born in text for row in rows)

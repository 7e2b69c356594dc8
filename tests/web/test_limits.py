"""Limits: nobody is free, blocks share, the dataset's budget holds for all, nothing is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from app.crypto import oprf
from app.encoding import to_base64url
from app.errors import InvalidSettings
from app.web.app import create_app
from app.web.main import wire
from app.web.pages.languages import LANGUAGES
from app.web.windows import WindowStorage
from tests.conftest import Leak
from tests.serving import serving, serving_settings

LOOKUPS = "/v1/datasets/demo/lookups"
EVALUATIONS = "/v1/datasets/demo/schemes/nir-dob/evaluations"
RANGE = "/v1/datasets/demo/schemes/nir-dob/ranges/0?epoch=1"


@contextmanager
def limited(leak: Leak, **limits: str) -> Iterator[httpx.Client]:
    """Serve behind a proxy on this machine, so that a test can come from any address."""
    with serving_settings(leak.settings(trusted_proxies="127.0.0.1", **limits)) as client:
        yield client


def ask(http: httpx.Client, address: str = "203.0.113.7", **body: str) -> httpx.Response:
    question = {"scheme": "phone", "phone": "01 99 00 95 00"} | body
    return http.post(LOOKUPS, json=question, headers={"X-Forwarded-For": address})


def evaluate(http: httpx.Client, count: int, address: str = "203.0.113.7") -> httpx.Response:
    blinded = [to_base64url(oprf.blind(bytes([n]))[1]) for n in range(count)]
    headers = {"X-Forwarded-For": address}
    return http.post(EVALUATIONS, json={"blinded": blinded}, headers=headers)


def assert_refused(response: httpx.Response) -> None:
    assert response.status_code == 429
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:concerne:problem:limit-exceeded"
    assert int(response.headers["retry-after"]) >= 1
    assert "exposed" not in response.text


def every_route(leak: Leak) -> set[tuple[str, str]]:
    """Return method and path of every route of the application, those that it hides too."""
    app = create_app(wire(leak.settings()))
    found: set[tuple[str, str]] = set()
    for mounted in app.routes:
        # FastAPI keeps a router that was included as one route that has it inside.
        inner = getattr(mounted, "original_router", None)
        for route in [mounted] if inner is None else inner.routes:
            assert isinstance(route, Route)
            path = re.sub(r"\{\w+\}", "x", route.path)
            found |= {(method, path) for method in route.methods or ()}
    return found


def test_no_route_is_free_whatever_is_sent_to_it(leak: Leak) -> None:
    """Refused, malformed and misdirected requests count too: three pass, the fourth does not."""
    routes = {route for route in every_route(leak) if route[1] not in ("/healthz", "/readyz")}
    described = create_app(wire(leak.settings())).openapi()["paths"]
    pages = {"/", "/static/x/x"} | {
        re.sub(r"\{\w+\}", "x", path) for language in LANGUAGES for path in language.paths.values()
    }
    others = {path for _, path in routes} - pages
    assert len(others) == len(described) - 2 + len(["/openapi.json", "/v1/session", "/api/v3/…"])
    for method, path in sorted(routes | {("GET", "/nothing-here")}):
        with limited(leak, limit_requests="3/minute") as http:
            statuses = [http.request(method, path, content=b"{").status_code for _ in range(4)]
        assert 429 not in statuses[:3], (method, path)
        assert statuses[3] == 429, (method, path)


def test_health_is_not_limited(leak: Leak) -> None:
    """Or a flood would make the watchdog restart a server that works."""
    with limited(leak, limit_requests="1/minute") as http:
        assert [http.get("/healthz").status_code for _ in range(3)] == [200] * 3
        assert [http.get("/readyz").status_code for _ in range(3)] == [200] * 3


def test_a_block_of_addresses_shares_its_lookups(leak: Leak) -> None:
    with limited(leak, limit_lookups="2/hour") as http:
        assert ask(http, "203.0.113.7").status_code == 200
        assert ask(http, "203.0.113.250").status_code == 200
        assert_refused(ask(http, "203.0.113.99"))
        assert ask(http, "203.0.114.7").status_code == 200


def test_a_block_of_ipv6_addresses_shares_too(leak: Leak) -> None:
    with limited(leak, limit_lookups="1/hour") as http:
        assert ask(http, "2001:db8:1:2::3").status_code == 200
        assert_refused(ask(http, "2001:db8:1:ffff::9"))
        assert ask(http, "2001:db8:2::1").status_code == 200


def test_evaluations_count_elements_not_requests(leak: Leak) -> None:
    with limited(leak, limit_evaluations="10/hour") as http:
        assert evaluate(http, 8).status_code == 200
        assert_refused(evaluate(http, 3))
        assert evaluate(http, 2).status_code == 200
        assert_refused(evaluate(http, 1))


def test_ranges_are_limited_over_all_prefixes_together(leak: Leak) -> None:
    with limited(leak, limit_ranges="2/hour") as http:
        path = "/v1/datasets/demo/schemes/{}/ranges/0?epoch=1"
        assert http.get(path.format("nir-dob")).status_code == 200
        assert http.get(path.format("phone")).status_code == 200
        assert_refused(http.get(path.format("phone")))


def test_a_datasets_budget_holds_for_all_addresses_and_both_ways(leak: Leak) -> None:
    """The only thing that stops an enumerator who comes from thousands of addresses."""
    with limited(leak, limit_dataset="5/day") as http:
        assert ask(http, "203.0.113.7").status_code == 200
        assert evaluate(http, 3, "198.51.100.7").status_code == 200
        assert_refused(evaluate(http, 2, "192.0.2.7"))
        assert ask(http, "2001:db8::1").status_code == 200
        assert_refused(ask(http, "203.0.113.8"))


def test_who_is_over_the_block_limit_does_not_use_up_the_budget(leak: Leak) -> None:
    with limited(leak, limit_lookups="1/hour", limit_dataset="2/day") as http:
        assert ask(http, "203.0.113.7").status_code == 200
        for _ in range(5):
            assert_refused(ask(http, "203.0.113.7"))
        assert ask(http, "198.51.100.7").status_code == 200


def test_names_of_datasets_that_do_not_exist_share_one_budget(leak: Leak) -> None:
    """Or made-up names would fill the memory with windows."""
    with limited(leak, limit_dataset="2/day") as http:
        body = {"scheme": "phone", "phone": "01 99 00 95 00"}
        statuses = [
            http.post(f"/v1/datasets/made-up-{n}/lookups", json=body).status_code for n in range(3)
        ]
        assert statuses == [404, 404, 429]


def test_a_caller_is_told_what_is_left(leak: Leak) -> None:
    with limited(leak, limit_lookups="3/hour") as http:
        headers = [ask(http).headers for _ in range(4)]
    assert [h["ratelimit-policy"] for h in headers] == ['"lookup";q=3;w=3600'] * 4
    left = [re.fullmatch(r'"lookup";r=(\d);t=(\d+)', h["ratelimit"]) for h in headers]
    assert [m and m[1] for m in left] == ["2", "1", "0", "0"]
    assert all(m and 3500 < int(m[2]) <= 3600 for m in left)


def test_how_much_others_used_of_the_budget_is_not_told(leak: Leak) -> None:
    with limited(leak, limit_dataset="1/day") as http:
        answered, refused = ask(http), ask(http)
    assert_refused(refused)
    assert "ratelimit" not in answered.headers
    assert "ratelimit" not in refused.headers


def test_a_forwarded_address_is_believed_only_from_a_configured_proxy(leak: Leak) -> None:
    with serving_settings(leak.settings(limit_lookups="1/hour")) as http:
        assert ask(http, "203.0.113.7").status_code == 200
        assert_refused(ask(http, "198.51.100.7"))


def test_the_address_next_to_the_proxy_counts_not_the_one_a_client_claims(leak: Leak) -> None:
    """A client writes what it likes into the header; the proxy appends what it saw."""
    with limited(leak, limit_lookups="1/hour") as http:
        assert ask(http, "10.1.1.1, 203.0.113.7").status_code == 200
        assert_refused(ask(http, "10.2.2.2, 203.0.113.7"))


def test_limits_can_be_lifted_only_by_name(leak: Leak) -> None:
    with limited(leak) as http:
        assert {ask(http).status_code for _ in range(20)} == {200}
        assert "ratelimit" not in ask(http).headers


def test_a_variable_of_the_library_cannot_switch_limits_off(
    leak: Leak, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATELIMIT_ENABLED", "false")
    with pytest.raises(InvalidSettings, match="RATELIMIT_ENABLED"):
        wire(leak.settings())


def test_a_file_in_the_working_folder_cannot_switch_limits_off(
    leak: Leak, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".env").write_text("RATELIMIT_ENABLED=false\nCONCERNE_LIMIT_LOOKUPS=unlimited\n")
    monkeypatch.chdir(tmp_path)
    with limited(leak, limit_lookups="1/hour") as http:
        assert ask(http).status_code == 200
        assert_refused(ask(http))


def test_no_address_is_kept(leak: Leak) -> None:
    """What the counters hold are digests under a key that is gone tomorrow."""
    services = wire(leak.settings(trusted_proxies="127.0.0.1", limit_lookups="9/hour"))
    with serving(create_app(services), trusted_proxies=["127.0.0.1"]) as http:
        assert ask(http, "203.0.113.7").status_code == 200
    storage = services.limits._limiter._storage
    assert isinstance(storage, WindowStorage)
    (name,) = [key for key in storage.names() if "lookup" in key]
    assert "203.0.113" not in name
    assert services.digests.digest("203.0.113.8") in name

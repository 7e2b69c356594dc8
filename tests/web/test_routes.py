"""Every route of the API: what it answers, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.crypto import oprf
from app.encoding import to_base64url
from app.protocol import messages
from app.web.replies import LOOKUP_BODY_BYTES
from tests.conftest import ROWS, Leak
from tests.serving import serving_settings

EVALUATIONS = "/v1/datasets/demo/schemes/nir-dob/evaluations"
RANGES = "/v1/datasets/demo/schemes/nir-dob/ranges"


@pytest.fixture(scope="module")
def http(leak: Leak) -> Iterator[httpx.Client]:
    with serving_settings(leak.settings()) as client:
        yield client


def body_of(line: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in line.items() if name != "exposed"}


def blinded(count: int = 1) -> list[str]:
    return [to_base64url(oprf.blind(bytes([n]))[1]) for n in range(count)]


def assert_problem(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """Check a refusal: a problem document that can never be taken for an answer."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["type"] == f"urn:concerne:problem:{slug}"
    assert problem["status"] == status
    assert "exposed" not in problem
    return problem


def test_parameters_are_those_of_the_protocol(http: httpx.Client) -> None:
    document = http.get("/v1/parameters").json()
    assert document["suite"] == "ristretto255-SHA512"
    assert len(messages.deployment_from_json(document, normalisation=1).stretch_salt) == 16


def test_the_list_names_the_published_dataset(http: httpx.Client) -> None:
    (summary,) = http.get("/v1/datasets").json()["datasets"]
    assert summary["dataset"] == "demo"
    assert summary["rows"] == ROWS
    assert summary["public_schemes"] == ["nir-dob", "phone"]


def test_a_dataset_tells_all_a_client_needs(http: httpx.Client) -> None:
    document = http.get("/v1/datasets/demo").json()
    dataset = messages.dataset_from_json(document)
    assert list(dataset.schemes) == ["nir-dob", "nir", "name-dob", "email", "phone"]
    assert dataset.scheme("nir").public is False
    assert 0.9 < document["coverage"]["nir"] <= 1
    assert dataset.scheme("nir-dob").commitment is None


@pytest.mark.parametrize("scheme", ["nir-dob", "phone"])
def test_a_plain_lookup_is_right_for_everyone_in_the_truth(
    http: httpx.Client, leak: Leak, scheme: str
) -> None:
    for line in (t for t in leak.truth if t["scheme"] == scheme):
        answer = http.post("/v1/datasets/demo/lookups", json=body_of(line))
        assert answer.json() == {
            "dataset": "demo",
            "scheme": scheme,
            "epoch": 1,
            "exposed": line["exposed"],
        }


def test_yes_and_no_are_equally_long_on_the_wire(http: httpx.Client, leak: Leak) -> None:
    responses = [
        http.post("/v1/datasets/demo/lookups", json=body_of(leak.lines("nir-dob", exposed=e)[0]))
        for e in (True, False)
    ]
    assert [r.json()["exposed"] for r in responses] == [True, False]
    raw = [
        (len(r.content), sorted((k, len(v)) for k, v in r.headers.items() if k != "date"))
        for r in responses
    ]
    assert raw[0] == raw[1]
    assert raw[0][0] == LOOKUP_BODY_BYTES


def test_answers_are_never_compressed(http: httpx.Client, leak: Leak) -> None:
    """Compression would let the length tell what the padding hides."""
    line = leak.lines("nir-dob", exposed=True)[0]
    for response in (
        http.post("/v1/datasets/demo/lookups", json=body_of(line)),
        http.get(f"{RANGES}/0?epoch=1"),
    ):
        assert "content-encoding" not in response.headers


def test_an_evaluation_holds_against_the_published_key(http: httpx.Client) -> None:
    pairs = [oprf.blind(bytes([n])) for n in range(8)]
    sent = [element for _, element in pairs]
    document = http.post(EVALUATIONS, json=messages.evaluation_request_to_json(sent)).json()
    answer = messages.evaluation_from_json(document)
    dataset = messages.dataset_from_json(http.get("/v1/datasets/demo").json())
    key = dataset.scheme("nir-dob").public_key
    oprf.verify_proof(key, sent, answer.evaluation.elements, answer.evaluation.proof)
    assert answer.epoch == 1


def test_a_range_has_the_promised_length_and_names_its_epoch(http: httpx.Client) -> None:
    dataset = messages.dataset_from_json(http.get("/v1/datasets/demo").json())
    parameters = dataset.scheme("nir-dob")
    for prefix in range(2**parameters.prefix_bits):
        response = http.get(f"{RANGES}/{prefix}?epoch=1")
        assert len(response.content) == parameters.range_length * 8
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.headers["x-epoch"] == "1"


def test_a_range_that_the_caller_has_is_not_sent_again(http: httpx.Client) -> None:
    first = http.get(f"{RANGES}/0?epoch=1")
    again = http.get(f"{RANGES}/0?epoch=1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_epoch_that_is_not_current_is_gone(http: httpx.Client) -> None:
    assert_problem(http.get(f"{RANGES}/0?epoch=2"), 410, "epoch-gone")


@pytest.mark.parametrize("prefix", ["-1", "2", "99999999999999999999"])
def test_a_prefix_outside_the_index_is_refused(http: httpx.Client, prefix: str) -> None:
    assert_problem(http.get(f"{RANGES}/{prefix}?epoch=1"), 422, "invalid-input")


@pytest.mark.parametrize("path", ["", "/schemes/nir/ranges/0?epoch=1"])
def test_an_unknown_dataset_is_not_found(http: httpx.Client, path: str) -> None:
    assert_problem(http.get(f"/v1/datasets/other{path}"), 404, "unknown-dataset")


def test_an_unknown_scheme_is_not_found_and_not_echoed(http: httpx.Client) -> None:
    response = http.post("/v1/datasets/demo/lookups", json={"scheme": "1850556950048", "nir": "x"})
    assert_problem(response, 404, "unknown-scheme")
    assert "1850556950048" not in response.text


@pytest.mark.parametrize("scheme", ["nir", "name-dob", "email"])
def test_a_scheme_that_is_not_public_is_closed_on_every_route(
    http: httpx.Client, leak: Leak, scheme: str
) -> None:
    line = leak.lines(scheme, exposed=True)[0]
    base = f"/v1/datasets/demo/schemes/{scheme}"
    for response in (
        http.post("/v1/datasets/demo/lookups", json=body_of(line)),
        http.post(f"{base}/evaluations", json={"blinded": blinded()}),
        http.get(f"{base}/ranges/0?epoch=1"),
    ):
        assert_problem(response, 403, "scheme-not-permitted")


def test_a_wrong_nir_key_says_so_beside_its_field(http: httpx.Client) -> None:
    body = {"scheme": "nir-dob", "nir": "1 85 05 56 950 048 99", "birth_date": "1985-05-12"}
    problem = assert_problem(
        http.post("/v1/datasets/demo/lookups", json=body), 422, "invalid-field"
    )
    assert problem["field"] == "nir"
    assert problem["reason"] == "key"
    assert problem["detail"] == "the two-digit key does not match; check the number"


CANARY = "1850556950048"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scheme": "nir-dob", "nir": CANARY}, "birth_date"),
        ({"scheme": "nir-dob", "nir": CANARY, "birth_date": CANARY}, "birth_date"),
        ({"scheme": "nir-dob", "nir": [CANARY], "birth_date": "1985-05-12"}, "nir"),
        ({"scheme": "nir-dob", "nir": CANARY * 40, "birth_date": "1985-05-12"}, "nir"),
        ({"scheme": "nir-dob", "nir": {CANARY: CANARY}, "birth_date": "x"}, "nir"),
        ({"nir": CANARY, "birth_date": "1985-05-12"}, "scheme"),
        ({"scheme": "nir-dob", "nir": CANARY, "birth_date": "x", "phone": CANARY}, "phone"),
        ({"scheme": "nir-dob", CANARY: CANARY}, None),
        ({"scheme": {"x": CANARY}}, "scheme"),
        ([CANARY], None),
        (CANARY, None),
        (None, None),
    ],
)  # fmt: skip
def test_a_malformed_body_is_refused_without_being_echoed(
    http: httpx.Client, body: object, field: str | None
) -> None:
    response = http.post("/v1/datasets/demo/lookups", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert CANARY not in response.text
    if field is not None:
        assert response.json()["field"] == field


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b'{"scheme": "nir"', CANARY.encode() * 3]
)
def test_a_body_that_is_no_json_is_refused_without_being_echoed(
    http: httpx.Client, content: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    response = http.post("/v1/datasets/demo/lookups", content=content, headers=headers)
    assert_problem(response, 422, "invalid-input")
    assert CANARY not in response.text


@pytest.mark.parametrize(
    ("values", "status", "slug"),
    [
        ([], 422, "invalid-input"),
        (["A" * 43], 422, "invalid-element"),
        (["_" * 42 + "8"], 422, "invalid-element"),
        (["AAA"], 422, "invalid-input"),
        (["*"], 422, "invalid-input"),
        ([1], 422, "invalid-input"),
        (blinded(9), 422, "invalid-element"),
        ("A" * 43, 422, "invalid-input"),
    ],
    ids=["none", "identity", "not canonical", "short", "no base64", "number", "nine", "no list"],
)
def test_a_bad_batch_is_refused(http: httpx.Client, values: object, status: int, slug: str) -> None:
    assert_problem(http.post(EVALUATIONS, json={"blinded": values}), status, slug)


def test_a_body_beyond_the_limit_is_refused(http: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 1024

    announced = http.post("/v1/datasets/demo/lookups", content=b"x" * 20_000)
    assert_problem(announced, 413, "body-too-long")
    assert_problem(http.post("/v1/datasets/demo/lookups", content=endless()), 413, "body-too-long")


def test_a_body_that_does_not_come_is_given_up(leak: Leak) -> None:
    """A slow body must not hold a connection for ever."""
    import socket

    with serving_settings(leak.settings(body_seconds_maximum=0.2)) as client:
        address = (client.base_url.host, client.base_url.port)
        with socket.create_connection(address, timeout=60) as connection:
            connection.sendall(
                b"POST /v1/datasets/demo/lookups HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"
            )
            assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/docs", 404), ("GET", "/v1/datasets/demo/lookups", 405),
     ("DELETE", "/v1/datasets/demo", 405), ("GET", f"{RANGES}/0/0", 404)],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_document_too(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    response = http.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_every_response_carries_the_headers_that_hold_for_all(http: httpx.Client) -> None:
    for response in (http.get("/v1/parameters"), http.get("/nothing"), http.get("/healthz")):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "server" not in response.headers
        assert "set-cookie" not in response.headers
        assert "strict-transport-security" not in response.headers


def test_behind_tls_browsers_are_told_to_stay_there(leak: Leak) -> None:
    with serving_settings(leak.settings(trusted_proxies="127.0.0.1")) as client:
        response = client.get("/v1/parameters", headers={"X-Forwarded-Proto": "https"})
        assert response.headers["strict-transport-security"].startswith("max-age=63072000")


def test_health_and_readiness(http: httpx.Client) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json() == {"status": "ok"}


def test_the_description_covers_every_route_with_examples(http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    assert sorted(document["paths"]) == [
        "/.well-known/jwks.json",
        "/api/v3/breach/{name}",
        "/api/v3/breaches",
        "/api/v3/dataclasses",
        "/api/v3/latestbreach",
        "/healthz",
        "/readyz",
        "/v1/client",
        "/v1/datasets",
        "/v1/datasets/{dataset}",
        "/v1/datasets/{dataset}/lookups",
        "/v1/datasets/{dataset}/schemes/{scheme}/evaluations",
        "/v1/datasets/{dataset}/schemes/{scheme}/ranges",
        "/v1/datasets/{dataset}/schemes/{scheme}/ranges/{prefix}",
        "/v1/datasets/{dataset}/scope",
        "/v1/datasets/{dataset}/scope/{file}",
        "/v1/parameters",
    ]
    for path in ("/lookups", "/schemes/{scheme}/evaluations"):
        assert example_of(document, "/v1/datasets/{dataset}" + path)
    shapes = ("LookupReply", "EvaluationReply", "ParametersReply", "DatasetSummary", "ClientReply")
    for name in shapes:
        assert document["components"]["schemas"][name]["examples"], name
    assert "HTTPValidationError" not in json.dumps(document["paths"])


def example_of(document: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the one example of a route's body."""
    body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    (example,) = body["schema"]["examples"]
    assert isinstance(example, dict)
    return example


def test_the_examples_of_the_description_are_accepted(http: httpx.Client) -> None:
    """A newcomer who copies an example gets an answer."""
    document = http.get("/openapi.json").json()
    lookup = example_of(document, "/v1/datasets/{dataset}/lookups")
    assert http.post("/v1/datasets/demo/lookups", json=lookup).json()["exposed"] is False
    evaluation = example_of(document, "/v1/datasets/{dataset}/schemes/{scheme}/evaluations")
    assert http.post(EVALUATIONS, json=evaluation).status_code == 200
    (reply,) = document["components"]["schemas"]["EvaluationReply"]["examples"]
    assert messages.evaluation_from_json(reply).epoch == 1

"""What a laboratory can do with its credential, and what it cannot; and what nobody learns."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from app.cli.ingestion import IngestOptions, run_ingest
from app.clients.ports import Client, Role
from app.clients.quota import Quota
from app.clients.registry import Issued
from app.crypto import oprf
from app.crypto.ristretto255 import Element
from app.encoding import to_base64url
from app.errors import EpochGone
from app.protocol import messages
from app.protocol.parameters import LAB_BATCH_MAXIMUM
from app.storage.clients import SqlClientStore
from app.storage.engine import open_database
from app.storage.published import SqlPublishedStore
from app.web.app import create_app
from app.web.bodies import CLIENT_BODY_BYTES
from app.web.main import wire
from tests.clients.examples import bearer, issued, new_client, registry_of
from tests.conftest import Leak, cheap_settings
from tests.ingest.examples import PHONES_TOML, phones
from tests.serving import serving, serving_settings
from tests.web.test_routes import assert_problem

EVALUATIONS = "/v1/datasets/demo/schemes/{}/evaluations"
RANGES = "/v1/datasets/demo/schemes/{}/ranges"


@pytest.fixture(scope="module")
def house(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The leak in a folder of its own, where clients can be added."""
    folder = tmp_path_factory.mktemp("clients") / "data"
    shutil.copytree(leak.data, folder)
    return folder


@pytest.fixture(scope="module")
def http(leak: Leak, house: Path) -> Iterator[httpx.Client]:
    with serving_settings(leak.settings(data=house)) as client:
        yield client


@pytest.fixture
def engine(house: Path) -> Iterator[Engine]:
    """The database, as another process has it open."""
    engine = open_database(house)
    yield engine
    engine.dispose()


@pytest.fixture
def lab(house: Path) -> Issued:
    """A laboratory that may ask `nir-dob` and `nir`, 110 each."""
    return issued(house)


def blinded(first: int, count: int) -> list[Element]:
    """Return elements that no test before asked for: a blinding is random."""
    return [oprf.blind(n.to_bytes(4, "big"))[1] for n in range(first, first + count)]


def evaluate(
    http: httpx.Client, client: Issued | None, sent: list[Element], scheme: str = "nir"
) -> httpx.Response:
    body = messages.evaluation_request_to_json(sent)
    headers = {} if client is None else bearer(client)
    return http.post(EVALUATIONS.format(scheme), json=body, headers=headers)


def spent(http: httpx.Client, client: Issued) -> dict[str, int]:
    schemes = http.get("/v1/client", headers=bearer(client)).json()["schemes"]
    return {scheme: grant["spent"] for scheme, grant in schemes.items()}


def test_a_client_sees_who_it_is_and_what_it_may_ask(http: httpx.Client, lab: Issued) -> None:
    assert http.get("/v1/client", headers=bearer(lab)).json() == {
        "person": "Zoé Martin",
        "organisation": "Laboratoire inventé",
        "role": "lab",
        "expires_on": lab.client.expires_on.isoformat(),
        "schemes": {
            "nir-dob": {"quota": 110, "spent": 0},
            "nir": {"quota": 110, "spent": 0},
        },
    }


def test_a_batch_of_a_scheme_that_is_not_public_is_evaluated_and_proved(
    http: httpx.Client, lab: Issued
) -> None:
    sent = blinded(0, 100)
    response = evaluate(http, lab, sent)
    assert response.status_code == 200, response.text
    answer = messages.evaluation_from_json(response.json()).evaluation
    dataset = messages.dataset_from_json(http.get("/v1/datasets/demo").json())
    oprf.verify_proof(dataset.scheme("nir").public_key, sent, answer.elements, answer.proof)
    assert spent(http, lab) == {"nir-dob": 0, "nir": 100}


def test_the_largest_batch_is_taken_from_a_client_alone(http: httpx.Client, house: Path) -> None:
    lab = issued(house, new_client(declared=LAB_BATCH_MAXIMUM, margin_percent=0))
    # The same few again and again: what is looked at here is the size.
    sent = (blinded(0, 8) * (LAB_BATCH_MAXIMUM // 8))[:LAB_BATCH_MAXIMUM]
    response = evaluate(http, lab, sent)
    assert len(response.json()["evaluated"]) == LAB_BATCH_MAXIMUM
    assert spent(http, lab)["nir"] == 8
    assert_problem(evaluate(http, None, sent, "nir-dob"), 413, "body-too-long")
    assert_problem(evaluate(http, lab, [*sent, sent[0]]), 422, "invalid-input")
    assert_problem(evaluate(http, None, sent[:9], "nir-dob"), 422, "invalid-element")


def test_a_clients_body_is_bounded_too_and_a_refused_ones_is_not_read(
    http: httpx.Client, lab: Issued
) -> None:
    path, content = EVALUATIONS.format("nir"), b" " * (CLIENT_BODY_BYTES + 1)
    response = http.post(path, content=content, headers=bearer(lab))
    assert_problem(response, 413, "body-too-long")
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Authorization: Bearer x", "Content-Length: 999"]
    with socket.create_connection((http.base_url.host, http.base_url.port), timeout=60) as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 401 ")


def test_a_laboratory_on_a_slow_line_has_time_for_its_largest_batch(
    leak: Leak, house: Path, lab: Issued
) -> None:
    """As many times longer than the public as it may send more: here, sixteen."""
    body = json.dumps(messages.evaluation_request_to_json(blinded(9_000, 8))).encode()

    def slowly() -> Iterator[bytes]:
        yield body[:100]
        time.sleep(2)
        yield body[100:]

    path, kind = EVALUATIONS.format("nir-dob"), {"Content-Type": "application/json"}
    with serving_settings(leak.settings(data=house, body_seconds_maximum=1)) as http:
        # The public's rest never comes: a server that is late to look would find a late one there.
        lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
        with socket.create_connection((http.base_url.host, http.base_url.port), timeout=60) as raw:
            raw.sendall("\r\n".join([*lines, "", ""]).encode() + body[:100])
            assert raw.recv(4096).startswith(b"HTTP/1.1 408 ")
        answered = http.post(path, content=slowly(), headers=kind | bearer(lab))
        assert answered.status_code == 200, answered.text


def test_what_the_public_may_ask_needs_no_credential_as_before(http: httpx.Client) -> None:
    sent = blinded(0, 8)
    assert evaluate(http, None, sent, "nir-dob").status_code == 200
    assert_problem(evaluate(http, None, sent), 403, "scheme-not-permitted")
    other = {"Authorization": "Basic Zm9vOmJhcg=="}
    body = messages.evaluation_request_to_json(sent)
    path = EVALUATIONS.format("nir-dob")
    assert http.post(path, json=body, headers=other).status_code == 200


@pytest.mark.parametrize("scheme", ["phone", "email"])
def test_a_scheme_that_was_not_granted_is_closed_public_or_not(
    http: httpx.Client, lab: Issued, scheme: str
) -> None:
    refusals = [
        evaluate(http, lab, blinded(0, 1), scheme),
        http.get(f"{RANGES.format(scheme)}/0?epoch=1", headers=bearer(lab)),
        http.get(f"{RANGES.format(scheme)}?epoch=1", headers=bearer(lab)),
        http.post("/v1/datasets/demo/lookups", json={"scheme": scheme}, headers=bearer(lab)),
    ]
    for response in refusals:
        assert_problem(response, 403, "scheme-not-permitted")


def test_all_ranges_are_the_single_ones_end_to_end(http: httpx.Client, lab: Issued) -> None:
    index = messages.dataset_from_json(http.get("/v1/datasets/demo").json()).scheme("nir")
    single = [
        http.get(f"{RANGES.format('nir')}/{prefix}?epoch=1", headers=bearer(lab)).content
        for prefix in range(2**index.prefix_bits)
    ]
    response = http.get(f"{RANGES.format('nir')}?epoch=1", headers=bearer(lab))
    assert response.content == b"".join(single)
    assert len(response.content) == 2**index.prefix_bits * index.range_length * 8
    assert response.headers["content-length"] == str(len(response.content))
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["x-epoch"] == "1"
    again = http.get(
        f"{RANGES.format('nir')}?epoch=1",
        headers=bearer(lab) | {"If-None-Match": response.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")


def test_all_ranges_come_from_the_disk_as_from_memory(leak: Leak, house: Path) -> None:
    lab = issued(house)
    bodies = set()
    for resident_mib in (1024, 0):
        settings = leak.settings(data=house, resident_mib=resident_mib)
        with serving_settings(settings) as http:
            path = f"{RANGES.format('nir')}?epoch=1"
            bodies.add(http.get(path, headers=bearer(lab)).content)
    assert len(bodies) == 1
    assert bodies != {b""}


def test_all_ranges_of_an_epoch_that_is_gone_are_refused(http: httpx.Client, lab: Issued) -> None:
    response = http.get(f"{RANGES.format('nir')}?epoch=2", headers=bearer(lab))
    assert_problem(response, 410, "epoch-gone")
    assert_problem(http.get(RANGES.format("nir"), headers=bearer(lab)), 422, "invalid-input")


def test_all_ranges_are_for_laboratories(http: httpx.Client, house: Path) -> None:
    journalist = issued(house, new_client(role=Role.JOURNALIST))
    response = http.get(f"{RANGES.format('nir')}?epoch=1", headers=bearer(journalist))
    assert_problem(response, 403, "role-not-permitted")
    assert_problem(http.get(f"{RANGES.format('nir-dob')}?epoch=1"), 401, "credential-refused")
    assert evaluate(http, journalist, blinded(0, 2)).status_code == 200
    single = http.get(f"{RANGES.format('nir')}/0?epoch=1", headers=bearer(journalist))
    assert single.status_code == 200


def test_a_plain_lookup_of_a_granted_scheme_takes_one_each_time(
    http: httpx.Client, lab: Issued, leak: Leak
) -> None:
    line = leak.lines("nir", exposed=True)[0]
    question = {"scheme": "nir", "nir": line["nir"]}
    path = "/v1/datasets/demo/lookups"
    for _ in range(2):
        answer = http.post(path, json=question, headers=bearer(lab))
        assert answer.json()["exposed"] is True
    refused = http.post(path, json={"scheme": "nir", "nir": "1"}, headers=bearer(lab))
    assert_problem(refused, 422, "invalid-field")
    assert spent(http, lab) == {"nir-dob": 0, "nir": 2}


def test_the_same_elements_again_cost_nothing(http: httpx.Client, lab: Issued) -> None:
    sent = blinded(0, 60)
    first = evaluate(http, lab, sent).json()
    again = evaluate(http, lab, sent).json()
    assert again["evaluated"] == first["evaluated"]
    assert spent(http, lab)["nir"] == 60
    assert evaluate(http, lab, [*sent[:30], *blinded(100, 20)]).status_code == 200
    assert spent(http, lab)["nir"] == 80


def test_a_batch_beyond_the_quota_evaluates_nothing_and_spends_nothing(
    http: httpx.Client, lab: Issued
) -> None:
    assert evaluate(http, lab, blinded(0, 100)).status_code == 200
    refused = evaluate(http, lab, blinded(200, 11))
    problem = assert_problem(refused, 403, "quota-exhausted")
    assert "evaluated" not in problem
    assert spent(http, lab)["nir"] == 100
    assert evaluate(http, lab, blinded(300, 10)).status_code == 200
    assert_problem(evaluate(http, lab, blinded(400, 1)), 403, "quota-exhausted")
    assert evaluate(http, lab, blinded(400, 1), "nir-dob").status_code == 200


def test_a_malformed_batch_spends_nothing(http: httpx.Client, lab: Issued) -> None:
    good = [to_base64url(element) for element in blinded(0, 3)]
    for bad in ("", "x" * 43, to_base64url(bytes(32))):
        body = {"blinded": [*good, bad]}
        response = http.post(EVALUATIONS.format("nir"), json=body, headers=bearer(lab))
        assert response.status_code == 422
    assert spent(http, lab)["nir"] == 0


def test_elements_that_were_paid_for_are_free_for_another_dataset_and_in_a_new_epoch(
    leak: Leak, tmp_path: Path
) -> None:
    data, sources = tmp_path / "data", {"old.csv": phones(300), "new.csv": phones(20, 5000)}
    mapping = tmp_path / "phones.toml"
    mapping.write_text(PHONES_TOML, encoding="utf-8")
    for name, content in sources.items():
        (tmp_path / name).write_bytes(content)
    settings = leak.settings(data=data)
    for dataset in ("demo", "other"):
        run_ingest(cheap_settings(data), tmp_path / "old.csv", dataset, mapping)
    lab = issued(data, new_client(schemes=("phone",)))
    sent = messages.evaluation_request_to_json(blinded(0, 110))

    def ask(http: httpx.Client, dataset: str) -> messages.EvaluationAnswer:
        path = f"/v1/datasets/{dataset}/schemes/phone/evaluations"
        response = http.post(path, json=sent, headers=bearer(lab))
        assert spent(http, lab) == {"phone": 110}
        return messages.evaluation_from_json(response.json())

    with serving_settings(settings) as http:
        answers = [ask(http, dataset) for dataset in ("demo", "other")]
    options = IngestOptions(is_added=True)
    run_ingest(cheap_settings(data), tmp_path / "new.csv", "demo", mapping, options)
    with serving_settings(settings) as http:
        answers.append(ask(http, "demo"))
    assert [answer.epoch for answer in answers] == [1, 1, 2]
    assert len({answer.evaluation.elements[0] for answer in answers}) == 3


def test_all_ranges_that_break_off_are_no_answer(
    leak: Leak, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The epoch goes while they are sent: the client gets an error, and not a shorter list."""
    lab = issued(house, new_client(schemes=("name-dob",)))
    monkeypatch.setattr("app.exposure.catalogue._PIECE_BYTES", 1)
    read_span = SqlPublishedStore.read_span

    def gone_later(store: SqlPublishedStore, *index: Any) -> bytes:
        if index[3]:
            raise EpochGone("gone")
        return read_span(store, *index)

    monkeypatch.setattr(SqlPublishedStore, "read_span", gone_later)
    with serving_settings(leak.settings(data=house, resident_mib=0)) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            http.get(f"{RANGES.format('name-dob')}?epoch=1", headers=bearer(lab))
        assert http.get("/v1/client", headers=bearer(lab)).status_code == 200


def test_two_laboratories_do_not_see_or_spend_each_others_anything(
    http: httpx.Client, house: Path
) -> None:
    one, two = issued(house), issued(house, new_client(person="Ana Roy", organisation="Labo B"))
    sent = blinded(0, 110)
    assert evaluate(http, one, sent).status_code == 200
    assert spent(http, two) == {"nir-dob": 0, "nir": 0}
    # What one has paid for is not free for the other.
    assert evaluate(http, two, sent[:50]).status_code == 200
    assert (spent(http, one)["nir"], spent(http, two)["nir"]) == (110, 50)
    seen = http.get("/v1/client", headers=bearer(two)).text
    assert "Ana Roy" in seen
    assert "Zoé Martin" not in seen


def test_a_revocation_takes_effect_on_the_next_request_of_a_running_server(
    http: httpx.Client, lab: Issued, engine: Engine
) -> None:
    assert evaluate(http, lab, blinded(0, 1)).status_code == 200
    registry_of(engine).revoke(lab.client.number, by="an operator")
    assert_problem(evaluate(http, lab, blinded(0, 1)), 401, "credential-refused")


def test_a_rotated_credential_stops_at_once_and_what_was_spent_stays_spent(
    http: httpx.Client, lab: Issued, engine: Engine
) -> None:
    sent = blinded(0, 100)
    assert evaluate(http, lab, sent).status_code == 200
    new = registry_of(engine).rotate(lab.client.number, by="an operator")
    assert_problem(evaluate(http, lab, sent), 401, "credential-refused")
    assert spent(http, new)["nir"] == 100
    assert evaluate(http, new, sent).status_code == 200
    assert_problem(evaluate(http, new, blinded(0, 11)), 403, "quota-exhausted")
    newer = registry_of(engine).rotate(lab.client.number, by="an operator", quota=Quota(20, 0))
    assert spent(http, newer)["nir"] == 0
    assert evaluate(http, newer, sent[:20]).status_code == 200
    assert_problem(evaluate(http, newer, sent[20:21]), 403, "quota-exhausted")


def expire(engine: Engine, client: Issued) -> None:
    with engine.begin() as connection:
        statement = "UPDATE client SET expires_on = date('now') WHERE id = ?"
        assert connection.exec_driver_sql(statement, (client.client.number,)).rowcount == 1


def test_a_refusal_is_the_same_whatever_its_reason(leak: Leak, house: Path) -> None:
    """Same body, same headers, and the same questions to the database, which find nothing."""
    services = wire(leak.settings(data=house))
    engine = open_database(house)
    revoked, expired, rotated, good = (issued(house) for _ in range(4))
    registry_of(engine).revoke(revoked.client.number, by="x")
    registry_of(engine).rotate(rotated.client.number, by="x")
    expire(engine, expired)
    engine.dispose()
    text = good.credential.text
    shown = {
        "unknown": "concerne_" + "A" * 48,
        "malformed": "x",
        "empty": "",
        "a typing error": text[:-1] + ("A" if text[-1] != "A" else "B"),
        "in another case": text.upper(),
        "not ASCII": "concerné_" + "é" * 48,
        "revoked": revoked.credential.text,
        "expired": expired.credential.text,
        "rotated": rotated.credential.text,
    }
    statements: list[str] = []
    store = services.registry._store
    assert isinstance(store, SqlClientStore)
    event.listen(store._engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    seen: dict[str, Any] = {}
    with serving(create_app(services)) as http:
        http.get("/v1/parameters")
        for reason, credential in shown.items():
            header = b" ".join([b"Bearer", credential.encode("latin-1")]).strip()
            for path in ("/v1/client", f"{RANGES.format('nir')}?epoch=1", "/v1/parameters"):
                statements.clear()
                response = http.get(path, headers={b"Authorization": header})
                assert_problem(response, 401, "credential-refused")
                headers = sorted((k, v) for k, v in response.headers.items() if k != "date")
                asked = [s for s in statements if "client" in s]
                seen[f"{reason} {path}"] = (response.content, headers, asked)
    first = next(iter(seen.values()))
    assert dict(first[1])["www-authenticate"] == "Bearer"
    assert len(first[2]) == 1
    assert "FROM client" in first[2][0]
    assert {name for name, found in seen.items() if found != first} == set()


def test_the_public_is_answered_without_a_database(
    leak: Leak, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = wire(leak.settings(data=house, renew_seconds=600, stale_seconds=600))
    # The first sweep begins with the first answers, and may come after them.
    monkeypatch.setattr(services.sweeping, "sweep", lambda _day: {})
    monkeypatch.setattr(services.sweeping, "sweep_left_over", dict)
    store = services.registry._store
    assert isinstance(store, SqlClientStore)
    with serving(create_app(services)) as http:
        http.get("/readyz")
        statements: list[str] = []
        event.listen(store._engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        assert evaluate(http, None, blinded(0, 8), "nir-dob").status_code == 200
        assert http.get(f"{RANGES.format('nir-dob')}/0?epoch=1").status_code == 200
        assert_problem(http.get("/v1/client"), 401, "credential-refused")
        assert statements == []


def test_refused_credentials_are_limited_by_block_of_addresses(leak: Leak, house: Path) -> None:
    settings = leak.settings(data=house, limit_refused="3/hour", trusted_proxies="127.0.0.1")
    with serving_settings(settings) as http:

        def show(credential: str, address: str) -> int:
            headers = bearer(credential) | {"X-Forwarded-For": address}
            return http.get("/v1/client", headers=headers).status_code

        lab = issued(house).credential.text
        assert show(lab, "203.0.113.7") == 200
        assert [show("x", f"203.0.113.{n}") for n in range(5)] == [401] * 3 + [429] * 2
        assert show("x", "198.51.100.7") == 401
        # Until then nobody of that block is looked at; those who show nothing are answered.
        assert show(lab, "203.0.113.7") == 429
        refused = http.get("/v1/client", headers=bearer("x") | {"X-Forwarded-For": "203.0.113.7"})
        assert_problem(refused, 429, "limit-exceeded")
        assert int(refused.headers["retry-after"]) >= 1
        public = http.get("/v1/datasets", headers={"X-Forwarded-For": "203.0.113.7"})
        assert public.status_code == 200
        assert show(lab, "198.51.100.7") == 200


def test_credentials_that_are_being_looked_at_count_as_refused(
    leak: Leak, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a flood of them would be looked at before the first is refused."""
    services = wire(leak.settings(data=house, limit_refused="3/hour"))
    looking, gate = threading.Semaphore(0), threading.Event()
    authenticate = services.registry.authenticate

    def look_slowly(presented: bytes) -> Client:
        looking.release()
        gate.wait()
        return authenticate(presented)

    monkeypatch.setattr(services.registry, "authenticate", look_slowly)
    with serving(create_app(services)) as http, ThreadPoolExecutor(3) as pool:

        def show(_: int = 0) -> int:
            return http.get("/v1/client", headers=bearer("x")).status_code

        shown = [pool.submit(show) for _ in range(3)]
        try:
            for _ in shown:
                assert looking.acquire(timeout=30)
            assert show() == 429
        finally:
            gate.set()
        assert [each.result() for each in shown] == [401] * 3
        assert show() == 429


def test_batches_at_the_same_time_do_not_pass_the_quota_together(
    http: httpx.Client, lab: Issued
) -> None:
    batches = [blinded(50 * n, 50) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda b: evaluate(http, lab, b).status_code, batches))
    assert sorted(statuses) == [200] * 2 + [403] * 4
    assert spent(http, lab)["nir"] == 100


def test_a_client_is_counted_by_its_credential_and_by_no_limit_of_the_public(
    leak: Leak, house: Path
) -> None:
    tight = dict.fromkeys(
        ("limit_requests", "limit_lookups", "limit_evaluations", "limit_ranges", "limit_dataset"),
        "1/hour",
    )
    settings = leak.settings(data=house, limit_client="4/hour", **tight)
    one, two = issued(house), issued(house)
    with serving_settings(settings) as http:
        statuses = [evaluate(http, one, blinded(n, 5)).status_code for n in range(3)]
        assert statuses == [200] * 3
        single = f"{RANGES.format('nir')}/0?epoch=1"
        assert http.get(single, headers=bearer(one)).status_code == 200
        assert_problem(http.get(single, headers=bearer(one)), 429, "limit-exceeded")
        assert http.get(single, headers=bearer(two)).status_code == 200
        assert http.get("/v1/parameters").status_code == 200
        assert http.get("/v1/parameters").status_code == 429


def test_when_there_is_no_capacity_for_a_batch_nothing_is_spent(leak: Leak, house: Path) -> None:
    lab, gate = issued(house), threading.Event()
    services = wire(leak.settings(data=house, workers=1, lookup_queue=0))
    with serving(create_app(services)) as http:
        held = services.batches.submit(gate.wait)
        try:
            refused = evaluate(http, lab, blinded(0, 5))
            # Batches do not take the public's capacity.
            public = evaluate(http, None, blinded(0, 5), "nir-dob")
        finally:
            gate.set()
        held.result()
        assert_problem(refused, 503, "busy")
        assert int(refused.headers["retry-after"]) >= 1
        assert public.status_code == 200
        assert spent(http, lab)["nir"] == 0
        assert evaluate(http, lab, blinded(0, 5)).status_code == 200


def test_a_store_that_fails_is_unknown_and_not_refused(leak: Leak, house: Path) -> None:
    lab = issued(house)
    services = wire(leak.settings(data=house))
    store = services.registry._store
    assert isinstance(store, SqlClientStore)
    with serving(create_app(services)) as http:
        http.get("/readyz")
        with store._engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE client RENAME TO gone")
        try:
            response = http.get("/v1/client", headers=bearer(lab))
        finally:
            with store._engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE gone RENAME TO client")
        assert_problem(response, 503, "unavailable")

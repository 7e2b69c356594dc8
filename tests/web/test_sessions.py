"""Signing in on the laboratory's page: one strict cookie that ends by itself and is slow to get."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from app.clients.registry import Issued, Registry
from app.clients.sessions import IDLE, LASTS, RENEWED_AFTER, Sessions
from app.errors import CredentialRefused, LimitExceeded
from app.protocol.credentials import Credential
from app.storage.clients import SqlClientStore
from app.storage.engine import open_database
from app.storage.sessions import SqlSessionStore
from app.web.sessions import COOKIE, SECURE_COOKIE
from app.web.signin import FREE_FAILURES, SignInDelay
from tests.clients.examples import bearer, issued, new_client, registry_of
from tests.conftest import Leak
from tests.serving import serving_settings
from tests.web.test_routes import assert_problem

SESSION = "/v1/session"


@pytest.fixture(scope="module")
def house(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The leak in a folder of its own, where clients can be added."""
    folder = tmp_path_factory.mktemp("sessions") / "data"
    shutil.copytree(leak.data, folder)
    return folder


@pytest.fixture
def site(leak: Leak, house: Path) -> Iterator[httpx.Client]:
    """A server whose block of addresses has not failed yet, and a browser without a cookie."""
    with serving_settings(leak.settings(data=house)) as client:
        yield client


@pytest.fixture
def engine(house: Path) -> Iterator[Engine]:
    engine = open_database(house)
    yield engine
    engine.dispose()


class Clock:
    """A time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def sign_in(site: httpx.Client, credential: str, **headers: str) -> httpx.Response:
    return site.post(SESSION, json={"credential": credential}, headers=headers)


def test_a_session_does_what_its_credential_may(site: httpx.Client, house: Path) -> None:
    lab = issued(house)
    assert sign_in(site, lab.credential.text).status_code == 204
    assert site.get("/v1/client").json()["person"] == "Zoé Martin"
    offered = site.get("/v1/datasets/demo").json()["schemes"]["nir"]
    path = f"/v1/datasets/demo/schemes/nir/ranges?epoch={offered['epoch']}"
    ranges = site.get(path)
    assert len(ranges.content) == 2 ** offered["prefix_bits"] * offered["range_length"] * 8


def test_the_cookie_is_strict_hidden_from_scripts_and_ends_with_the_browser(
    site: httpx.Client, house: Path
) -> None:
    response = sign_in(site, issued(house).credential.text)
    (cookie,) = response.headers.get_list("set-cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith(f"{COOKIE}=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=strict"]
    assert response.content == b""


def test_over_tls_it_is_for_this_host_and_never_sent_in_clear(leak: Leak, house: Path) -> None:
    """TLS ends at a proxy, which says so."""
    settings = leak.settings(data=house, trusted_proxies=("127.0.0.1",))
    with serving_settings(settings) as client:
        headers = {"X-Forwarded-Proto": "https"}
        response = sign_in(client, issued(house).credential.text, **headers)
        name, *attributes = response.headers["set-cookie"].split("; ")
        assert name.startswith(f"{SECURE_COOKIE}=")
        assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=strict", "Secure"]
        token = {"Cookie": name}
        assert client.get("/v1/client", headers={**headers, **token}).status_code == 200
        # The name that is used in clear is not taken over TLS.
        other = {"Cookie": name.replace(SECURE_COOKIE, COOKIE)}
        assert client.get("/v1/client", headers={**headers, **other}).status_code == 401


def test_no_other_answer_sets_a_cookie(site: httpx.Client, house: Path) -> None:
    sign_in(site, issued(house).credential.text)
    for path in ("/fr/laboratoire", "/en/laboratory", "/fr/", "/v1/client", "/v1/datasets/demo"):
        response = site.get(path)
        assert response.status_code == 200, path
        assert "set-cookie" not in response.headers


def test_signing_out_ends_it_on_the_server_too(site: httpx.Client, house: Path) -> None:
    sign_in(site, issued(house).credential.text)
    token = site.cookies[COOKIE]
    response = site.delete(SESSION)
    assert response.status_code == 204
    assert "Max-Age=0" in response.headers["set-cookie"]
    site.cookies.clear()
    assert_problem(
        site.get("/v1/client", headers={"Cookie": f"{COOKIE}={token}"}), 401, "credential-refused"
    )


def test_signing_in_again_ends_the_session_before(site: httpx.Client, house: Path) -> None:
    lab = issued(house)
    sign_in(site, lab.credential.text)
    before = site.cookies[COOKIE]
    sign_in(site, lab.credential.text)
    assert site.cookies[COOKIE] != before
    assert site.get("/v1/client").status_code == 200
    site.cookies.clear()
    old = {"Cookie": f"{COOKIE}={before}"}
    assert_problem(site.get("/v1/client", headers=old), 401, "credential-refused")


def test_a_revocation_and_a_rotation_end_it_with_the_next_request(
    site: httpx.Client, house: Path, engine: Engine
) -> None:
    for end in (Registry.revoke, Registry.rotate):
        lab = issued(house)
        sign_in(site, lab.credential.text)
        assert site.get("/v1/client").status_code == 200
        end(registry_of(engine), lab.client.number, by="an operator")
        assert_problem(site.get("/v1/client"), 401, "credential-refused")
        site.cookies.clear()


def test_every_refusal_is_the_same(leak: Leak, house: Path, engine: Engine) -> None:
    revoked = issued(house)
    registry_of(engine).revoke(revoked.client.number, by="an operator")
    past = Registry(SqlClientStore(engine), now=lambda: datetime.now(UTC) - timedelta(days=60))
    gone = new_client(expires_on=datetime.now(UTC).date() - timedelta(days=1))
    expired = past.add(gone, by="an operator")
    wrong = [
        "",
        "concerne_",
        "é" * 40,
        Credential.generate().text,
        revoked.credential.text,
        expired.credential.text,
    ]
    seen = set()
    for credential in wrong:
        # A server that has seen none of them fail.
        with serving_settings(leak.settings(data=house)) as site:
            response = sign_in(site, credential)
        seen.add((response.status_code, response.text))
        assert_problem(response, 401, "credential-refused")
        assert "set-cookie" not in response.headers
    assert len(seen) == 1


def test_who_fails_waits(leak: Leak, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = issued(house)
    # The first wait is a second: no time passes here, however long the requests take.
    monkeypatch.setattr("app.web.routes.sessions.SignInDelay", lambda: SignInDelay(lambda: 0.0))
    with serving_settings(leak.settings(data=house)) as site:
        for _ in range(FREE_FAILURES):
            assert sign_in(site, Credential.generate().text).status_code == 401
        # The right one waits as well: whether it was is not told before.
        refused = sign_in(site, lab.credential.text)
    assert_problem(refused, 429, "limit-exceeded")
    assert int(refused.headers["retry-after"]) >= 1


def test_each_failure_doubles_the_wait_up_to_a_minute() -> None:
    now = 0.0
    delay = SignInDelay(lambda: now)
    for _ in range(FREE_FAILURES):
        delay.check("block")
        delay.failed("block")
    waits = []
    for _ in range(9):
        with pytest.raises(LimitExceeded) as refusal:
            delay.check("block")
        waits.append(refusal.value.retry_after_seconds)
        now += refusal.value.retry_after_seconds
        delay.check("block")
        delay.failed("block")
    assert [round(w) for w in waits] == sorted(waits)
    assert waits[0] <= 2
    assert 60 <= waits[-1] <= 61
    delay.check("another block")
    delay.succeeded("block")
    delay.check("block")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_can_do_nothing(
    site: httpx.Client, house: Path, headers: dict[str, str]
) -> None:
    lab = issued(house)
    assert_problem(sign_in(site, lab.credential.text, **headers), 403, "cross-site-request")
    sign_in(site, lab.credential.text)
    assert_problem(site.delete(SESSION, headers=headers), 403, "cross-site-request")
    assert_problem(site.get("/v1/client", headers=headers), 403, "cross-site-request")
    body = {"blinded": ["pgTZjo7SrM9M01-RYzfCgP0prkLH6aQhrx72XoJ-hhQ"]}
    path = "/v1/datasets/demo/schemes/nir/evaluations"
    assert_problem(site.post(path, json=body, headers=headers), 403, "cross-site-request")
    ours = {"Origin": str(site.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert site.get("/v1/client", headers=ours).status_code == 200


def test_a_session_ends_by_itself(engine: Engine, house: Path) -> None:
    """When it was not used for a while, and whatever is done with it after a working day."""
    lab, clock = issued(house), Clock()
    registry = Registry(SqlClientStore(engine), now=clock)
    sessions = Sessions(SqlSessionStore(engine), registry, now=clock)
    token = sessions.begin(lab.credential.text.encode())
    began = clock.now
    while clock.now + IDLE / 2 < began + LASTS:
        clock.now += IDLE / 2
        assert sessions.client(token).number == lab.client.number
    clock.now = began + LASTS
    with pytest.raises(CredentialRefused):
        sessions.client(token)
    idle = sessions.begin(lab.credential.text.encode())
    clock.now += IDLE
    with pytest.raises(CredentialRefused):
        sessions.client(idle)
    sessions.begin(lab.credential.text.encode())
    with engine.connect() as connection:
        count = text("SELECT count(*) FROM client_session WHERE client_id = :number")
        kept = connection.execute(count, {"number": lab.client.number}).scalar()
    assert kept == 1, "what has ended is forgotten"


def test_using_it_is_not_a_write_each_time(engine: Engine, house: Path) -> None:
    lab, clock = issued(house), Clock()
    registry = Registry(SqlClientStore(engine), now=clock)
    sessions = Sessions(SqlSessionStore(engine), registry, now=clock)
    token = sessions.begin(lab.credential.text.encode())

    def used_at() -> str:
        with engine.connect() as connection:
            query = text("SELECT used_at FROM client_session WHERE client_id = :number")
            return str(connection.execute(query, {"number": lab.client.number}).scalar())

    before = used_at()
    clock.now += RENEWED_AFTER / 2
    sessions.client(token)
    assert used_at() == before
    clock.now += RENEWED_AFTER / 2
    sessions.client(token)
    assert used_at() != before


def test_the_database_holds_neither_token_nor_credential(
    site: httpx.Client, house: Path, engine: Engine
) -> None:
    lab: Issued = issued(house)
    sign_in(site, lab.credential.text)
    token = site.cookies[COOKIE]
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    found = b"".join(f.read_bytes() for f in house.iterdir() if f.is_file())
    assert token.encode() not in found
    assert lab.credential.text.encode() not in found


def test_a_credential_in_a_header_needs_no_session(site: httpx.Client, house: Path) -> None:
    """And a session that has ended takes nothing from it."""
    lab = issued(house)
    headers = {**bearer(lab), "Cookie": f"{COOKIE}=whatever"}
    assert site.get("/v1/client", headers=headers).status_code == 200
    assert_problem(
        site.get("/v1/client", headers={"Cookie": f"{COOKIE}=whatever"}), 401, "credential-refused"
    )

"""A credential goes everywhere it can be sent or typed; nothing that is left holds it."""

from __future__ import annotations

from pathlib import Path

import httpx

from app.crypto import oprf
from app.encoding import to_base64url
from app.protocol.credentials import Credential
from tests.cli.commands import concerne, concerne_serve
from tests.clients.examples import bearer
from tests.ingest.examples import PHONES_TOML, phones
from tests.traces import Traces, files_in

ADD = ("client", "add", "--person", "Zoé Martin", "--organisation", "Laboratoire inventé",
       "--role", "lab", "--schemes", "phone", "--quota", 1000)  # fmt: skip


def send(url: str, shown: dict[str, str]) -> list[int]:
    """Show a credential in the right place and in wrong ones; return the statuses."""
    blinded = {"blinded": [to_base64url(oprf.blind(b"made up")[1])]}
    path, text = "/v1/datasets/demo/schemes/phone", shown["Authorization"].split()[-1]
    with httpx.Client(base_url=url, timeout=30) as http:
        responses = [
            http.get("/v1/client", headers=shown),
            http.get(f"{path}/ranges?epoch=1", headers=shown),
            http.post(f"{path}/evaluations", headers=shown, json=blinded),
            http.post(f"{path}/evaluations", headers=shown, json={"blinded": ["x"]}),
            http.post(f"{path}/evaluations", headers=shown, content=text),
            http.get("/v1/client", headers={"Authorization": text}),
            http.get("/v1/client", headers={"Authorization": f"Basic {text}"}),
            http.get("/v1/client", params={"access_token": text}),
            http.get(f"/v1/datasets/{text}", headers=shown),
            http.post("/v1/datasets/demo/lookups", json={"scheme": text}, headers=shown),
            http.get("/fr/", headers=shown),
        ]
    for response in responses:
        assert text not in response.text + repr(response.headers)
    return [response.status_code for response in responses]


def test_no_credential_is_left_anywhere(tmp_path: Path) -> None:
    data, given = tmp_path / "data", tmp_path / "given"
    given.mkdir()
    source, mapping = tmp_path / "leak.csv", tmp_path / "mapping.toml"
    source.write_bytes(phones(300))
    mapping.write_text(PHONES_TOML, encoding="utf-8")
    ingest = concerne("ingest", source, "--dataset", "demo", "--mapping", mapping, data=data)
    assert ingest.returncode == 0, ingest.stderr
    printed = concerne(*ADD, data=data)
    filed = concerne(*ADD, "--credential-file", given / "credential", data=data)
    rotated = concerne("client", "rotate", 1, data=data)
    texts = [
        printed.stdout.decode().strip(),
        (given / "credential").read_text().strip(),
        rotated.stdout.decode().strip(),
    ]
    forged = Credential.generate().text
    log = tmp_path / "serve.log"
    with concerne_serve(data, log, CONCERNE_LOG_LEVEL="debug") as url:
        assert send(url, bearer(texts[1]))[:5] == [200, 200, 200, 422, 422]
        assert send(url, bearer(texts[2]))[:5] == [200, 200, 200, 422, 422]
        for refused in (texts[0], forged):
            assert send(url, bearer(refused))[:5] == [401] * 5
        assert concerne("client", "revoke", 2, data=data).returncode == 0
        assert send(url, bearer(texts[1]))[:5] == [401] * 5
    runs = {
        "an argument": concerne("client", "revoke", texts[1], data=data),
        "a name": concerne("client", "add", "--person", texts[1], data=data),
        "a scheme": concerne(*ADD[:-4], "--schemes", texts[1], "--quota", 1, data=data),
        "a file": concerne(*ADD, "--credential-file", given / "credential", data=data),
        "list": concerne("client", "list", data=data),
        "audit": concerne("audit", "list", data=data),
        "unknown": concerne("client", texts[0], data=data),
    }
    assert [run.returncode for run in runs.values()] == [2, 2, 2, 2, 0, 0, 2]
    told = "Zoé Martin, Laboratoire inventé  evaluated for a client  demo  client 2, phone asked 1"
    assert f"{told}, phone new 1\n" in runs["audit"].stdout.decode()
    left = files_in(data) | {name: run.stdout + run.stderr for name, run in runs.items()}
    left |= {"log": log.read_bytes(), "filed": filed.stdout + filed.stderr}
    left |= {"printed beside it": printed.stderr + rotated.stderr}
    assert log.read_bytes().count(b'"event": "request"') > 40
    secrets = [(f"credential {n}", text) for n, text in enumerate([*texts, forged])]
    raw = [(f"secret {n}", Credential.parse(t).secret) for n, t in enumerate([*texts, forged])]
    assert Traces([*secrets, *raw]).find(left) == []

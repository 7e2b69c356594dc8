"""Marker identifiers go through every command and route; nothing that is left holds them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.cli.remote import RemoteServer
from app.encoding import from_base64url
from app.errors import ConcerneError
from app.identity.nir import nir_key
from tests.cli.commands import concerne, concerne_serve
from tests.traces import Traces, files_in

# Made up: a commune that never was, reserved phone numbers, a reserved domain.
NIR = "1850556950048"
MARKERS = {
    "nir": f"{NIR}{nir_key(NIR):02}",
    "nir without key": NIR,
    "nir as printed": f"1 85 05 56 950 048 {nir_key(NIR):02}",
    "birth date": "1985-05-12",
    "birth date as written": "12/05/1985",
    "surname": "Wéndelïnçanari",
    "given name": "Zénobïecanari",
    "email": "zenobie.canari@wendelin.example",
    "phone": "0199004242",
    "phone with prefix": "+33199004242",
    "comment": "Canarï unlooked-at commentäry",
    # What the scope report looks at, and counts.
    "laboratory": "Laboratöire du Canari Jaune",
    "department": "Département des Canaris",
    "postcode": "F-56950 Canarïville",
    "examination": "14/03/2019 09:26:53",
    "examination as read": "2019-03-14",
    "sex": "sexe canari féminin",
    "child": "enfant du canari",
    "address": "12 ruelle des Canarïs",
    "prescriber": "Dr Canarï Prescripteur",
    "free comment": "sérologie du canarï, à revoir",
}
SCOPE_TABLES = ("laboratory", "department", "exam-year", "exam-month", "kinds")
SCOPE = (
    "laboratory", "department", "examination", "sex", "child", "address", "postcode", "prescriber",
    "free comment",
)  # fmt: skip
TRACES = Traces(MARKERS.items())
HEADER = (
    "NUM_SECU;DATE_NAISS;NOM;NOM_JF;PRENOM;EMAIL;TEL_FIXE;TEL_MOBILE;LABO;DEPT;DATE_EXAM;SEXE;"
    "QUALITE;ADRESSE;CP;PRESCRIPTEUR;COMMENTAIRE;X"
)
MAPPING = """
[source]
encoding = "utf-8"
delimiter = ";"
[fields]
nir = "NUM_SECU"
birth_date = { columns = ["DATE_NAISS"], formats = ["%d/%m/%Y"] }
surname = ["NOM", "NOM_JF"]
given_name = "PRENOM"
email = "EMAIL"
phone = ["TEL_FIXE", "TEL_MOBILE"]
[dataset]
title = "Made up"
breach_date = 2021-02-23
public_schemes = ["nir-dob", "nir", "name-dob", "email", "phone"]
[scope]
laboratory = "LABO"
department = "DEPT"
exam_date = { columns = ["DATE_EXAM"], formats = ["%d/%m/%Y %H:%M:%S"] }
sex = "SEXE"
child = "QUALITE"
address = "ADRESSE"
postcode = "CP"
prescriber = "PRESCRIPTEUR"
comment = "COMMENTAIRE"
"""
# Enough for tables in the report.
OTHERS = 150


def row() -> str:
    m = MARKERS
    person = [m["nir"], m["birth date as written"], m["surname"], m["surname"], m["given name"]]
    scope = [m[name] for name in SCOPE]
    return ";".join([*person, m["email"], m["phone"], m["phone"], *scope, m["comment"]])


def others() -> list[str]:
    """Return made-up people among whom the markers' one is in the scope report."""
    rows = []
    for n in range(OTHERS):
        place = "LABO INVENTÉ;56" if n % 2 else "BIO INVENTÉE;22"
        scope = f"{place};0{1 + n % 5}/02/2018 08:00:00;F;;1 RUE INVENTÉE;56000;DR INVENTÉ;"
        person = f"2600156950{n:03};02/01/1960;INVENTEE;;MARIE;personne{n}@inventee.example;;"
        rows.append(f"{person};{scope};")
    return rows


def hostile_rows() -> list[str]:
    """Return rows that break a reader at, in or around a marker."""
    good = row()
    return [
        good,
        good.replace(MARKERS["nir"], MARKERS["nir"][:-2] + "99"),
        f'"{good}',
        good + ";" + MARKERS["comment"],
        good.replace(";", ";;;"),
        good.replace("12/05/1985", MARKERS["nir"]),
        MARKERS["nir"] * 3,
    ]


def requests(http: httpx.Client) -> None:
    """Send markers everywhere where something can be sent, rightly and wrongly."""
    m = MARKERS
    base = "/v1/datasets/demo"
    bodies: list[object] = [
        {"scheme": "nir-dob", "nir": m["nir as printed"], "birth_date": m["birth date"]},
        {"scheme": "nir", "nir": m["nir"]},
        {"scheme": "nir", "nir": m["nir"][:-1]},
        {"scheme": "name-dob", "surname": m["surname"], "given_name": m["given name"],
         "birth_date": m["birth date"]},
        {"scheme": "email", "email": m["email"]},
        {"scheme": "email", "email": f"{m['email']} {m['email']}"},
        {"scheme": "phone", "phone": m["phone"]},
        {"scheme": m["nir"], m["nir"]: m["nir"]},
        {"scheme": "nir", "nir": [m["nir"]]},
        {"scheme": "nir", "nir": m["nir"] * 40},
        [m["nir"]],
        m["nir"],
    ]  # fmt: skip
    for body in bodies:
        http.post(f"{base}/lookups", json=body)
        http.post(f"{base}/lookups", content=json.dumps(body)[:-1])
        http.post(f"{base}/schemes/nir/evaluations", json=body)
        http.post(f"{base}/schemes/nir/evaluations", json={"blinded": [json.dumps(body)]})
    form = {"dataset": "demo", "nir": m["nir"], "day": "12", "month": "5", "year": "1985"}
    nir = m["nir"]
    for wrong in ({}, {"nir": nir[:-1]}, {"year": nir}, {"dataset": nir}, {nir: nir}):
        for path in ("/fr/reponse", "/en/answer"):
            http.post(path, data=form | wrong)
            http.get(path, params=form | wrong)
    for value in m.values():
        text = quote(value, safe="")
        http.get(f"/v1/datasets/{text}")
        http.get(f"{base}/schemes/{text}/ranges/0?epoch=1")
        http.get(f"{base}/schemes/nir/ranges/{text}?epoch={text}")
        http.get(f"/{text}?nir={text}")
        http.get(f"/v1/datasets/{text}/scope")
        http.get(f"{base}/scope?laboratory={text}")
        http.get(f"{base}/scope/{text}")
        http.get(f"/fr/fuites/{text}/etendue")
        http.get(f"/api/v3/breachedaccount/{text}", headers={"hibp-api-key": NIR})
        http.request(f"M{NIR}", "/v1/parameters")
        http.get("/healthz", headers={"X-Forwarded-For": NIR, "User-Agent": NIR, "Cookie": NIR})


def scope_of(http: httpx.Client) -> dict[str, bytes]:
    """Return the scope report in every form in which it is published."""
    base = "/v1/datasets/demo/scope"
    files = ["scope.fr.html", "scope.en.pdf", *(f"source-1-{name}.csv" for name in SCOPE_TABLES)]
    pages = ["/fr/fuites/demo/etendue", "/en/leaks/demo/scope", "/api/v3/breaches"]
    paths = [base, *(f"{base}/{file}" for file in files), *pages, "/fr/publications.atom"]
    replies = {path: http.get(path) for path in paths}
    assert [path for path, reply in replies.items() if reply.status_code != 200] == []
    assert "LABO INVENTÉ" in replies[f"{base}/source-1-laboratory.csv"].text
    _, payload, _ = replies[base].text.split(".")
    return {f"reply from {path}": reply.content for path, reply in replies.items()} | {
        "signed report": from_base64url(payload, name="payload")
    }


def scope_commands(folder: Path, data: Path, leak: Path, mapping: Path) -> dict[str, Any]:
    """Export the report, verify it, and compare the file with it, rightly and wrongly."""
    out = folder / "scope"
    exported = concerne("scope", "export", "demo", "--out", out, "--html", "--pdf", data=data)
    signed, key = out / "scope.jws", ("--key", out / "signing-key.jwk")
    compared = ("scope", "compare", leak, signed, *key, "--mapping", mapping)
    runs = {
        "scope export": exported,
        "scope verify": concerne("scope", "verify", signed, *key, data=data),
        "scope compare": concerne(*compared, data=data),
        "scope verify a marker": concerne("scope", "verify", leak, *key, data=data),
        "scope compare wrongly": concerne(*compared[:-1], leak, data=data),
    }
    codes = {name: run.returncode for name, run in runs.items()}
    assert codes["scope export"] == codes["scope verify"] == codes["scope compare"] == 0, codes
    assert codes["scope verify a marker"] == 3
    assert codes["scope compare wrongly"] == 2
    return runs


@pytest.mark.promise("nowhere")
def test_no_marker_is_left_anywhere(tmp_path: Path) -> None:
    data, outside, home = tmp_path / "data", tmp_path / "outside", tmp_path / "home"
    temporary = tmp_path / "tmp"
    for folder in (outside, home, temporary):
        folder.mkdir()
    leak, mapping = outside / "leak.csv", tmp_path / "mapping.toml"
    leak.write_text("\n".join([HEADER, row(), *hostile_rows(), *others()]), encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    # Everything that a process may write to by default is in a folder that is searched.
    places = {"HOME": str(home), "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(home)}
    printed: dict[str, bytes] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in places.items():
            patch.setenv(name, value)
        ingest = ("--dataset", "demo", "--mapping", mapping)
        # Rows that are rejected are looked for as well as those that are used.
        every = ("--max-rejects", "100%", "--report", outside / "report")
        runs = {
            "ingest": concerne("ingest", leak, *ingest, *every, data=data),
            "ingest again": concerne("ingest", leak, *ingest, *every, data=data),
            "ingest stdin": concerne(
                "ingest", "-", "--dataset", "two", "--mapping", mapping, *every,
                data=data, stdin=leak.read_bytes(),
            ),
            "ingest wrong mapping": concerne(
                "ingest", leak, "--dataset", "three", "--mapping", leak, data=data
            ),
            "ingest a marker": concerne("ingest", NIR, "--dataset", NIR, data=data),
            "usage": concerne("ask", MARKERS["nir"], "--scheme", NIR, data=data),
        }  # fmt: skip
        assert runs["ingest"].returncode == 0, runs["ingest"].stderr
        assert runs["ingest stdin"].returncode == 0, runs["ingest stdin"].stderr
        log = tmp_path / "serve.log"
        with concerne_serve(data, log, CONCERNE_LOG_LEVEL="debug") as url:
            with httpx.Client(base_url=url, timeout=30) as http:
                requests(http)
                printed |= scope_of(http)
            ask(url)
            for scheme, typed in (("nir", MARKERS["nir"]), ("email", "x" + MARKERS["nir"])):
                runs[f"ask {scheme}"] = concerne(
                    "ask", "--server", url, "--dataset", "demo", "--scheme", scheme,
                    data=data, stdin=f"{typed}\n".encode(),
                )  # fmt: skip
            assert runs["ask nir"].returncode == 1
            assert runs["ask email"].returncode == 2
            runs |= scope_commands(home, data, leak, mapping)
            runs |= forget(data)
            wait_until_not_exposed(url)
        printed |= {f"output of {n}": r.stdout + r.stderr for n, r in runs.items()}
        printed |= {"server's log": log.read_bytes()}
    left = files_in(data, home, temporary) | printed
    assert len(files_in(data)) > 10
    assert printed["server's log"].count(b'"event": "request"') > 50
    assert TRACES.find(left) == []


def forget(data: Path) -> dict[str, CompletedProcess[bytes]]:
    """Take the markers' person out at the prompt, and try to with markers in the wrong places."""
    m = MARKERS
    right = ["nir", "birth date", "surname", "given name", "email", "phone"]
    typed = "".join(f"{m[name]}\n" for name in right).encode()
    wrong = "".join(f"{m[name]}\n" for name in reversed(right)).encode()
    runs = {
        "forget": concerne("dataset", "forget", "demo", data=data, stdin=typed),
        "forget again": concerne("dataset", "forget", "demo", data=data, stdin=typed),
        "forget wrongly": concerne("dataset", "forget", "demo", data=data, stdin=wrong),
        "forget an argument": concerne("dataset", "forget", "demo", m["nir"], data=data),
        "forget in a marker": concerne("dataset", "forget", m["nir"], data=data, stdin=typed),
        "show a marker": concerne("dataset", "show", m["email"], data=data),
        "audit": concerne("audit", "list", data=data),
        "manifest": concerne("dataset", "manifest", "demo", data=data),
    }
    assert b"taken out of 5 of 5 schemes" in runs["forget"].stdout, runs["forget"].stderr
    assert b"was not there" in runs["forget again"].stdout
    assert b"schemes_taken_out 5" in runs["audit"].stdout
    for name, run in runs.items():
        refused = any(word in name for word in ("wrongly", "argument", "marker"))
        assert run.returncode == (2 if refused else 0), run.stderr
    return runs


def wait_until_not_exposed(url: str) -> None:
    """Ask both ways until the server has noticed."""
    m = MARKERS
    fields = {"nir": m["nir"], "birth_date": m["birth date"]}
    deadline = time.monotonic() + 30
    with RemoteServer(url) as remote:
        for way in (remote.ask_privately, remote.ask_plainly):
            while way("demo", "nir-dob", fields).value == "exposed":
                assert time.monotonic() < deadline, "still exposed"
                time.sleep(0.05)
            assert way("two", "nir-dob", fields).value == "exposed"


def ask(url: str) -> None:
    """Ask with the Python client, privately and plainly, rightly and wrongly."""
    m = MARKERS
    questions = {
        "nir-dob": {"nir": m["nir"], "birth_date": m["birth date"]},
        "name-dob": {"surname": m["surname"], "given_name": m["given name"],
                     "birth_date": m["birth date"]},
        "email": {"email": m["email"]},
        "phone": {"phone": m["phone"]},
    }  # fmt: skip
    with RemoteServer(url) as remote:
        for scheme, fields in questions.items():
            for way in (remote.ask_privately, remote.ask_plainly):
                assert way("demo", scheme, fields).value == "exposed"
        for way in (remote.ask_privately, remote.ask_plainly):
            with pytest.raises(ConcerneError) as refusal:
                way("demo", "nir", {"nir": m["nir"][:-1]})
            assert TRACES.find({"refusal": repr(vars(refusal.value)).encode()}) == []

"""A laboratory's whole list, with real processes, while all that can go wrong does.

Nobody gets a wrong answer, whatever happens, and nothing that failed is a no.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli.ingestion import IngestOptions, run_ingest
from app.cli.remote import RemoteServer
from app.clients.ports import NewClient
from app.clients.quota import Quota
from app.clients.registry import Issued
from app.storage.engine import open_database
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML
from app.worklist.columns import RESULT, Outcome
from tests.cli.commands import concerne, concerne_serve
from tests.clients.examples import issued, new_client, registry_of
from tests.conftest import cheap_settings
from tests.drills.faulty import Before, Change, Cut, Fault, Instead, Refuse, Restartable, faulty
from tests.drills.patients import SCHEMES, PatientList, patients_of, truth_in
from tests.traces import Traces

ROWS = 1200


@dataclass(frozen=True)
class Published:
    """A leak that is published, and the list of everybody its truth tells of."""

    data: Path
    source: Path
    mapping: Path
    patients: PatientList

    def client(self, new: NewClient | None = None) -> Issued:
        return issued(self.data, new or new_client(schemes=SCHEMES, declared=100_000))

    def copy(self, folder: Path) -> Published:
        shutil.copytree(self.data, folder)
        return Published(folder, self.source, self.mapping, self.patients)


@dataclass(frozen=True)
class Lab:
    """A laboratory's machine: its list, its credential and key, its work list."""

    folder: Path
    patients: Path
    mapping: Path
    credential: Path
    out: Path

    def command(self, url: str) -> list[str]:
        return [
            "check", str(self.patients), "--server", url, "--dataset", "demo",
            "--mapping", str(self.mapping), "--credential-file", str(self.credential),
            "--out", str(self.out),
        ]  # fmt: skip

    def check(self, url: str, *more: str) -> subprocess.CompletedProcess[bytes]:
        return concerne(*self.command(url), *more, data=self.folder / "no data")

    @property
    def state(self) -> Path:
        return self.out.with_suffix(".state")

    def outcomes(self) -> list[Outcome]:
        return outcomes(self.out.read_bytes())


def outcomes(content: bytes) -> list[Outcome]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return [Outcome(row[RESULT]) for row in rows]


def laboratory(folder: Path, patients: PatientList, client: Issued) -> Lab:
    folder.mkdir()
    listed, mapping = patients.write(folder)
    lab = Lab(folder, listed, mapping, folder / "credential", folder / "result.csv")
    renew(lab, client)
    return lab


def renew(lab: Lab, client: Issued) -> None:
    lab.credential.touch(0o600)
    lab.credential.write_text(client.credential.text + "\n", encoding="ascii")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = tmp_path_factory.mktemp("published")
    source, truth, mapping = folder / "leak.csv", folder / "truth.jsonl", folder / "mapping.toml"
    with source.open("wb") as out, truth.open("wb") as known:
        synthesise(rows=ROWS, seed=11, out=out, truth=known)
    mapping.write_text(MAPPING_TOML, encoding="utf-8")
    run_ingest(cheap_settings(folder / "data"), source, "demo", mapping)
    return Published(folder / "data", source, mapping, patients_of(truth_in(truth)))


@pytest.fixture(scope="module")
def url(published: Published) -> Iterator[str]:
    with concerne_serve(published.data, published.data.with_suffix(".log")) as address:
        yield address


@pytest.fixture
def lab(tmp_path: Path, published: Published) -> Lab:
    return laboratory(tmp_path / "lab", published.patients, published.client())


def assert_finished(lab: Lab, done: subprocess.CompletedProcess[bytes]) -> None:
    assert done.returncode == 1, done.stderr.decode()
    assert not lab.state.exists()
    left = {path.name for path in lab.folder.iterdir()}
    assert left == {"patients.csv", "list.toml", "credential", "credential.key", "result.csv"}


def test_every_patient_gets_the_right_answer(url: str, published: Published, lab: Lab) -> None:
    done = lab.check(url)
    assert_finished(lab, done)
    assert lab.outcomes() == published.patients.truth
    numbers = [published.patients.truth.count(outcome) for outcome in Outcome]
    told = f"{sum(numbers):,} rows: {numbers[0]:,} exposed, {numbers[1]:,} not exposed"
    assert done.stdout.decode().startswith(told)
    assert min(numbers) > 400


@pytest.mark.slow
def test_no_fault_of_the_network_or_the_server_makes_a_wrong_answer(
    tmp_path: Path, published: Published, lab: Lab
) -> None:
    """Slow, because the server is killed and started again ten times."""
    server = Restartable(published.data, tmp_path / "serve.log")
    kill = Instead(server.restart)
    often = [("parameters", 1), ("client", 1), ("demo", 2)]
    often += [("ranges", number) for number in (2, 4, 6)]
    often += [("evaluations", number) for number in (3, 5, 8, 10)]
    faults: dict[tuple[str, int], Fault] = {
        **dict.fromkeys(often, kill),
        ("demo", 1): Refuse(503, {"retry-after": "1"}),
        ("ranges", 1): Cut(),
        ("evaluations", 1): Cut(),
        ("evaluations", 2): Refuse(429, {"retry-after": "1"}),
        ("evaluations", 7): Refuse(502),
    }
    server.start()
    try:
        with faulty(server.url, faults) as proxy:
            done = lab.check(proxy.url)
            assert proxy.happened.count(kill) == 10
            assert len(proxy.happened) == len(faults)
    finally:
        server.kill()
    assert_finished(lab, done)
    assert lab.outcomes() == published.patients.truth


def test_a_leak_that_grows_in_the_middle_is_asked_again_as_a_whole(
    tmp_path: Path, published: Published
) -> None:
    house = published.copy(tmp_path / "data")
    source, truth = tmp_path / "more.csv", tmp_path / "more.jsonl"
    with source.open("wb") as out, truth.open("wb") as known:
        synthesise(rows=300, seed=12, out=out, truth=known)
    patients = patients_of([])
    patients.rows, patients.truth = list(published.patients.rows), list(published.patients.truth)
    newly = [t for t in truth_in(truth) if t["scheme"] == "email" and t["exposed"]]
    for known_person in newly:
        patients.add({"email": known_person["email"]}, Outcome.EXPOSED)
    lab = laboratory(tmp_path / "lab", patients, house.client())

    def add() -> None:
        options = IngestOptions(is_added=True)
        run_ingest(cheap_settings(house.data), source, "demo", house.mapping, options)
        # Two schemes are left to ask: they might be answered before the server has reread.
        with RemoteServer(address) as remote:
            deadline = time.monotonic() + 60
            while remote.dataset("demo").epoch == 1:
                assert time.monotonic() < deadline, "the server did not notice"
                time.sleep(0.05)

    with (
        concerne_serve(house.data, tmp_path / "log", CONCERNE_RENEW_SECONDS="0.1") as address,
        faulty(address, {("evaluations", 3): Before(add)}) as proxy,
    ):
        done = lab.check(proxy.url)
        assert proxy.counts["evaluations"] > 6
    assert_finished(lab, done)
    assert b"the server's key has changed" in done.stderr
    assert b"epoch 2" in done.stdout
    assert lab.outcomes() == patients.truth


def test_a_credential_that_is_revoked_in_the_middle_stops_with_what_is_known(
    tmp_path: Path, published: Published
) -> None:
    client = published.client()
    lab = laboratory(tmp_path / "lab", published.patients, client)

    def revoke() -> None:
        engine = open_database(published.data)
        registry_of(engine).revoke(client.client.number, by="an operator")
        engine.dispose()

    with (
        concerne_serve(published.data, tmp_path / "log") as address,
        faulty(address, {("evaluations", 3): Before(revoke)}) as proxy,
    ):
        done = lab.check(proxy.url)
        again = lab.check(proxy.url)
    assert done.returncode == 3
    assert b"not finished: the credential is refused" in done.stderr
    assert b"whoever gave you the credential" in done.stderr
    assert_stopped(lab, published)
    assert again.returncode == 3
    assert_stopped(lab, published)


def assert_stopped(lab: Lab, published: Published) -> None:
    """Check that what is said is right, and that what was not asked is unchecked."""
    said, truth = lab.outcomes(), published.patients.truth
    assert len(said) == len(truth)
    wrong = [(s, t) for s, t in zip(said, truth, strict=True) if s not in (t, Outcome.UNCHECKED)]
    assert wrong == []
    assert said.count(Outcome.UNCHECKED) > truth.count(Outcome.UNCHECKED)
    assert said.count(Outcome.EXPOSED) >= 200
    assert lab.state.exists()


def test_a_quota_that_ends_in_the_middle_is_gone_on_with_once_there_is_another(
    tmp_path: Path, published: Published, url: str
) -> None:
    small = new_client(schemes=SCHEMES, declared=410, margin_percent=0)
    client = published.client(small)
    lab = laboratory(tmp_path / "lab", published.patients, client)
    done = lab.check(url)
    assert done.returncode == 3
    assert b"not finished: the quota is spent" in done.stderr
    assert_stopped(lab, published)
    engine = open_database(published.data)
    larger = registry_of(engine).rotate(client.client.number, by="x", quota=Quota(5000, 0))
    engine.dispose()
    # Another credential, and the same key of the laboratory's own: the run goes on.
    renew(lab, larger)
    done = lab.check(url)
    assert b"Stretching: 0%" not in done.stderr
    assert_finished(lab, done)
    assert lab.outcomes() == published.patients.truth


def test_two_laboratories_see_and_spend_nothing_of_each_other(
    tmp_path: Path, published: Published, url: str
) -> None:
    half = len(published.patients.rows) // 2
    one, two = PatientList(), PatientList()
    one.rows, one.truth = published.patients.rows[:half], published.patients.truth[:half]
    # Some of the patients are patients of both.
    two.rows, two.truth = published.patients.rows[200:], published.patients.truth[200:]
    clients = [published.client(), published.client()]
    labs = [
        laboratory(tmp_path / name, patients, client)
        for name, patients, client in zip("ab", (one, two), clients, strict=True)
    ]
    for lab, patients in zip(labs, (one, two), strict=True):
        assert_finished(lab, lab.check(url))
        assert lab.outcomes() == patients.truth
    engine = open_database(published.data)
    spent = [
        {s: g.spent for s, g in c.grants.items()}
        for c in registry_of(engine).clients()
        if c.number in {client.client.number for client in clients}
    ]
    engine.dispose()
    for numbers, patients in zip(spent, (one, two), strict=True):
        emails = {row[5].strip().lower() for row in patients.rows if row[5]}
        assert numbers["email"] == len(emails)
    # The second one's run, with the first one's key.
    keys = [lab.credential.with_name("credential.key").read_bytes() for lab in labs]
    assert keys[0] != keys[1]


def test_checking_again_spends_nothing(url: str, published: Published, tmp_path: Path) -> None:
    exactly = new_client(schemes=("email",), declared=10_000)
    client = published.client(exactly)
    lab = laboratory(tmp_path / "lab", published.patients, client)
    spent = []
    for _ in range(2):
        assert lab.check(url).returncode == 1
        lab.out.unlink()
        engine = open_database(published.data)
        (same,) = [c for c in registry_of(engine).clients() if c.number == client.client.number]
        spent.append(same.grants["email"].spent)
        engine.dispose()
    assert spent[0] == spent[1] > 200


@pytest.mark.slow
def test_a_check_that_is_killed_at_its_requests_goes_on_to_the_same_work_list(
    url: str, published: Published, lab: Lab
) -> None:
    """And nothing readable is left meanwhile. Slow, because it is begun again and again."""
    assert_finished(lab, lab.check(url))
    expected = lab.out.read_bytes()
    lab.out.unlink()
    cells = [("cell", c) for row in published.patients.rows[:400] for c in row[1:7] if len(c) > 8]
    traces = Traces(cells)
    known = {lab.patients, lab.mapping, lab.credential}
    running: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        running[-1].kill()

    # At a request, so that how fast the machine is makes no difference: the check waits for the
    # answer when it dies. Each at a second evaluation has the answers to one scheme more.
    moments = [("client", 1), ("ranges", 1), ("evaluations", 1)]
    moments += [("evaluations", 2), ("evaluations", 2), ("ranges", 1)]
    with faulty(url, {}) as proxy:
        for moment in moments:
            proxy.counts.clear()
            proxy.faults = {moment: Instead(kill)}
            running.append(
                subprocess.Popen(
                    [sys.executable, "-m", "app.cli", *lab.command(proxy.url)],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            assert running[-1].wait(timeout=120) == -signal.SIGKILL
            left = {
                str(path): path.read_bytes()
                for path in lab.folder.rglob("*")
                if path.is_file() and path not in known
            }
            assert traces.find(left) == []
        # The stretched values of more than one scheme, at the least.
        assert lab.state.stat().st_size > 400 * 32
        proxy.counts.clear()
        proxy.faults.clear()
        assert_finished(lab, lab.check(proxy.url))
        assert proxy.counts["evaluations"] == len(SCHEMES) - 2
    assert lab.out.read_bytes() == expected


def swapped(body: bytes) -> bytes:
    answer: dict[str, Any] = json.loads(body)
    first, second, *others = answer["evaluated"]
    return json.dumps(answer | {"evaluated": [second, first, *others]}).encode()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("evaluations", swapped),
        ("evaluations", lambda _: b"{}"),
        ("evaluations", lambda body: body.replace(b'"evaluated":["', b'"evaluated":["AAAA')),
        ("ranges", lambda body: body[:-8]),
        ("ranges", lambda body: body[8:] + body[:8]),
        ("demo", lambda body: body.replace(b'"range_length":', b'"range_length":-')),
    ],
)
def test_a_server_that_lies_gives_no_work_list(url: str, lab: Lab, kind: str, change: Any) -> None:
    with faulty(url, {(kind, 1): Change(change)}) as proxy:
        done = lab.check(proxy.url)
        assert len(proxy.happened) == 1
    assert done.returncode == 3, done.stderr
    assert not lab.out.exists()


def test_a_server_that_is_not_there_is_unknown_and_loses_nothing(
    url: str, published: Published, lab: Lab
) -> None:
    faults: dict[tuple[str, int], Fault] = {("evaluations", n): Refuse(503) for n in range(3, 1000)}
    with faulty(url, faults) as proxy:
        done = lab.check(proxy.url, "--patience", "0.02")
        assert done.returncode == 3
        assert b"error: the server refused with status 503" in done.stderr
        assert not lab.out.exists()
        assert lab.state.exists()
        proxy.faults.clear()
        done = lab.check(proxy.url)
    assert_finished(lab, done)
    assert lab.outcomes() == published.patients.truth


def test_an_interruption_ends_a_pause_and_loses_nothing(
    url: str, published: Published, lab: Lab
) -> None:
    faults: dict[tuple[str, int], Fault] = {
        ("evaluations", n): Refuse(503, {"retry-after": "600"}) for n in range(2, 1000)
    }
    with faulty(url, faults) as proxy:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *lab.command(proxy.url)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        assert any("waiting 600 s" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[1]
        assert process.returncode == 3, told
        assert "a check goes on when the same command is given again" in told
        proxy.faults.clear()
        assert_finished(lab, lab.check(proxy.url))
    assert lab.outcomes() == published.patients.truth

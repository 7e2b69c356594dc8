"""A laboratory's check: over its own Argon2id, and all else over private set intersection."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import private_set_intersection.python as psi

from app.checking.asking import BATCH_INPUTS
from app.clients.ports import NewClient, Role
from app.clients.quota import Quota
from app.clients.registry import Registry
from app.crypto.decaf import decaf
from app.crypto.stretch import INSECURE_TEST_ONLY, OWASP_19_MIB, StretchProfile
from app.lifecycle.ending import today
from app.protocol.fingerprints import FINGERPRINT_BYTES
from app.storage.clients import SqlClientStore
from app.storage.engine import open_database
from app.worklist.columns import RESULT, Outcome
from scripts.benches.connection import HOST
from scripts.benches.floors import bare_argon2id_on_all_cores, check_operations_on_all_cores
from scripts.benches.leaks import DATASET, ingest
from scripts.benches.lists import LEAK_PER_PATIENT, SCHEME, Lists
from scripts.benches.measuring import Figure, Pair, Plan, Result, Target, Unit, cost_of
from scripts.benches.relay import relaying
from scripts.benches.servers import LIFTED, Server, concerne, environment

ROWS, FULL_ROWS = 5_000, 100_000
# Of the figure with real Argon2id, which a whole list would take hours for: what happens once
# counts for less, the longer the list is.
REAL_ROWS, FULL_REAL_ROWS = 1_000, 5_000
ALLOWED_MIB, ALLOWED_BYTES = 300, 120
_CHEAP_AT_ONCE = 64
_FALSE_POSITIVES = 1e-9
# Which of them are shared, and not only how many.
_REVEALED = (True,)


@dataclass(frozen=True, slots=True)
class _Run:
    """What one check took: the clock's seconds, and the peak memory of both sides."""

    seconds: float
    client_mib: float
    server_mib: float


def measure(plan: Plan) -> Result:
    """Measure checks as commands, each beside its floor."""
    rows = plan.rows or (FULL_ROWS if plan.is_full else ROWS)
    lists = Lists.make_up(plan.folder / "lists", rows, round(rows * LEAK_PER_PATIENT))
    pairs, bare, runs = [], [], []
    with _published(plan.folder / "data", lists, INSECURE_TEST_ONLY) as house:
        for number in range(plan.runs):
            run = house.check(plan.folder / f"out-{number}.csv")
            argon2id = cost_of(
                lambda: bare_argon2id_on_all_cores(INSECURE_TEST_ONLY, rows, at_once=_CHEAP_AT_ONCE)
            ).wall_seconds
            seconds = run.seconds - argon2id
            least = cost_of(
                lambda: check_operations_on_all_cores(rows, at_once=BATCH_INPUTS)
            ).wall_seconds
            pairs.append(Pair(seconds, _intersect(lists)))
            bare.append(Pair(seconds, least))
            runs.append(run)
    real, wire = _real(plan, plan.folder / "real")
    return Result(
        [
            real,
            Figure(
                f"all but Argon2id of {rows:,} rows, both sides, over OpenMined PSI",
                Unit.SECONDS, pairs, Target(1.0),
            ),
            Figure("  the same over the bare group operations of both", Unit.SECONDS, bare),
            _allowed(f"peak memory of the client, {rows:,} rows", [r.client_mib for r in runs]),
            _allowed("peak memory of the server meanwhile", [r.server_mib for r in runs]),
            wire,
        ],
        [
            f"check: {rows:,} rows against {len(lists.leaked):,} entries, every answer right",
            "check: ours is the command from its start to its end, with the proofs verified",
            "check: of OpenMined PSI, request, server and intersection; its server set-up left out",
            f"check: the sums of the proofs by {'libdecaf' if decaf() else 'libsodium alone'}",
        ],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _House:
    """A server that runs, and a laboratory that may ask it."""

    server: Server
    lists: Lists
    credential: Path
    ranges_bytes: int

    def check(self, out: Path, *, port: int = 0) -> _Run:
        """Run the command, and hold its work list against the truth."""
        arguments = [
            self.lists.file, "--server", f"http://{HOST}:{port or self.server.port}",
            "--dataset", DATASET, "--mapping", self.lists.mapping,
            "--credential-file", self.credential, "--out", out,
        ]  # fmt: skip
        command = ["scripts.benches.peak", sys.executable, "-m", "app.cli", "check"]
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", *command, *map(str, arguments)],
            env=environment({}),
            capture_output=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        if done.returncode != 1:
            raise RuntimeError(f"the check failed: {done.stderr.decode(errors='replace')[-1000:]}")
        self._hold_against_truth(out)
        return _Run(seconds, int(done.stdout) / 2**20, self.server.peak_mib())

    def _hold_against_truth(self, out: Path) -> None:
        half = len(self.lists.patients) // 2
        with out.open(encoding="utf-8-sig", newline="") as stream:
            said = [row[RESULT] for row in csv.DictReader(stream, delimiter=";")]
        truth = [Outcome.EXPOSED] * half
        truth += [Outcome.NOT_EXPOSED] * (len(self.lists.patients) - half)
        if said != truth:
            raise RuntimeError("the check gave a wrong answer")


@contextmanager
def _published(data: Path, lists: Lists, profile: StretchProfile) -> Iterator[_House]:
    """Ingest the leak, give a laboratory a credential, and serve."""
    ingest(lists.leak, data, profile)
    engine = open_database(data)
    quota, end = Quota(len(lists.patients), 10), today() + timedelta(days=30)
    who = NewClient("Somebody", "Laboratory", Role.LAB, (SCHEME,), quota, end)
    issued = Registry(SqlClientStore(engine)).add(who, by="bench")
    engine.dispose()
    credential = data.with_suffix(".credential")
    credential.touch(0o600)
    credential.write_text(issued.credential.text, encoding="ascii")
    with concerne(data, limits=LIFTED) as server:
        index = _index(server, SCHEME)
        ranges_bytes = index["range_length"] * FINGERPRINT_BYTES << index["prefix_bits"]
        yield _House(server, lists, credential, ranges_bytes)


def _index(server: Server, scheme: str) -> dict[str, int]:
    document = httpx.get(f"http://{HOST}:{server.port}/v1/datasets/{DATASET}").json()
    index: dict[str, int] = document["schemes"][scheme]
    return index


def _real(plan: Plan, folder: Path) -> tuple[Figure, Figure]:
    """Measure with real Argon2id, and count what goes over the wire."""
    folder.mkdir()
    rows = FULL_REAL_ROWS if plan.is_full else REAL_ROWS
    lists = Lists.make_up(folder / "lists", rows, rows // 2)
    pairs, passed = [], []
    with _published(folder / "data", lists, OWASP_19_MIB) as house:
        for number in range(plan.runs):
            floor = cost_of(lambda: bare_argon2id_on_all_cores(OWASP_19_MIB, rows))
            with relaying(house.server.port) as relay:
                run = house.check(folder / f"out-{number}.csv", port=relay.port)
                passed.append((relay.passed_bytes - house.ranges_bytes) / rows)
            pairs.append(Pair(run.seconds, floor.wall_seconds))
    name = f"check of {rows:,} rows over as many bare Argon2id calls"
    allowed = [Pair(each / 1000, ALLOWED_BYTES / 1000) for each in passed]
    return (
        Figure(name, Unit.SECONDS, pairs, Target(1.10)),
        Figure(
            "on the wire, a patient, but for the ranges; over the allowed",
            Unit.KILOBYTES, allowed, Target(1.0),
        ),
    )  # fmt: skip


def _allowed(name: str, peaks: list[float]) -> Figure:
    pairs = [Pair(mib, ALLOWED_MIB) for mib in peaks]
    return Figure(f"{name}, over the allowed", Unit.MIB, pairs, Target(1.0))


def _intersect(lists: Lists) -> float:
    """Let the library do the same, and return the clock's seconds without its server's set-up."""
    client, server = (
        psi.client.CreateWithNewKey(*_REVEALED),
        psi.server.CreateWithNewKey(*_REVEALED),
    )
    wanted, held = (["".join(p) for p in people] for people in (lists.patients, lists.leaked))
    setup = server.CreateSetupMessage(_FALSE_POSITIVES, len(wanted), held, psi.DataStructure.GCS)
    started = time.perf_counter()
    found = client.GetIntersection(setup, server.ProcessRequest(client.CreateRequest(wanted)))
    seconds = time.perf_counter() - started
    if sorted(found) != list(range(len(wanted) // 2)):
        raise RuntimeError("the other library gave a wrong answer")
    return seconds

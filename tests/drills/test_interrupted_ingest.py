"""Ingests that are killed, or find the disk full, and are started again with the same command."""

from __future__ import annotations

import io
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.crypto import ristretto255 as group
from app.crypto.keyring import KeyRing
from app.storage.engine import DATABASE_NAME
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML

ROOT = Path(__file__).parents[2]
ROWS = 2500
KILLS = 50
SCHEMES = ("nir-dob", "nir", "name-dob", "email", "phone")
# What the checkpoint's interval is in a run of hours.
COMMIT_SECONDS = "0.05"

# The program itself, committing as often in seconds as it does in hours.
PROGRAM = f"""
import sys
from app.ingest import commits
commits.COMMIT_SECONDS = {COMMIT_SECONDS}
from app.cli.main import run
run()
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up leak and its mapping; rejects and repetitions among its rows."""
    folder = tmp_path_factory.mktemp("files")
    with (folder / "leak.csv").open("wb") as out:
        synthesise(rows=ROWS, seed=11, out=out, truth=io.BytesIO())
    (folder / "mapping.toml").write_text(MAPPING_TOML, encoding="utf-8")
    return folder


def command(files: Path, *options: str) -> list[str]:
    leak, mapping = files / "leak.csv", files / "mapping.toml"
    return [
        sys.executable, "-c", PROGRAM, "ingest", str(leak), "--dataset", "demo",
        "--mapping", str(mapping), "--max-rejects", "5%", *options,
    ]  # fmt: skip


def environment(data: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "CONCERNE_DATA": str(data),
        "CONCERNE_STRETCH_PROFILE": "insecure-test-only",
    }


def ingest(files: Path, data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(files, *options),
        env=environment(data),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def left(data: Path) -> dict[str, object]:
    """Return all that an ingest leaves and that depends on neither key, salt nor time."""
    ring = KeyRing(data / "keys")
    with sqlite3.connect(data / DATABASE_NAME) as database:
        (salt,) = database.execute("SELECT stretch_salt FROM deployment").fetchone()
        run = database.execute(
            "SELECT state, position, source_sha256, source_bytes, rows, rows_used, rejects,"
            " refused_values FROM ingest_run ORDER BY id"
        ).fetchall()
        found: dict[str, object] = {"run": run, "salt": salt}
        (epoch,) = database.execute("SELECT epoch FROM dataset").fetchone()
        assert ring.names() == sorted(f"demo/{scheme}/{epoch}" for scheme in SCHEMES)
        for scheme in SCHEMES:
            key = ring.load(f"demo/{scheme}/{epoch}")
            inverse = group.invert(group.decode_scalar(key.secret))
            (index, *numbers) = database.execute(
                "SELECT id, entries, rows, prefix_bits, commitment FROM scheme_index"
                " WHERE scheme = ?", (scheme,)
            ).fetchone()  # fmt: skip
            elements = database.execute("SELECT element FROM entry WHERE index_id = ?", (index,))
            found[scheme] = {bytes(group.multiply(inverse, group.Element(e))) for (e,) in elements}
            found[f"{scheme}, numbers"] = numbers
        found["scope"] = database.execute("SELECT document FROM scope_tables").fetchall()
        assert database.execute("SELECT count(*) FROM scope_tally").fetchone() == (0,)
        found["state"] = database.execute("SELECT state, epoch, rows FROM dataset").fetchall()
    database.close()
    return found


def with_salt_of(data: Path, other: Path) -> None:
    """Make a data folder with another's salt, so that the entries of the two can be compared."""
    subprocess.run(
        [sys.executable, "-m", "app.cli", "dataset", "list"],
        env=environment(other), cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    with sqlite3.connect(data / DATABASE_NAME) as database:
        (salt,) = database.execute("SELECT stretch_salt FROM deployment").fetchone()
    with sqlite3.connect(other / DATABASE_NAME) as made:
        made.execute("UPDATE deployment SET stretch_salt = ?", (salt,))
    database.close()
    made.close()


@pytest.fixture(scope="module")
def whole(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("whole") / "data"
    done = ingest(files, data)
    assert done.returncode == 0, done.stderr
    return data


def killed_after(seconds: float, arguments: Sequence[str], data: Path) -> int:
    """Start a process group, kill all of it after a while, and return how it ended."""
    with subprocess.Popen(
        arguments,
        env=environment(data),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


@pytest.mark.slow
def test_killed_at_fifty_random_moments_it_ends_as_if_it_had_not_been(
    files: Path, whole: Path, tmp_path: Path
) -> None:
    """Slow: some thirty runs of a second or two. The moments are of a fixed seed.

    A dataset is killed again and again until it is done; then the next one begins. What goes on
    has less to do than what begins, so that the last steps come within the same seconds.
    """
    moments = random.Random(2021)
    expected = left(whole)
    took = time.monotonic()
    assert ingest(files, tmp_path / "timed").returncode == 0
    longest = (time.monotonic() - took) * 5 / 6
    kills = runs = 0
    while kills < KILLS:
        data = tmp_path / f"data-{runs}"
        with_salt_of(whole, data)
        for _ in range(12):
            ended = killed_after(moments.uniform(0.05, longest), command(files), data)
            kills += ended == -signal.SIGKILL
            if ended != -signal.SIGKILL:
                break
        else:
            ended = ingest(files, data).returncode
        assert ended == 0
        assert left(data) == expected
        runs += 1
        shutil.rmtree(data)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of a size that is soon used up."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=900k", "concerne-test", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert mounted.returncode == 0, f"a small file system could not be mounted: {mounted.stderr}"
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_it_and_with_more_room_it_goes_on(
    files: Path, whole: Path, small_disk: Path
) -> None:
    data = small_disk / "data"
    with_salt_of(whole, data)
    stopped = ingest(files, data)
    assert stopped.returncode == 3
    assert stopped.stderr.count("error: ") == 1
    again = ingest(files, data)
    assert again.returncode == 3
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    done = ingest(files, data)
    assert done.returncode == 0, done.stderr
    assert left(data) == left(whole)


def test_the_same_file_again_adds_nothing_and_another_is_refused(
    files: Path, whole: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole, data)
    before = left(data)
    again = ingest(files, data)
    assert (again.returncode, again.stdout) == (
        0,
        "these bytes are in demo already: nothing was added\n",
    )
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(files / "mapping.toml", other)
    leak = (files / "leak.csv").read_bytes()
    (other / "leak.csv").write_bytes(leak[: leak.rindex(b"\n", 0, -1) + 1])
    refused = ingest(other, data)
    assert refused.returncode == 2
    assert "already published" in refused.stderr
    assert left(data) == before


def test_a_draft_that_is_whole_is_published_by_the_same_command_without_draft(
    files: Path, whole: Path, tmp_path: Path
) -> None:
    """As after a kill between the last of the filling and the publication."""
    data = tmp_path / "data"
    with_salt_of(whole, data)
    assert ingest(files, data, "--draft").returncode == 0
    assert ingest(files, data).returncode == 0
    assert left(data) == left(whole)

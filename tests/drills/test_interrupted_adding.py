"""A second source is added and killed again and again: what answers is the old or the new, whole.

And beside a running server, which answers all the while.
"""

from __future__ import annotations

import io
import random
import shutil
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from app.cli.remote import RemoteServer
from app.errors import ServerRefused
from app.protocol.messages import Answer
from app.storage.engine import DATABASE_NAME
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML
from tests.cli.commands import concerne_serve
from tests.drills.killing import killed_at_every_step
from tests.drills.test_interrupted_ingest import (
    command,
    ingest,
    killed_after,
    left,
    with_salt_of,
)
from tests.drills.test_life import MAPPING, settled
from tests.ingest.examples import PHONES_TOML, Watch, house, phones
from tests.lifecycle.examples import answer, events

ROWS = 2000
KILLS = 12
ONLY_FIRST, ADDED, NEVER = "01 99 00 00 03", "01 99 00 08 50", "01 99 00 99 99"


def a_leak(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    (folder / "leak.csv").write_bytes(content)
    (folder / "mapping.toml").write_text(MAPPING_TOML, encoding="utf-8")
    return folder


def made_up(seed: int) -> bytes:
    out = io.BytesIO()
    synthesise(rows=ROWS, seed=seed, out=out, truth=io.BytesIO())
    return out.getvalue()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Two made-up leaks, of which the second repeats a part of the first, and both in one file."""
    folder = tmp_path_factory.mktemp("both")
    first, second = made_up(11), made_up(12)
    second += b"".join(first.splitlines(keepends=True)[1:300])
    whole = first + second.partition(b"\r\n")[2]
    return (
        a_leak(folder / "first", first),
        a_leak(folder / "second", second),
        a_leak(folder / "whole", whole),
    )


def entries(found: dict[str, Any]) -> dict[str, Any]:
    """Return what does not tell in how many files it came."""
    (state,) = found["state"]
    # Each source has tables of its own, which are never put together.
    parts = ("run", "state", "scope")
    return {name: each for name, each in found.items() if name not in parts} | {"rows": state[2]}


@pytest.mark.slow
def test_killed_at_a_dozen_random_moments_it_ends_as_one_file_that_was_not(
    both: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    """Slow: some twenty runs of a second or two. The moments are of a fixed seed."""
    first, second, one = both
    template, whole = tmp_path / "template", tmp_path / "whole"
    assert ingest(first, template).returncode == 0
    with_salt_of(template, whole)
    assert ingest(one, whole).returncode == 0
    timed = tmp_path / "timed"
    shutil.copytree(template, timed)
    took = time.monotonic()
    done = ingest(second, timed, "--add")
    took = time.monotonic() - took
    assert done.returncode == 0, done.stderr
    expected = left(timed)
    assert entries(expected) == entries(left(whole))
    moments, kills, runs = random.Random(2022), 0, 0
    while kills < KILLS:
        data = tmp_path / f"data-{runs}"
        shutil.copytree(template, data)
        for _ in range(6):
            ended = killed_after(moments.uniform(0.3, took), command(second, "--add"), data)
            kills += ended == -signal.SIGKILL
            if ended != -signal.SIGKILL:
                assert ended == 0
                break
            with sqlite3.connect(data / DATABASE_NAME) as database:
                assert database.execute("SELECT state, epoch FROM dataset").fetchone() in (
                    ("published", 1), ("published", 2),
                )  # fmt: skip
            database.close()
        again = ingest(second, data, "--add")
        assert again.returncode == 0, again.stderr
        assert left(data) == expected
        runs += 1
        shutil.rmtree(data)
    assert runs >= 2


@pytest.mark.slow
def test_killed_at_any_step_it_answers_as_before_or_as_after(tmp_path: Path) -> None:
    """And the same run again gets to the same end, with nothing left over.

    Slow, because each of a hundred steps or more is killed in a process of its own.
    """
    template = tmp_path / "template"
    with house(template) as home:
        home.ingest(phones(300), PHONES_TOML)
    killed = killed_at_every_step("add", template, tmp_path / "out")
    assert len(killed) > 60
    seen = set()
    for folder in killed:
        with house(folder) as home:
            is_after = answer(home, "0199000450") is Answer.EXPOSED
            seen.add(is_after)
            assert answer(home, ONLY_FIRST) is Answer.EXPOSED
            assert answer(home, NEVER) is Answer.NOT_EXPOSED
            assert home.catalogue()[0].dataset("demo").epoch == (2 if is_after else 1)
            record = home.datasets.dataset("demo")
            if record.is_filled:
                home.publishing.publish("demo", by="somebody")
            elif not is_after:
                home.ingest(phones(200, 300), PHONES_TOML, is_added=True)
            home.clearing.clear("demo", by="somebody")
            assert home.rows_in() == {"Dataset": 1, "SchemeIndex": 1, "Entry": 500, "Range": 1}
            assert home.ring.names() == ["demo/phone/2"]
            assert answer(home, "0199000450") is Answer.EXPOSED
            told = [event.what.value for event in events(home)]
            assert told.count("published") == 2
            assert told.count("epoch erased") == 1
    assert seen == {False, True}


def asked(remote: RemoteServer, phone: str) -> Answer | int:
    """Ask both ways, which agree but for the moment in which one is renewed between them."""
    try:
        return remote.ask_privately("demo", "phone", {"phone": phone})
    except ServerRefused as refusal:
        return refusal.status


def test_a_server_answers_before_during_and_after(tmp_path: Path) -> None:
    """A client that began in the older epoch is told so, and begins again."""
    data, renew_seconds = tmp_path / "data", "0.1"
    answers: list[Answer | int] = []
    with house(data) as home:
        home.ingest(phones(600), MAPPING)
        with (
            concerne_serve(data, tmp_path / "log", CONCERNE_RENEW_SECONDS=renew_seconds) as url,
            RemoteServer(url) as remote,
        ):
            assert asked(remote, ONLY_FIRST) is Answer.EXPOSED
            assert asked(remote, ADDED) is Answer.NOT_EXPOSED
            older = remote.dataset("demo")

            def ask() -> None:
                answers.extend(asked(remote, phone) for phone in (ONLY_FIRST, ADDED, NEVER))

            watch = Watch(on_rekeying=ask, on_reading=ask, on_publishing=ask)
            home.ingest(phones(400, 500), MAPPING, observer=watch, is_added=True)
            assert len(answers) >= 9
            assert answers == [Answer.EXPOSED, Answer.NOT_EXPOSED, Answer.NOT_EXPOSED] * (
                len(answers) // 3
            )
            assert settled(lambda: asked(remote, ADDED), Answer.EXPOSED)
            assert asked(remote, ONLY_FIRST) is Answer.EXPOSED
            assert asked(remote, NEVER) is Answer.NOT_EXPOSED
            assert remote.dataset("demo").epoch == older.epoch + 1

            renewed, remote_dataset = remote.dataset("demo"), remote.dataset
            told = iter([older])
            remote.dataset = lambda dataset: next(told, None) or remote_dataset(dataset)  # type: ignore[method-assign]
            assert asked(remote, ADDED) is Answer.EXPOSED
            assert next(told, None) is None, "it began in the older epoch"
            assert renewed.schemes["phone"].public_key != older.schemes["phone"].public_key

"""Kills an operation at every one of its steps, each time on a fresh copy of a folder.

    python -m tests.drills.killing OPERATION TEMPLATE OUT

A step is a statement or a commit that the database is about to be given, or a key that is about to
be made or erased. The copy that was killed at step n is left in OUT/n; the last one reached its
end. Each operation runs in a process of its own, forked from one that has loaded everything.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from app.crypto.keyring import KeyRing
from app.crypto.keys import EvaluationKey
from app.ingest import commits
from app.storage import epochs
from tests.ingest.examples import PHONES_TOML, house, phones
from tests.lifecycle.examples import erasing, forgetting

ROOT = Path(__file__).parents[2]
FORGOTTEN = "0199000003"


def erase(folder: Path) -> None:
    with house(folder) as home:
        _dying(lambda: erasing(home).erase("demo", by="somebody"))


def forget(folder: Path) -> None:
    with house(folder) as home:
        _dying(lambda: forgetting(home).forget("demo", {"phone": FORGOTTEN}, by="somebody"))


def add(folder: Path) -> None:
    def added() -> None:
        # Killed between each page and the next.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(epochs, "ELEMENTS_AT_ONCE", 200)
            patch.setattr(commits, "COMMIT_ENTRIES", 128)
            home.ingest(phones(200, 300), PHONES_TOML, is_added=True)

    with house(folder) as home:
        _dying(added)


def upgrade(folder: Path) -> None:
    def opened() -> None:
        with house(folder):
            pass

    _dying(opened)


OPERATIONS = {operation.__name__: operation for operation in (add, erase, forget, upgrade)}


def killed_at_every_step(operation: str, template: Path, out: Path) -> list[Path]:
    """Run all of them, and return the copies: killed at the first step, at the second, …, done."""
    command = [sys.executable, "-m", "tests.drills.killing", operation, str(template), str(out)]
    subprocess.run(command, cwd=ROOT, check=True)
    return sorted(out.iterdir(), key=lambda folder: int(folder.name))


def _dying(operate: Callable[[], object]) -> None:
    """Run the operation, and kill this process at the step that the environment says."""
    left = int(os.environ["KILLED_AT_STEP"])

    def step(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    erase_key = KeyRing.erase

    def erase_and_step(ring: KeyRing, name: str) -> None:
        step()
        erase_key(ring, name)

    create_key = KeyRing.create

    def step_and_create(ring: KeyRing, name: str) -> EvaluationKey:
        step()
        return create_key(ring, name)

    # This process ends with them.
    KeyRing.erase = erase_and_step  # type: ignore[assignment,method-assign]
    KeyRing.create = step_and_create  # type: ignore[assignment,method-assign]
    operate()


def main(operation: str, template: Path, out: Path) -> None:
    step = 0
    status = -signal.SIGKILL
    while status == -signal.SIGKILL:
        step += 1
        folder = out / str(step)
        shutil.copytree(template, folder)
        process = os.fork()
        if not process:
            os.environ["KILLED_AT_STEP"] = str(step)
            OPERATIONS[operation](folder)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert status == 0, f"the operation failed with {status}"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

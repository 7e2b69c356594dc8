"""`concerne demo`: everything from a made-up leak to an answer, on one machine."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.cli.ingestion import describe, run_ingest
from app.cli.listening import check_free
from app.cli.progress import meter
from app.cli.remote import RemoteServer
from app.errors import ConcerneError, DatasetExists, InvalidInput, ServerUnreachable
from app.protocol.messages import Answer
from app.settings import PREFIX, Settings, load_settings

HOST = "127.0.0.1"
DATASET = "demo"
SCHEME = "nir-dob"
DEFAULT_ROWS = 200
SEED = 20210223
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the truth file: whether a made-up person is in the leak."""

    fields: dict[str, str]
    expected: Answer

    @property
    def body(self) -> str:
        """The JSON body of the lookup."""
        return json.dumps({"scheme": SCHEME, **self.fields})


def demo(
    rows: Annotated[int, typer.Option("--rows", help="Rows of the made-up leak.")] = DEFAULT_ROWS,
    port: Annotated[int, typer.Option("--port", help="Port to serve on.")] = 8000,
    check: Annotated[bool, typer.Option("--check", help="Ask both questions, then stop.")] = False,
) -> int:
    """Make up a leak, ingest it, serve it, and show what to ask."""
    settings = load_settings()
    check_free(HOST, port)
    truth = settings.data / "truth.jsonl"
    _prepare(settings, truth, rows)
    questions = [_first(truth, answer) for answer in Answer]
    url = f"http://{HOST}:{port}"
    with _server(settings, port) as process:
        _wait_until_ready(url, process)
        right = []
        for question in questions:
            _show(url, question)
            if check:
                right.append(_is_right(url, question))
        if check:
            return int(not all(right))
        with suppress(KeyboardInterrupt):
            print(f"\nServing on {url}, pages and API; stop with Ctrl-C.", flush=True)
            process.wait()
    return 0


def _prepare(settings: Settings, truth: Path, rows: int) -> None:
    """Make up and ingest the leak, unless an earlier run did; the leak's file is gone after."""
    from app.storage.drafts import SqlDraftStore
    from app.storage.engine import open_database
    from app.synthesis.leak import synthesise
    from app.synthesis.mapping import MAPPING_TOML

    try:
        SqlDraftStore(open_database(settings.data)).check_absent(DATASET)
    except DatasetExists:
        print(f"{settings.data} holds the demo already; remove that folder to begin again.")
        return
    leak, mapping = settings.data / "leak.csv", settings.data / "mapping.toml"
    mapping.write_text(MAPPING_TOML, encoding="utf-8")
    try:
        with leak.open("wb") as out, truth.open("wb") as known, meter("Making up") as shown:
            synthesise(
                rows=rows, seed=SEED, out=out, truth=known,
                on_row=lambda made: shown.update(made, rows, f"{made:,} rows"),
            )  # fmt: skip
        report = run_ingest(settings, leak, DATASET, mapping)
        if report is not None:
            print(describe(report))
    finally:
        leak.unlink(missing_ok=True)


def _first(truth: Path, answer: Answer) -> Question:
    with truth.open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            expected = Answer.of(is_exposed=fields.pop("exposed"))
            if fields.pop("scheme") == SCHEME and expected is answer:
                return Question(fields, expected)
    raise InvalidInput(
        f"the leak is too small to have one who is {answer.value}", hint="give it more --rows"
    )


@contextmanager
def _server(settings: Settings, port: int) -> Iterator[subprocess.Popen[bytes]]:
    # A newcomer looks for the two answers, not for a line a request.
    quiet = {PREFIX + "DATA": str(settings.data), PREFIX + "LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "app.cli", "serve", "--host", HOST, "--port", str(port)]
    with subprocess.Popen(command, env=os.environ | quiet) as process:  # noqa: S603 our own program
        try:
            yield process
        finally:
            # No second Ctrl-C after the terminal's, at which a server drops what it is at.
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with RemoteServer(url) as remote:
                remote.dataset(DATASET)
        except ConcerneError:
            time.sleep(0.1)
        else:
            return
    raise ServerUnreachable(
        "the server did not start", hint="its log is above; is the port in use? try --port"
    )


def _show(url: str, question: Question) -> None:
    identifier = ", ".join(question.fields.values())
    place = "in" if question.expected is Answer.EXPOSED else "not in"
    print(f"\n{identifier}: made up, {place} the leak")
    path = f"{url}/v1/datasets/{DATASET}/lookups"
    header = "Content-Type: application/json"
    print(f"  curl -s {path} -H '{header}' -d {shlex.quote(question.body)}", flush=True)


def _is_right(url: str, question: Question) -> bool:
    """Ask plainly and privately, print both answers, and tell whether both are right."""
    with RemoteServer(url) as remote:
        plain = remote.ask_plainly(DATASET, SCHEME, question.fields)
        private = remote.ask_privately(DATASET, SCHEME, question.fields)
    print(f"  asked plainly: {plain.value}; asked privately: {private.value}", flush=True)
    return plain is private is question.expected

"""One check, wired: from what a command line names to the work list."""

from __future__ import annotations

import hashlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Self

from app.cli.bulk import BulkServer
from app.cli.laboratory import LaboratoryKey, read_credential
from app.cli.progress import Meter, meter
from app.cli.sources import open_source, read_mapping
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.reading.mapping import ListMapping
    from app.reading.sources.opening import Table
    from app.worklist.summary import Summary

_STATE_SUFFIX = ".state"


@dataclass(frozen=True, slots=True)
class CheckFiles:
    """What a check reads and writes.

    Args:
        patients: the list.
        mapping: which column of it holds what.
        credential: the file that the credential is in.
        key: the laboratory's own key; made if it is not there.
        out: the work list.
        identity: keys of an age file.
    """

    patients: Path
    mapping: Path
    credential: Path
    key: Path
    out: Path
    identity: Path | None = None

    @property
    def state(self) -> Path:
        """Where the run keeps what it has done: the same for every kind of work list."""
        return self.out.with_suffix(_STATE_SUFFIX)


def run_check(
    files: CheckFiles,
    *,
    server: str,
    dataset: str,
    schemes: tuple[str, ...],
    patience_seconds: float,
    workers: int,
) -> Summary:
    """Check a list and write the work list, going on with an earlier run.

    Raises:
        InvalidInput: something cannot be used; nothing was asked.
        Unavailable, CryptographyError: it is not finished; what was done is kept.
    """
    from app.checking.journal import Journal
    from app.checking.listing import channels_of, write_list
    from app.checking.patience import Patience, PatientServer
    from app.checking.pipeline import Check, Wanted
    from app.checking.state import State
    from app.protocol.parameters import check_slug
    from app.reading.mapping import parse_list_mapping

    check_slug(dataset)
    _check_out(files)
    credential = read_credential(files.credential)
    mapping = parse_list_mapping(read_mapping(files.mapping))
    sha256 = _digest(files.patients)
    open_list = partial(_opened, files, mapping)
    with open_list() as table:
        table.check_whole()
        if unread := table.unread_sheets:
            print(f"sheets of the workbook that are not checked: {unread}", file=sys.stderr)
        mapping.source.positions(table.header)
        channels_of(mapping, table.header)
    key = LaboratoryKey.of(files.key)
    wanted = Wanted(dataset, server.rstrip("/"), sha256, mapping.source, schemes, _today())
    with (
        BulkServer(server, credential) as remote,
        Journal(files.state, key.state_secret) as journal,
        interruptible() as wait,
        _Shown() as shown,
    ):
        patient = PatientServer(remote, Patience(patience_seconds, wait), shown)
        check = Check(patient, State(journal), key.blinding, workers=workers, observer=shown)
        checked = check.run(open_list, wanted)
        summary = write_list(checked, open_list, sha256, mapping, files.out)
        if not checked.stopped:
            journal.remove()
    return summary


@contextmanager
def _opened(files: CheckFiles, mapping: ListMapping) -> Iterator[Table]:
    with (
        open_source(files.patients, files.identity) as named,
        named.leak(mapping.source.source).open() as table,
    ):
        yield table


def _check_out(files: CheckFiles) -> None:
    """Check that nothing is written over that somebody may need."""
    from app.worklist.writing import check_out

    check_out(files.out)
    if not files.patients.is_file():
        raise InvalidInput("the list is not a file", hint="it is read twice, so it has to be one")
    if files.out.exists() and not files.state.exists():
        raise InvalidInput(
            f"{files.out.name} is there already", hint="give --out another name, or remove it"
        )


def _digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _today() -> date:
    return datetime.now().astimezone().date()


@contextmanager
def interruptible() -> Iterator[Callable[[float], bool]]:
    """Give a wait that Ctrl-C ends at once, in whatever thread it is waited."""
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()
        raise KeyboardInterrupt

    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, end) if is_main else None
    try:
        yield ended.wait
    finally:
        if is_main:
            signal.signal(signal.SIGINT, before)


class _Shown(ExitStack):
    """Shows a check on meters, one for each of its steps; called from any thread."""

    def __init__(self) -> None:
        super().__init__()
        self._titles = ""
        self._meter: Meter | None = None
        self._began = (0.0, 0)

    def __enter__(self) -> Self:
        return self

    def reading(self, *, rows: int) -> None:
        self._on("Reading", 0).update(rows, None, f"{rows:,} rows")

    def stretching(self, *, done: int, total: int) -> None:
        self._step("Stretching", done, total)

    def evaluating(self, *, scheme: str, done: int, total: int) -> None:
        self._step(f"Asking by {scheme}", done, total)

    def quota_short(self, *, scheme: str, quota: int, total: int) -> None:
        print(
            f"warning: the list has {total:,} distinct questions by {scheme}, and the quota is"
            f" {quota:,}\nhint: ask whoever gave you the credential for another quota; the run goes"
            " on as far as it reaches",
            file=sys.stderr,
        )

    def waiting(self, *, seconds: float, reason: str) -> None:
        print(f"waiting {seconds:.0f} s: {reason}", file=sys.stderr)

    def epoch_changed(self) -> None:
        print("the server's key has changed: all is asked again", file=sys.stderr)
        self._end()

    def _step(self, title: str, done: int, total: int) -> None:
        shown = self._on(title, done)
        began_at, before = self._began
        rate = (done - before) / max(time.monotonic() - began_at, 0.001)
        shown.update(done, total, f"{done:,} of {total:,} questions, {rate:,.0f} a second")

    def _on(self, title: str, done: int) -> Meter:
        if self._meter is None or title != self._titles:
            self._end()
            self._titles, self._began = title, (time.monotonic(), done)
            self._meter = self.enter_context(meter(title))
        return self._meter

    def _end(self) -> None:
        self.close()
        self._meter = None

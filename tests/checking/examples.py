"""A list, a server in this process with a real key, and a check of the one by the other."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.checking.journal import Journal
from app.checking.patience import Patience, PatientServer
from app.checking.pipeline import Check, CheckedList, Wanted
from app.checking.ports import Allowance, Server
from app.checking.state import State
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element
from app.errors import EpochGone
from app.protocol import server
from app.protocol.blinding import BlindingKey
from app.protocol.messages import EvaluationAnswer
from app.protocol.parameters import DatasetParameters, DeploymentParameters, SchemeParameters
from app.reading.mapping import ListMapping, parse_list_mapping
from app.reading.sources.opening import LeakSource, Table
from app.worklist.columns import Outcome
from tests.protocol.examples import DEPLOYMENT, Published, publish

TODAY = date(2026, 11, 26)
SECRET = bytes(range(32))
MAPPING = parse_list_mapping('[fields]\nphone = "TEL"\n')
LEAKED = [f"0199{number:06}" for number in range(0, 800, 2)]


class LocalServer:
    """Implements `ports.Server` by the protocol alone, and can be told to deviate.

    Args:
        phones: that are in the leak.
    """

    def __init__(self, phones: Sequence[str] = LEAKED) -> None:
        self.published: Published = publish(list(phones))
        self.granted: dict[str, Allowance] = {"phone": Allowance(10_000, 0)}
        self.evaluated: list[Element] = []
        self.calls: list[str] = []
        # Called before each call is answered.
        self.before: Callable[[str], None] = lambda _call: None
        self.key: EvaluationKey | None = None

    def deployment(self) -> DeploymentParameters:
        self._called("deployment")
        return DEPLOYMENT

    def dataset(self, dataset: str) -> DatasetParameters:
        self._called("dataset")
        return self.published.dataset

    def allowances(self) -> Mapping[str, Allowance]:
        self._called("allowances")
        return self.granted

    def evaluate(
        self, dataset: str, parameters: SchemeParameters, blinded: Sequence[Element]
    ) -> EvaluationAnswer:
        self._called("evaluate")
        self.evaluated += blinded
        key = self.key or self.published.key
        return server.answer_evaluation(key, self.published.parameters.epoch, blinded)

    def ranges(self, dataset: str, parameters: SchemeParameters) -> bytes:
        self._called("ranges")
        if parameters.epoch != self.published.parameters.epoch:
            raise EpochGone("gone")
        return b"".join(self.published.ranges[p] for p in sorted(self.published.ranges))

    def _called(self, call: str) -> None:
        self.calls.append(call)
        self.before(call)


@dataclass
class Watched:
    """An observer that remembers."""

    waited: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def reading(self, *, rows: int) -> None:
        self.told.append("reading")

    def stretching(self, *, done: int, total: int) -> None:
        assert done <= total
        self.told.append(f"stretching {done}")

    def evaluating(self, *, scheme: str, done: int, total: int) -> None:
        assert done <= total
        self.told.append(f"evaluating {done}")

    def quota_short(self, *, scheme: str, quota: int, total: int) -> None:
        self.told.append(f"short of {total - quota}")

    def waiting(self, *, seconds: float, reason: str) -> None:
        self.waited.append(seconds)

    def epoch_changed(self) -> None:
        self.told.append("epoch")


def listed(phones: Sequence[str], *, header: str = "TEL") -> bytes:
    return "\n".join([header, *phones, ""]).encode()


@dataclass
class Laboratory:
    """Checks lists in a folder, each with a state of its own.

    Args:
        folder: for states.
        server: is asked.
    """

    folder: Path
    server: Server
    mapping: ListMapping = MAPPING
    observer: Watched = field(default_factory=Watched)
    secret: bytes = SECRET

    def check(
        self, content: bytes, *, chosen: tuple[str, ...] = (), dataset: str = "demo"
    ) -> CheckedList:
        with Journal(self.state, self.secret) as journal:
            never = Patience(seconds=300, wait=lambda _: False, jitter=lambda: 1.0)
            patient = PatientServer(self.server, never, self.observer)
            check = Check(
                patient,
                State(journal),
                BlindingKey(self.secret),
                workers=2,
                observer=self.observer,
            )
            digest = hashlib.sha256(content).digest()
            wanted = Wanted(
                dataset, "https://leaks.example", digest, self.mapping.source, chosen, TODAY
            )
            return check.run(lambda: opened(content, self.mapping), wanted)

    @property
    def state(self) -> Path:
        return self.folder / "state"


@contextmanager
def opened(content: bytes, mapping: ListMapping = MAPPING) -> Iterator[Table]:
    with LeakSource(io.BytesIO(content), mapping.source.source).open() as table:
        yield table


def outcomes(checked: CheckedList) -> list[Outcome]:
    return [checked.verdict(row).outcome for row in range(len(checked.questions))]

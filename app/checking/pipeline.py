"""One check of a list, from its first byte to an answer to every question, or to where it stopped.

    read ─▶ distinct questions ─▶ stretched (kept) ─▶ each scheme: ranges, evaluations (kept)

What cannot be answered ends in one of three ways. A fault that passes is waited for. What says that
the client itself may not ask any more (its credential is refused, its quota spent, a scheme taken
away) stops the run with the answers that it has, and the rest is unchecked. Everything else, such
as a proof that does not hold, ends it without any result: nothing that such a server said is used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from app.checking.asking import Asker
from app.checking.choosing import (
    Asked,
    as_begun,
    call,
    check_offered,
    choose,
    is_of_rights,
    stopped_by,
)
from app.checking.patience import unusable
from app.checking.ports import Allowance, Observer, Server
from app.checking.questions import Questions
from app.checking.state import Beginning, State
from app.checking.stretching import stretch_all
from app.checking.verdicts import Verdict, judge
from app.crypto.stretch import check_client_accepts
from app.errors import (
    CheckStopped,
    EpochGone,
    InvalidMessage,
    ServerRefused,
    SourceDiffers,
    Unavailable,
)
from app.protocol.blinding import BlindingKey
from app.protocol.parameters import DatasetParameters, DeploymentParameters, SchemeParameters
from app.protocol.ranges import AllRanges
from app.reading.mapping import SourceMapping
from app.reading.sources.opening import Table

# A key is changed once a night; one that changes with every batch would be asked for ever.
EPOCHS_TRIED = 5

OpenList = Callable[[], AbstractContextManager[Table]]


@dataclass(frozen=True, slots=True)
class CheckedList:
    """What is known of every row.

    Args:
        questions: of the rows.
        answers: by scheme, 1 for yes and 0 for no, of the first so many questions.
        asked: the schemes.
        dataset: as it was published when the last question was answered.
        stopped: why the run ended before all was asked; else empty.
        begun_on: the day on which the run began.
        contact: whom the server says to call about that, or empty.
    """

    questions: Questions
    answers: Mapping[str, bytes]
    asked: Asked
    dataset: DatasetParameters
    stopped: str
    begun_on: date
    contact: str = ""

    def verdict(self, row: int) -> Verdict:
        """Return what is said of a row, counted from 0."""
        questions, faults = self.questions.of_row(row)
        answers = [(scheme, self._answer(scheme, ordinal)) for scheme, ordinal in questions]
        return judge(answers, faults, self.asked.schemes, stopped=self.stopped)

    def _answer(self, scheme: str, ordinal: int) -> bool | None:
        known = self.answers[scheme]
        return bool(known[ordinal]) if ordinal < len(known) else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be checked.

    Args:
        dataset: the slug.
        server: its address, as the state notes it.
        list_sha256: of the list's bytes.
        mapping: of the list.
        chosen: schemes to which the run keeps, or none for all that can be asked.
        today: the day on which a new run begins.
    """

    dataset: str
    server: str
    list_sha256: bytes
    mapping: SourceMapping
    chosen: tuple[str, ...]
    today: date


class Check:
    """Checks a list.

    Args:
        server: is asked; it is patient by itself.
        state: of this run.
        blinding: the laboratory's own.
        workers: cores.
        observer: is told how far it is.
    """

    def __init__(
        self,
        server: Server,
        state: State,
        blinding: BlindingKey,
        *,
        workers: int,
        observer: Observer,
    ) -> None:
        self._server = server
        self._state = state
        self._blinding = blinding
        self._workers = workers
        self._observer = observer

    def run(self, open_list: OpenList, wanted: Wanted) -> CheckedList:
        """Check a list, going on with what the state has.

        Raises:
            RunDiffers: the state is of another run.
            CheckStopped: the credential is refused before anything is asked.
            InvalidInput: the list or the mapping cannot be used, or nothing of it can be asked.
            Unavailable, CryptographyError: there is no result; what the state has stays.
        """
        granted = self._granted()
        deployment, dataset = self._server.deployment(), self._server.dataset(wanted.dataset)
        asked = choose(dataset, wanted.mapping, wanted.chosen, granted)
        begun = self._state.begin(_beginning(wanted, deployment, dataset, asked))
        asked = as_begun(asked, begun.schemes)
        check_offered(asked, dataset)
        questions = self._read(open_list, wanted, begun)
        for scheme, total in questions.totals().items():
            if scheme in granted and granted[scheme].quota < total:
                quota = granted[scheme].quota
                self._observer.quota_short(scheme=scheme, quota=quota, total=total)
        self._stretch(questions, deployment, dataset)
        dataset, refusal = self._ask(questions, asked, dataset)
        answers = {s: self._answers(dataset, s, questions) for s in questions.schemes}
        stopped, contact = (stopped_by(refusal), refusal.contact) if refusal else ("", "")
        return CheckedList(questions, answers, asked, dataset, stopped, begun.day, contact)

    def _granted(self) -> Mapping[str, Allowance]:
        try:
            return self._server.allowances()
        except ServerRefused as refusal:
            if not is_of_rights(refusal):
                raise
            raise CheckStopped(
                f"nothing can be asked: {stopped_by(refusal)}",
                hint=f"{call(refusal.contact)}; what was done before is kept",
            ) from refusal

    def _read(self, open_list: OpenList, wanted: Wanted, begun: Beginning) -> Questions:
        questions = Questions(begun.schemes)
        with open_list() as table:
            questions.read(
                table,
                wanted.mapping,
                today=begun.day,
                on_rows=lambda rows: self._observer.reading(rows=rows),
            )
            if table.sha256 != wanted.list_sha256:
                raise SourceDiffers("the list changed while it was read", hint="begin again")
        return questions

    def _stretch(
        self, questions: Questions, deployment: DeploymentParameters, dataset: DatasetParameters
    ) -> None:
        total = sum(questions.totals().values())
        done = 0
        for place, scheme in enumerate(questions.schemes):
            profile = dataset.scheme(scheme).stretch
            check_client_accepts(profile)
            inputs = questions.inputs[scheme]
            known = self._state.stretched_count(place)
            done += known
            self._observer.stretching(done=done, total=total)
            for values in stretch_all(
                inputs.since(known), profile, deployment.stretch_salt, self._workers
            ):
                self._state.add_stretched(place, values)
                done += len(values)
                self._observer.stretching(done=done, total=total)
            # The identifiers are not needed any more.
            inputs.forget()

    def _ask(
        self, questions: Questions, asked: Asked, dataset: DatasetParameters
    ) -> tuple[DatasetParameters, ServerRefused | None]:
        """Ask all that is not answered in the current epoch; return what stopped it, if it did."""
        known = {scheme: dataset.schemes[scheme].stretch for scheme in questions.schemes}
        for _ in range(EPOCHS_TRIED):
            try:
                if self._is_asked(questions, dataset):
                    return dataset, None
                # Rights may end together with the epoch: this question is one like the others.
                dataset = self._server.dataset(dataset.dataset)
            except ServerRefused as refusal:
                if not is_of_rights(refusal):
                    raise
                return dataset, refusal
            check_offered(asked, dataset)
            _check_stretch(known, dataset)
            self._observer.epoch_changed()
        raise Unavailable(
            f"the server's key changed {EPOCHS_TRIED} times while the list was asked",
            hint="that is no key's life; ask whoever runs the server, then give the command again",
        )

    def _is_asked(self, questions: Questions, dataset: DatasetParameters) -> bool:
        """Ask every scheme's questions in one epoch; return whether it lasted that long."""
        try:
            for place, scheme in enumerate(questions.schemes):
                self._ask_scheme(place, dataset, dataset.scheme(scheme), questions)
        except EpochGone:
            return False
        return True

    def _ask_scheme(
        self, place: int, dataset: DatasetParameters, index: SchemeParameters, questions: Questions
    ) -> None:
        name, total = dataset.dataset, len(questions.inputs[index.scheme])
        done = len(self._state.answers(place, name, index))
        self._observer.evaluating(scheme=index.scheme, done=done, total=total)
        if done >= total:
            return
        # Before any question: a client that loses its rights in the middle still can compare.
        ranges = self._ranges(name, index)
        asker = Asker(self._server, name, index, self._blinding, ranges, self._workers)
        for answers in asker.ask(self._state.stretched(place, done)):
            self._state.add_answers(place, name, index, answers)
            done += len(answers)
            self._observer.evaluating(scheme=index.scheme, done=done, total=total)

    def _ranges(self, dataset: str, index: SchemeParameters) -> AllRanges:
        packed = self._server.ranges(dataset, index)
        try:
            return AllRanges(packed, prefix_bits=index.prefix_bits, range_length=index.range_length)
        except InvalidMessage as lie:
            raise unusable(lie) from lie

    def _answers(self, dataset: DatasetParameters, scheme: str, questions: Questions) -> bytes:
        place = questions.schemes.index(scheme)
        return self._state.answers(place, dataset.dataset, dataset.scheme(scheme))


def _beginning(
    wanted: Wanted, deployment: DeploymentParameters, dataset: DatasetParameters, asked: Asked
) -> Beginning:
    costs: dict[str, object] = {"salt": deployment.stretch_salt.hex()}
    for name, scheme in dataset.schemes.items():
        cost = scheme.stretch
        costs[name] = [cost.memory_kib, cost.iterations, cost.parallelism]
    return Beginning(
        list_sha256=wanted.list_sha256.hex(),
        mapping_sha256=wanted.mapping.sha256.hex(),
        dataset=wanted.dataset,
        server=wanted.server,
        chosen=wanted.chosen,
        stretch=json.dumps(costs),
        schemes=asked.schemes,
        today=wanted.today.isoformat(),
    )


def _check_stretch(known: Mapping[str, object], dataset: DatasetParameters) -> None:
    for scheme, profile in known.items():
        if dataset.scheme(scheme).stretch != profile:
            raise Unavailable(
                "the dataset stretches identifiers at another cost since its key has changed",
                hint="remove the state to begin anew",
            )

"""A whole check against a server in this process: its answers, and every way in which it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.checking import asking, stretching
from app.checking.ports import Allowance
from app.crypto.keys import EvaluationKey
from app.crypto.stretch import INSECURE_TEST_ONLY, stretch
from app.errors import (
    CheckStopped,
    EpochGone,
    InvalidInput,
    ProofMismatch,
    RunDiffers,
    ServerRefused,
    ServerUnreachable,
    SourceDiffers,
    Unavailable,
)
from app.protocol.server import encode_identifier
from app.reading.mapping import parse_list_mapping
from app.worklist.columns import Outcome
from tests.checking import examples
from tests.checking.examples import LEAKED, Laboratory, LocalServer, Watched, listed, outcomes
from tests.protocol.examples import DEPLOYMENT, publish
from tests.traces import Traces

IN, OUT, BAD = Outcome.EXPOSED, Outcome.NOT_EXPOSED, Outcome.UNCHECKED
ABSENT = [f"0261{number:06}" for number in range(150)]
PEOPLE = [phone for pair in zip(LEAKED, ABSENT, strict=False) for phone in pair]
TRUTH = [IN, OUT] * len(ABSENT)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "BATCH_INPUTS", 32)
    monkeypatch.setattr(stretching, "KEPT_INPUTS_MAXIMUM", 100)


@pytest.fixture
def server() -> LocalServer:
    return LocalServer()


@pytest.fixture
def lab(tmp_path: Path, server: LocalServer) -> Laboratory:
    return Laboratory(tmp_path, server)


def refusal(status: int, slug: str = "", retry_after: int | None = None) -> ServerRefused:
    return ServerRefused("no", status=status, slug=slug, retry_after_seconds=retry_after)


def nth(server: LocalServer, call: str, number: int, fault: Exception) -> None:
    """Have one call fail, once."""

    def before(called: str) -> None:
        if called == call and server.calls.count(call) == number:
            raise fault

    server.before = before


def test_every_row_gets_the_right_answer(lab: Laboratory) -> None:
    assert outcomes(lab.check(listed(PEOPLE))) == TRUTH


def test_people_who_share_a_telephone_share_a_question(
    lab: Laboratory, server: LocalServer
) -> None:
    checked = lab.check(listed([PEOPLE[0], f"+33 {PEOPLE[0][1:]}", PEOPLE[1], PEOPLE[0]]))
    assert outcomes(checked) == [IN, IN, OUT, IN]
    assert len(server.evaluated) == 2


def test_the_ranges_are_fetched_once_and_before_any_question(
    lab: Laboratory, server: LocalServer
) -> None:
    lab.check(listed(PEOPLE))
    assert server.calls.count("ranges") == 1
    assert server.calls.index("ranges") < server.calls.index("evaluate")


def test_a_second_run_stretches_and_asks_nothing_again(
    lab: Laboratory, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.check(listed(PEOPLE))
    asked = len(server.evaluated)

    def never(*_: object) -> None:
        raise AssertionError("stretched again")

    monkeypatch.setattr(stretching, "stretch", never)
    assert outcomes(lab.check(listed(PEOPLE))) == TRUTH
    assert len(server.evaluated) == asked


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [(ServerUnreachable("cut"), 1.0), (refusal(503), 1.0), (refusal(429, "", 7), 7.0)],
)
def test_a_fault_that_passes_is_waited_for(
    lab: Laboratory, server: LocalServer, fault: Exception, seconds: float
) -> None:
    nth(server, "evaluate", 3, fault)
    assert outcomes(lab.check(listed(PEOPLE))) == TRUTH
    assert lab.observer.waited == [seconds]


def test_a_run_that_gives_up_goes_on_where_it_was(lab: Laboratory, server: LocalServer) -> None:
    server.before = lambda call: _cut(server, call, after=5)
    with pytest.raises(ServerUnreachable):
        lab.check(listed(PEOPLE))
    assert sum(lab.observer.waited) <= 300
    server.before = lambda _: None
    first = len(server.evaluated)
    lab.observer = Watched()
    assert outcomes(lab.check(listed(PEOPLE))) == TRUTH
    assert "stretching 0" not in lab.observer.told
    assert "evaluating 0" not in lab.observer.told
    assert len(set(server.evaluated)) == len(PEOPLE)
    assert 0 < first < len(PEOPLE)


def _cut(server: LocalServer, call: str, *, after: int) -> None:
    if call == "evaluate" and server.calls.count("evaluate") > after:
        raise ServerUnreachable("cut")


def test_the_same_question_is_sent_as_the_same_element(
    lab: Laboratory, server: LocalServer, tmp_path: Path
) -> None:
    """So that a retry, another list or a new epoch costs nothing of the quota."""
    lab.check(listed(PEOPLE))
    (tmp_path / "other").mkdir()
    Laboratory(tmp_path / "other", server).check(listed(PEOPLE[:100]))
    assert len(server.evaluated) == len(PEOPLE) + 100
    assert len(set(server.evaluated)) == len(PEOPLE)


def test_two_laboratories_send_nothing_that_could_be_compared(
    lab: Laboratory, server: LocalServer, tmp_path: Path
) -> None:
    lab.check(listed(PEOPLE))
    ours = set(server.evaluated)
    (tmp_path / "other").mkdir()
    server.evaluated.clear()
    Laboratory(tmp_path / "other", server, secret=bytes(32)).check(listed(PEOPLE))
    assert not ours & set(server.evaluated)


@pytest.mark.parametrize(
    ("status", "slug", "words"),
    [
        (401, "credential-refused", "refused"),
        (403, "quota-exhausted", "quota"),
        (403, "scheme-not-permitted", "does not allow"),
    ],
)
def test_rights_that_end_in_the_middle_stop_the_run_with_what_it_has(
    lab: Laboratory, server: LocalServer, status: int, slug: str, words: str
) -> None:
    def before(call: str) -> None:
        if call == "evaluate" and server.calls.count("evaluate") > 6:
            raise refusal(status, slug)

    server.before = before
    checked = lab.check(listed(PEOPLE))
    said = outcomes(checked)
    assert words in checked.stopped
    known = said.index(BAD)
    assert known >= 32
    assert said[:known] == TRUTH[:known]
    # What was not asked is never a no.
    assert set(said[known:]) == {BAD}
    assert words in checked.verdict(known).reason
    server.before = lambda _: None
    assert outcomes(lab.check(listed(PEOPLE))) == TRUTH


def test_whom_the_server_names_is_told_with_the_stop(lab: Laboratory, server: LocalServer) -> None:
    named = ServerRefused(
        "no", status=401, slug="credential-refused", contact="Léa, 01 99 00 12 34"
    )
    nth(server, "evaluate", 3, named)
    assert lab.check(listed(PEOPLE)).contact == "Léa, 01 99 00 12 34"
    nth(server, "allowances", server.calls.count("allowances") + 1, named)
    with pytest.raises(CheckStopped) as stopped:
        lab.check(listed(PEOPLE))
    assert "call Léa, 01 99 00 12 34" in stopped.value.hint


def test_rights_that_end_together_with_the_epoch_stop_the_run_with_what_it_has(
    lab: Laboratory, server: LocalServer
) -> None:
    def before(call: str) -> None:
        if call == "evaluate" and server.calls.count("evaluate") > 6:
            raise EpochGone("gone")
        if call == "dataset" and server.calls.count("evaluate"):
            raise refusal(401, "credential-refused")

    server.before = before
    checked = lab.check(listed(PEOPLE))
    said = outcomes(checked)
    known = said.index(BAD)
    assert (checked.stopped, said[:known]) == ("the credential is refused", TRUTH[:known])
    assert known >= 32
    assert set(said[known:]) == {BAD}


@pytest.mark.parametrize("call", ["evaluate", "ranges"])
def test_a_new_epoch_asks_everything_again_and_stretches_nothing(
    lab: Laboratory, server: LocalServer, call: str
) -> None:
    more = publish([*LEAKED, *ABSENT[:10]], epoch=2)
    number = 4 if call == "evaluate" else 1

    def before(called: str) -> None:
        if called == call and server.calls.count(call) == number:
            server.published = more
            if call == "ranges":
                raise EpochGone("gone")

    server.before = before
    checked = lab.check(listed(PEOPLE))
    assert outcomes(checked) == [IN, IN] * 10 + TRUTH[20:]
    assert checked.dataset.epoch == 2
    assert lab.observer.told.count("epoch") == 1
    assert lab.observer.told.count("stretching 0") == 1


def test_an_epoch_that_changed_between_two_runs_asks_again(
    lab: Laboratory, server: LocalServer
) -> None:
    assert outcomes(lab.check(listed(PEOPLE))) == TRUTH
    server.published = publish([*LEAKED, ABSENT[0]], epoch=2)
    assert outcomes(lab.check(listed(PEOPLE)))[:3] == [IN, IN, IN]


def test_a_key_that_changes_for_ever_is_unknown(lab: Laboratory, server: LocalServer) -> None:
    def before(call: str) -> None:
        if call == "ranges":
            raise EpochGone("gone")

    server.before = before
    with pytest.raises(Unavailable, match="changed 5 times"):
        lab.check(listed(PEOPLE))


def test_a_server_with_another_key_is_refused(lab: Laboratory, server: LocalServer) -> None:
    server.key = EvaluationKey.generate()
    with pytest.raises(ProofMismatch):
        lab.check(listed(PEOPLE))


@pytest.mark.parametrize("change", [lambda b: b[:-8], lambda b: b + bytes(8), lambda b: b[::-1]])
def test_ranges_of_another_form_are_refused(
    lab: Laboratory,
    server: LocalServer,
    change: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = server.ranges
    monkeypatch.setattr(server, "ranges", lambda *asked: change(honest(*asked)))
    with pytest.raises(Unavailable, match="cannot be used"):
        lab.check(listed(PEOPLE))


def test_what_a_lying_server_said_is_not_kept(lab: Laboratory, server: LocalServer) -> None:
    honest, server.key = server.published.key, EvaluationKey.generate()
    with pytest.raises(ProofMismatch):
        lab.check(listed(PEOPLE))
    server.key = honest
    assert outcomes(lab.check(listed(PEOPLE))) == TRUTH


def test_another_list_is_refused_with_what_differs(lab: Laboratory) -> None:
    lab.check(listed(PEOPLE))
    with pytest.raises(RunDiffers, match="the list"):
        lab.check(listed(PEOPLE[1:]))
    lab.mapping = parse_list_mapping("[fields]\nphone = 1\n")
    with pytest.raises(RunDiffers, match="the mapping"):
        lab.check(listed(PEOPLE))


def test_a_state_of_another_key_is_refused_and_left(lab: Laboratory) -> None:
    lab.check(listed(PEOPLE))
    before = lab.state.read_bytes()
    lab.secret = bytes(32)
    with pytest.raises(RunDiffers, match="does not open"):
        lab.check(listed(PEOPLE))
    assert lab.state.read_bytes() == before


def test_only_what_can_be_asked_is_asked_and_the_rest_is_told(
    tmp_path: Path, server: LocalServer
) -> None:
    mapping = parse_list_mapping('[fields]\nphone = "TEL"\nemail = "MAIL"\nnir = "NIR"\n')
    lab = Laboratory(tmp_path, server, mapping)
    server.granted = {"phone": Allowance(9, 0), "nir": Allowance(9, 0)}
    checked = lab.check(
        listed([f"{PEOPLE[0]},a@b.example,", ",a@b.example,"], header="TEL,MAIL,NIR")
    )
    assert checked.asked.schemes == ("phone",)
    assert set(checked.asked.left_out) == {"email", "nir"}
    # The second has an identifier, and nobody was asked about it.
    assert outcomes(checked) == [IN, BAD]
    assert checked.verdict(1).reason == "only identifiers that are not asked"


def test_a_quota_that_cannot_suffice_is_told_before_anything_is_asked(
    lab: Laboratory, server: LocalServer
) -> None:
    server.granted = {"phone": Allowance(len(PEOPLE) - 7, 0)}
    lab.check(listed(PEOPLE))
    assert "short of 7" in lab.observer.told
    assert lab.observer.told.index("short of 7") < lab.observer.told.index("stretching 0")
    server.granted = {"phone": Allowance(len(PEOPLE), 3)}
    lab.observer = Watched()
    lab.check(listed(PEOPLE))
    assert not [told for told in lab.observer.told if "short" in told]


def test_a_scheme_that_is_not_offered_any_more_makes_the_rest_unknown(
    lab: Laboratory, server: LocalServer
) -> None:
    def before(call: str) -> None:
        if call == "ranges":
            nothing = replace(server.published.dataset, schemes={})
            server.published = replace(server.published, dataset=nothing)
            raise EpochGone("gone")

    server.before = before
    with pytest.raises(Unavailable, match="does not offer phone any more"):
        lab.check(listed(PEOPLE))


def test_a_credential_of_another_role_is_told_as_such(lab: Laboratory, server: LocalServer) -> None:
    nth(server, "ranges", 1, refusal(403, "role-not-permitted"))
    checked = lab.check(listed(PEOPLE))
    assert "not a laboratory" in checked.stopped
    assert set(outcomes(checked)) == {BAD}


def test_a_list_of_which_nothing_can_be_asked_is_refused(
    lab: Laboratory, server: LocalServer
) -> None:
    server.granted = {}
    with pytest.raises(InvalidInput, match="nothing of this list"):
        lab.check(listed(PEOPLE))
    assert "evaluate" not in server.calls


def test_a_scheme_that_was_chosen_and_cannot_be_asked_is_refused(lab: Laboratory) -> None:
    with pytest.raises(InvalidInput, match="email cannot be asked"):
        lab.check(listed(PEOPLE), chosen=("email",))


def test_a_list_that_changes_while_it_is_read_is_refused(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = examples.opened
    monkeypatch.setattr(
        examples, "opened", lambda content, mapping: opened(content + b"x", mapping)
    )
    with pytest.raises(SourceDiffers):
        lab.check(listed(PEOPLE))


def test_the_state_holds_nothing_of_the_list_nor_a_stretched_value(
    lab: Laboratory, server: LocalServer
) -> None:
    phones = PEOPLE[:20]
    lab.check(listed(phones))
    encoded = [encode_identifier("phone", {"phone": phone}) for phone in phones]
    stretched = [stretch(INSECURE_TEST_ONLY, DEPLOYMENT.stretch_salt, each) for each in encoded]
    values: list[tuple[str, str | bytes]] = [("phone", each) for each in phones]
    values += [("stretched", bytes(each)) for each in stretched]
    values += [("blinded", bytes(each)) for each in server.evaluated]
    traces = Traces(values)
    content = lab.state.read_bytes()
    assert len(content) > 20 * 32
    assert traces.find({"state": content}) == []
    # They would be found if they were there.
    assert traces.find({"state": content + stretched[3]}) == [("stretched", "state")]
    assert lab.state.stat().st_mode & 0o777 == 0o600

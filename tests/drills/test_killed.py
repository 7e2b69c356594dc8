"""Erasing, forgetting and upgrading, killed at every step: what is left is old or new, and whole.

Whoever runs the same command again gets to the same end as if it had never been killed.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from app.errors import StateRefused
from app.protocol.messages import Answer
from app.storage.forgetting import SqlForgettingStore
from tests.drills.killing import FORGOTTEN, killed_at_every_step
from tests.ingest.examples import PHONES_TOML, House, house, leak, phones
from tests.lifecycle.examples import (
    answer,
    certified,
    erasing,
    events,
    forgetting,
    found_in,
    secrets_of,
    steps,
)
from tests.storage.test_upgrading import check_upgraded, old  # noqa: F401 a fixture

OTHERS = ("0199000004", "0199000299")


@pytest.mark.slow
def test_an_erasure_killed_at_any_step_is_not_begun_or_can_be_finished(tmp_path: Path) -> None:
    """It answers as before or nobody; and the certificate counts what there was at the start.

    Slow, because each of some thirty steps is killed in a process of its own.
    """
    template = tmp_path / "template"
    with house(template) as home:
        home.ingest(leak(60)[0])
        home.ingest(phones(300), PHONES_TOML, dataset="other")
        home.signing_key()
        before, secrets = home.datasets.dataset("demo"), secrets_of(home, "demo")
        answers = home.catalogue()[0].dataset("demo")
    out = tmp_path / "out"
    killed = killed_at_every_step("erase", template, out)
    assert len(killed) > 25
    begun = 0
    for folder in killed:
        with house(folder) as home:
            published = {d.dataset: d for d in home.catalogue()[0].datasets}
            if "demo" in published:
                assert published["demo"] == answers
                assert set(home.ring.names()) >= {f"demo/{s}/1" for s in answers.schemes}
            else:
                begun += 1
            with contextlib.suppress(StateRefused):
                erasing(home).erase("demo", by="somebody else")
            said = certified(home, home.datasets.certificate("demo"))
            erased = said["erased"]
            assert isinstance(erased, dict)
            assert erased["entries"] == before.entries
            assert erased["keys"] == dict.fromkeys(before.entries, 1)
            assert [what for what, of in steps(home) if of == "demo"][-2:] == [
                "erasure started",
                "erased",
            ]
            assert answer(home, OTHERS[0], "other") is Answer.EXPOSED
        assert found_in(folder, secrets) == 0
    assert 0 < begun < len(killed)


def test_a_forgetting_killed_at_any_step_has_or_has_not_happened(tmp_path: Path) -> None:
    """Entry, range, token and event go together."""
    template = tmp_path / "template"
    with house(template) as home:
        home.ingest(phones(300), PHONES_TOML)
        home.signing_key()
    killed = killed_at_every_step("forget", template, tmp_path / "out")
    assert len(killed) > 8
    seen = set()
    for folder in killed:
        with house(folder) as home:
            is_done = _is_forgotten(home)
            seen.add(is_done)
            assert all(answer(home, number) is Answer.EXPOSED for number in OTHERS)
            report = forgetting(home).forget("demo", {"phone": FORGOTTEN}, by="somebody")
            assert bool(report.taken_out) is not is_done
            assert _is_forgotten(home)
    assert seen == {True, False}


def _is_forgotten(home: House) -> bool:
    """Tell whether it has happened, after checking that it did so wholly or not at all."""
    is_exposed = answer(home, FORGOTTEN) is Answer.EXPOSED
    entries = home.rows_in()["Entry"]
    tokens = len(list(SqlForgettingStore(home.engine).tokens()))
    taken_out = [event for event in events(home) if event.what == "forgotten"]
    assert (is_exposed, entries, tokens, bool(taken_out)) in (
        (True, 300, 0, False),
        (False, 299, 1, True),
    )
    return not is_exposed


@pytest.mark.slow
def test_an_upgrade_killed_at_any_step_leaves_the_old_or_the_new_schema(
    old: Path,  # noqa: F811 the fixture
    tmp_path: Path,
) -> None:
    """Slow, because each of some sixty steps is killed in a process of its own."""
    killed = killed_at_every_step("upgrade", old, tmp_path / "out")
    assert len(killed) > 40
    for folder in killed:
        with house(folder) as home:
            check_upgraded(home)

"""How long a server is waited for, told by the pauses and never by a clock."""

from __future__ import annotations

import pytest

from app.checking.patience import PAUSE_SECONDS_MAXIMUM, Patience, PatientServer
from app.errors import ServerRefused, ServerUnreachable, Unavailable
from tests.checking.examples import LocalServer, Watched


def patient(server: LocalServer, watched: Watched, seconds: float) -> PatientServer:
    return PatientServer(server, Patience(seconds, lambda _: False, lambda: 1.0), watched)


def failing(fault: Exception, times: int = 1000) -> LocalServer:
    server = LocalServer(["0199000001"])

    def before(_: str) -> None:
        if len(server.calls) <= times:
            raise fault

    server.before = before
    return server


def test_pauses_grow_to_a_maximum() -> None:
    watched = Watched()
    with pytest.raises(ServerUnreachable):
        patient(failing(ServerUnreachable("cut")), watched, 400).deployment()
    assert watched.waited == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert max(watched.waited) == PAUSE_SECONDS_MAXIMUM


def test_pauses_are_spread() -> None:
    given = {Patience(1, lambda _: False).jitter() for _ in range(100)}
    assert len(given) > 90
    assert all(0.5 <= each <= 1 for each in given)


def test_what_the_server_asks_for_is_waited() -> None:
    watched = Watched()
    fault = ServerRefused("no", status=429, retry_after_seconds=90)
    patient(failing(fault, 2), watched, 400).deployment()
    assert watched.waited == [90, 90]


def test_a_pause_that_is_longer_than_patience_is_not_begun() -> None:
    watched = Watched()
    fault = ServerRefused("no", status=429, retry_after_seconds=86_400)
    with pytest.raises(ServerRefused):
        patient(failing(fault), watched, 400).deployment()
    assert watched.waited == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_what_no_pause_changes_is_not_waited_for(status: int) -> None:
    watched = Watched()
    with pytest.raises(ServerRefused):
        patient(failing(ServerRefused("no", status=status)), watched, 400).deployment()
    assert watched.waited == []


def test_whoever_stood_in_line_gives_up_with_the_first() -> None:
    watched = Watched()
    server = failing(ServerUnreachable("cut"))
    asked = patient(server, watched, 10)
    for _ in range(3):
        with pytest.raises(ServerUnreachable):
            asked.deployment()
    assert watched.waited == [1, 2, 4]


def test_a_run_that_is_ended_while_it_waits_ends() -> None:
    asked = PatientServer(
        failing(ServerUnreachable("cut")), Patience(400, lambda _: True, lambda: 1.0), Watched()
    )
    with pytest.raises(Unavailable, match="ended"):
        asked.deployment()

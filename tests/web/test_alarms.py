"""What an operator has to look at is in the log, once a minute, and says nothing of patients."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

from app.web.alarms import QUOTA_EVENT, REFUSED_EVENT, Alarm
from tests.clients.examples import bearer, issued, new_client
from tests.conftest import Leak
from tests.serving import serving_settings
from tests.web.test_clients import blinded, evaluate


def warnings_in(log: io.StringIO) -> list[dict[str, object]]:
    lines = map(json.loads, log.getvalue().splitlines())
    return [line for line in lines if line["level"] == "warning"]


def test_a_cause_is_told_once_a_minute_and_each_by_itself(captured_log: io.StringIO) -> None:
    now = [0.0]
    alarm = Alarm("an event", clock=lambda: now[0])
    for at, cause in ((0, "a"), (1, "b"), (59, "a"), (60, "a"), (61, "a")):
        now[0] = at
        alarm.sound(cause, client=at)
    assert [line["client"] for line in warnings_in(captured_log)] == [0, 1, 60]


def test_a_client_beyond_its_quota_is_told_of_by_number(
    leak: Leak, tmp_path: Path, captured_log: io.StringIO
) -> None:
    """Blinded or in clear, by each scheme; what it asked is not there, nor who it is."""
    shutil.copytree(leak.data, tmp_path / "data")
    new = new_client(schemes=("nir", "phone"), declared=1, margin_percent=0)
    few = issued(tmp_path / "data", new)
    with serving_settings(leak.settings(data=tmp_path / "data")) as http:
        for _ in range(3):
            assert evaluate(http, few, blinded(0, 2)).status_code == 403
        body = {"scheme": "phone", "phone": "01 99 00 12 34"}
        plain = [
            http.post("/v1/datasets/demo/lookups", json=body, headers=bearer(few)).status_code
            for _ in range(3)
        ]
    assert plain == [200, 403, 403]
    told = [(w["event"], w["client"], w["scheme"], w["dataset"]) for w in warnings_in(captured_log)]
    number = few.client.number
    assert told == [(QUOTA_EVENT, number, each, "demo") for each in ("nir", "phone")]
    assert "Martin" not in captured_log.getvalue()
    # As it was written, and as it is read; fewer digits would be found by chance in an instant.
    for phone in ("01 99 00 12 34", "199001234"):
        assert phone not in captured_log.getvalue()


def test_a_block_whose_credentials_are_not_looked_at_any_more_is_told_of_without_its_name(
    leak: Leak, captured_log: io.StringIO
) -> None:
    with serving_settings(leak.settings(limit_refused="2/hour")) as http:
        refused = [http.get("/v1/client", headers=bearer("x")).status_code for _ in range(5)]
    assert refused == [401, 401, 429, 429, 429]
    (told,) = warnings_in(captured_log)
    assert set(told) == {"event", "level", "timestamp"}
    assert told["event"] == REFUSED_EVENT

"""What a log line may hold: what is named, and nothing else."""

from __future__ import annotations

import io
import json
import logging

import structlog

CANARY = "1850556950048"


def lines(captured_log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in captured_log.getvalue().splitlines()]


def test_an_allowed_key_is_written_and_any_other_dropped(captured_log: io.StringIO) -> None:
    structlog.get_logger().info("request", status=200, nir=CANARY, body={"nir": CANARY}, hit=True)
    (line,) = lines(captured_log)
    assert line["status"] == 200
    assert set(line) == {"event", "level", "timestamp", "status"}


def test_a_librarys_line_is_written_without_its_text_and_values(captured_log: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot read %s", CANARY)
    logging.getLogger("asyncio").error(f"exception was never retrieved: {CANARY}")  # noqa: G004
    assert [line["event"] for line in lines(captured_log)] == ["a library logged something"] * 2
    assert CANARY not in captured_log.getvalue()


def test_of_the_web_servers_lines_the_template_is_kept(captured_log: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Uvicorn running on %s", CANARY)
    (line,) = lines(captured_log)
    assert line["event"] == "Uvicorn running on %s"


def test_an_exception_is_told_by_class_and_place_only(captured_log: io.StringIO) -> None:
    from app.encoding import length_prefixed

    try:
        length_prefixed(CANARY.encode() * 10_000)
    except OverflowError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    (line,) = lines(captured_log)
    assert line["error"] == "OverflowError"
    places = line["at"]
    assert isinstance(places, list)
    assert [str(place).partition(":")[0] for place in places] == ["app/encoding.py"]
    assert CANARY not in captured_log.getvalue()

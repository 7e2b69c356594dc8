"""What a log line may hold: what is named, and nothing else."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.logs import configure_logs

CANARY = "1850556950048"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logs("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_allowed_key_is_written_and_any_other_dropped(stream: io.StringIO) -> None:
    structlog.get_logger().info("request", status=200, nir=CANARY, body={"nir": CANARY}, hit=True)
    (line,) = lines(stream)
    assert line["status"] == 200
    assert set(line) == {"event", "level", "timestamp", "status"}


def test_a_librarys_line_is_written_without_its_text_and_values(stream: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot read %s", CANARY)
    logging.getLogger("asyncio").error(f"exception was never retrieved: {CANARY}")  # noqa: G004
    assert [line["event"] for line in lines(stream)] == ["a library logged something"] * 2
    assert CANARY not in stream.getvalue()


def test_of_the_web_servers_lines_the_template_is_kept(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Uvicorn running on %s", CANARY)
    (line,) = lines(stream)
    assert line["event"] == "Uvicorn running on %s"


def test_an_exception_is_told_by_class_and_place_only(stream: io.StringIO) -> None:
    from app.encoding import length_prefixed

    try:
        length_prefixed(CANARY.encode() * 10_000)
    except OverflowError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    (line,) = lines(stream)
    assert line["error"] == "OverflowError"
    places = line["at"]
    assert isinstance(places, list)
    assert [str(place).partition(":")[0] for place in places] == ["app/encoding.py"]
    assert CANARY not in stream.getvalue()

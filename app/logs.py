"""Structured logs: one JSON object a line, and the one place that decides what may be written.

An allow-list, not a deny-list: a key that is not named here is dropped, whatever it holds. Of an
exception only its class and the places in our code are written, never its text, because library
exceptions quote what they choked on. Of a library's own log lines only those of the web server
are kept, and only their template, without its values.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import structlog

ALLOWED_KEYS = frozenset(
    {
        "timestamp", "level", "event", "logger",
        "method", "route", "status", "duration_ms",
        "index", "dataset",
        # The number by which an operator knows a client, and by which scheme it asked.
        "client", "scheme",
        "error", "at",
    }
)  # fmt: skip

_OWN_FRAMES_MAXIMUM = 8
_HEARD_LIBRARY = "uvicorn.error"
_HOUSE = Path(__file__).parent

Event = MutableMapping[str, Any]


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Send our own events and the libraries' to one stream, standard error by default."""
    target = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _add_time,
            _keep_allowed,
            structlog.processors.JSONRenderer(_dump),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(handlers=[handler], level=max(number, logging.INFO), force=True)


def places_of(error: BaseException) -> list[str]:
    """Return the places in our code that an exception went through, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if Path(f.filename).is_relative_to(_HOUSE)]
    top = _HOUSE.parent
    return [f"{Path(f.filename).relative_to(top).as_posix()}:{f.lineno}" for f in own][
        -_OWN_FRAMES_MAXIMUM:
    ]


def describe_exception(error: BaseException) -> dict[str, object]:
    """Return what a log line may say of an exception: its class, and where it went."""
    return {"error": type(error).__name__, "at": places_of(error)}


def _add_time(_logger: object, _method: str, event: Event) -> Event:
    event["timestamp"] = datetime.now(UTC).isoformat()
    return event


# Made once: `json.dumps` with an option makes an encoder a line.
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def _dump(event: Event, **_options: object) -> str:
    return _ENCODER.encode(event)


def _keep_allowed(_logger: object, _method: str, event: Event) -> Event:
    return {key: value for key, value in event.items() if key in ALLOWED_KEYS}


class _LibraryFormatter(logging.Formatter):
    """Writes what a library logs without any value that it put in."""

    def format(self, record: logging.LogRecord) -> str:
        is_heard = record.name == _HEARD_LIBRARY and isinstance(record.msg, str)
        event: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.msg if is_heard else "a library logged something",
        }
        if record.exc_info and record.exc_info[1] is not None:
            event |= describe_exception(record.exc_info[1])
        return json.dumps(event, ensure_ascii=False)

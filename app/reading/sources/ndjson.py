"""Rows of newline-delimited JSON: one object a line, whose keys are the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.errors import InvalidMapping, InvalidSource
from app.reading.sources.cells import cell_text
from app.reading.sources.encodings import Line, TextStream
from app.reading.sources.rows import LineCounts, Place, Row
from app.reading.sources.settings import NDJSON

NOT_AN_OBJECT = "JSON"
LINE_BYTES_MAXIMUM = 16 * 1024 * 1024
_SAMPLED_LINES = 1000
_NOTHING = object()


class JsonLinesReader:
    """Reads one object a line: implements `rows.RowReader`.

    Objects need not have all keys, so the columns are those that are looked for, and else those
    of the first lines. `a.b` is the key b of the object at a; `a.0` is the first of the list at a.

    Args:
        text: the source.
        wanted: the columns that are looked for; empty when that is not known.
        place: after which row to go on, if not from the beginning.
        counts: what became of the lines up to there.
    """

    share_done = None

    def __init__(
        self,
        text: TextStream,
        wanted: Sequence[str] = (),
        place: Place | None = None,
        counts: LineCounts | None = None,
    ) -> None:
        self._text = text
        self.header: Sequence[str] = list(wanted) or _sampled_columns(text)
        self._paths = [(name, name.split(".")) for name in self.header]
        self.found: Mapping[str, str] = {"format": NDJSON}
        self.counts = counts or LineCounts()
        self._seen = set(place["seen"]) if place else set[int]()
        start = (place["offset"], place["line"]) if place else (text.start, 0)
        self._last = Line(start[1], "", is_replaced=False, end=start[0])

    def rows(self) -> Iterator[Row]:
        """Yield the rows, once.

        Raises:
            InvalidMapping: a column that is looked for is in none of them.
        """
        lines = self._text.lines(self._last.end, self._last.number, LINE_BYTES_MAXIMUM)
        for line in lines:
            self._last = line
            self.counts.total += 1
            if not line.text or line.text.isspace():
                self.counts.blank += 1
                continue
            found = parse_object(line.text)
            if found is None:
                self.counts.rejected += 1
                yield Row(line.number, None, NOT_AN_OBJECT)
            else:
                self.counts.rows += 1
                self.counts.replaced += line.is_replaced
                yield Row(line.number, self._values(found))
        self._check_seen()

    def place(self) -> Place:
        """Return where the row ends that was yielded last."""
        return {"offset": self._last.end, "line": self._last.number, "seen": sorted(self._seen)}

    def close(self) -> None:
        """Nothing is at work in the background."""

    @property
    def offset(self) -> int:
        """How many bytes of the text the rows so far made up."""
        return self._last.end

    def _values(self, found: Mapping[str, Any]) -> list[str]:
        values = []
        for position, (name, path) in enumerate(self._paths):
            value = found[name] if name in found else _at(found, path)
            if value is _NOTHING:
                value = None
            else:
                self._seen.add(position)
            values.append(value if isinstance(value, str) else cell_text(value))
        return values

    def _check_seen(self) -> None:
        """A column that no line has is a mistake in the mapping, and would lose what it is for."""
        for position, name in enumerate(self.header):
            if position not in self._seen and self.counts.rows:
                raise InvalidMapping(
                    f"the column {name!r} of the mapping is in no line of the source",
                    hint="correct its name in the mapping, or leave it out",
                )


def parse_object(text: str) -> dict[str, Any] | None:
    """Return the object that a line is, with every number as it is written; or None.

    An object that has a key twice is none: which of the two is meant would be a guess.
    """
    try:
        found = json.loads(
            text,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"JSON has no {constant}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in an object")
    return made


def _at(value: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path of keys and places, if anything does."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step, _NOTHING)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _NOTHING
    return value


def _sampled_columns(text: TextStream) -> list[str]:
    columns: dict[str, None] = {}
    for line in text.sample_lines():
        if line.number > _SAMPLED_LINES:
            break
        columns |= dict.fromkeys(_names(parse_object(line.text) or {}))
    if not columns:
        raise InvalidSource(
            "no line at the beginning of the source is a JSON object",
            hint="one object a line is what is read; jq -c '.[]' makes that of a list",
        )
    return list(columns)


def _names(found: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _names(value, f"{before}{key}.")
        elif isinstance(value, list):
            yield from (f"{before}{key}.{place}" for place, _ in enumerate(value))
        else:
            yield before + key

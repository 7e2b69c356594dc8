"""The map of the départements: outlines of others, under their licence; those overseas as squares.

`departments.json` says whose the outlines are, under which licence, and what was changed in them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.scope.places import DEPARTMENTS
from app.scope.showing.figures import Figure

OUTLINES: Final = Path(__file__).parent / "departments.json"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
WIDTH: Final = 1226
HEIGHT: Final = 1330
_SQUARE: Final = 110
_GAP: Final = 30
_SQUARES_TOP: Final = 1200
_OVERSEAS: Final = tuple(code for code in DEPARTMENTS if len(code) > 2)


@dataclass(frozen=True, slots=True)
class Shape:
    """One département on the map.

    Args:
        code: as in the report.
        name: for people.
        outline: an SVG path.
        centre: where its code is written.
        level: its colour, 0 where there is no number.
        shown: the number, or that there is none.
    """

    code: str
    name: str
    outline: str
    centre: tuple[int, int]
    level: int
    shown: str


def shapes_of(figure: Figure, nothing: str) -> Sequence[Shape]:
    """Return the map of a figure.

    Args:
        figure: of the table of départements.
        nothing: what is said of a département without a number.
    """
    lines = {line.value: line for line in figure.lines}
    found = []
    for code, (outline, centre) in _places().items():
        line = lines.get(code)
        shown = nothing if line is None or line.people is None else line.shown
        level = 0 if line is None else line.level
        found.append(Shape(code, DEPARTMENTS[code], outline, centre, level, shown))
    # What has a number is drawn last, so that its edge is not drawn over.
    return sorted(found, key=lambda shape: shape.level > 0)


@cache
def _places() -> Mapping[str, tuple[str, tuple[int, int]]]:
    document: Mapping[str, Any] = json.loads(OUTLINES.read_text(encoding="utf-8"))
    found = {
        code: (each["outline"], (each["centre"][0], each["centre"][1]))
        for code, each in document["departments"].items()
    }
    for place, code in enumerate(_OVERSEAS):
        left = _GAP + place * (_SQUARE + _GAP)
        outline = f"M{left} {_SQUARES_TOP}h{_SQUARE}v{_SQUARE}h-{_SQUARE}z"
        found[code] = (outline, (left + _SQUARE // 2, _SQUARES_TOP + _SQUARE // 2))
    return found

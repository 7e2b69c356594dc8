"""The style of a shown report: every text on every colour it can stand on, in both schemes."""

from __future__ import annotations

import re

import pytest

from app.scope.showing.figures import LEVELS
from app.scope.showing.html import STYLE
from app.scope.showing.pdf import _MAP_STYLE

CSS = STYLE.read_text(encoding="utf-8")
# WCAG 2.2, 1.4.3 for text, 1.4.11 for what a drawing is made of.
TEXT, DRAWING = 4.5, 3.0


def schemes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r"\{([^{}]*--s-paper:[^{}]*)\}", CSS)
    light, dark, print_ = (dict(re.findall(r"--s-([\w-]+): (#\w{6});", b)) for b in blocks)
    return {"light": light, "dark": dark, "print": light | print_}


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_is_legible_where_it_stands(scheme: str) -> None:
    colours = schemes()[scheme]
    for level in range(LEVELS + 1):
        on = colours["on-high" if level > 3 else "on-low"]
        assert contrast(on, colours[str(level)]) >= TEXT, level
    for name in ("ink", "soft", "accent"):
        assert contrast(colours[name], colours["paper"]) >= TEXT, name


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_bars_and_edges_are_seen_and_levels_grow_apart_from_the_paper(scheme: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours["accent"], colours["paper"]) >= DRAWING
    assert contrast(colours["ink"], colours["0"]) >= DRAWING
    apart = [contrast(colours[str(level)], colours["paper"]) for level in range(1, LEVELS + 1)]
    assert apart == sorted(apart)
    assert len(set(apart)) == LEVELS


def test_the_map_on_paper_is_legible() -> None:
    fills = dict(re.findall(r"\.level-(\d)\{fill:(#\w{6})\}", _MAP_STYLE))
    assert len(fills) == LEVELS + 1
    for level, fill in fills.items():
        assert contrast("#ffffff" if int(level) > 3 else "#16242b", fill) >= TEXT


def test_it_loads_nothing() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS

"""The machine in one line, and the figures in one table."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from scripts.benches.measuring import Figure, Unit, cores

_HEADER = ("figure over floor", "figure", "floor", "ratio", "min–max", "target", "")
_CPU_FACTS = Path("/proc/cpuinfo")


def machine() -> str:
    """Return what there is to know about the machine."""
    load = os.getloadavg()[0]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (
        f"{cores()} cores of {_processor()}, {platform.system()}, {python}, load {load:.2f} before"
    )


def _processor() -> str:
    if _CPU_FACTS.exists():
        for line in _CPU_FACTS.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def render(figures: Sequence[Figure]) -> str:
    """Return the table: names to the left, numbers to the right."""
    rows = [_HEADER, *(_row(figure) for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 0 < place < len(row) - 1 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    # Of a median over several, the very pair it came from is shown, so that the line adds up.
    shown = min(figure.pairs, key=lambda pair: abs(pair.ratio - figure.ratio))
    ratios = sorted(pair.ratio for pair in figure.pairs)
    target = figure.target
    return (
        figure.name,
        in_unit(shown.figure, figure.unit),
        in_unit(shown.floor, figure.unit),
        f"{figure.ratio:.3f}",
        f"{ratios[0]:.3f}–{ratios[-1]:.3f}" if len(ratios) > 1 else "",
        "" if target is None else str(target),
        "" if target is None else "met" if target.is_met(figure.ratio) else "NOT MET",
    )


def in_unit(value: float, unit: Unit) -> str:
    """Write a number so that three digits of it can be read."""
    if unit is Unit.MIB:
        return f"{value:,.0f} MiB"
    if unit is Unit.KILOBYTES:
        return f"{value:,.1f} kB"
    if unit is Unit.PER_SECOND:
        return f"{value:,.1f} /s"
    if value < 1e-3:
        return f"{value * 1e6:.1f} µs"
    return f"{value * 1e3:.2f} ms" if value < 1 else f"{value:.2f} s"

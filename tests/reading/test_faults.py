"""Each fault file has the outcome that its table says, and nothing of a refused one is left."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.errors import InvalidInput
from app.ingest.pipeline import IngestReport
from app.reading.rejects import RejectLimit
from tests.ingest.examples import PHONES_TOML, House, house

FOLDER = Path(__file__).parent / "faults"
LINE = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| (?:`([^`]+)`)? ?\| `([^`]+)` \|$", re.MULTILINE)
ALL = RejectLimit.parse("100%")


@dataclass(frozen=True)
class Fault:
    """A line of the table: a file, what a mapping says about it, and its outcome."""

    name: str
    source: str
    outcome: str


def faults() -> list[Fault]:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    return [Fault(name, source, outcome) for name, _, source, outcome in LINE.findall(text)]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "data") as opened:
        yield opened


def test_every_file_is_in_the_table_and_every_line_has_a_file() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.suffix not in (".py", ".md")}
    assert sorted(fault.name for fault in faults()) == sorted(files - {"__pycache__"})


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_the_outcome_is_as_the_table_says(home: House, fault: Fault) -> None:
    """All rows but the rejects are found again; a refused source leaves nothing."""
    outcome = outcome_of(home, fault)
    assert outcome == fault.outcome
    assert "MARTIN" not in outcome


def outcome_of(home: House, fault: Fault) -> str:
    """Ingest a file, and return its outcome as the table has it."""
    mapping = f"[source]\n{fault.source}\n{PHONES_TOML}"
    path = FOLDER / fault.name
    with path.open("rb") as stream:
        try:
            report = home.ingest(stream, mapping, max_rejects=ALL)
        except InvalidInput as refusal:
            home.check_empty()
            return f"refused: {refusal.message}"
    # In these files, everybody has a telephone number of their own.
    assert report.entries["phone"] == report.source.counts.used
    assert report.source.size_bytes == path.stat().st_size
    assert report.source.sha256 == hashlib.sha256(path.read_bytes()).digest()
    return told(report, is_dump=path.suffix == ".sql")


def told(report: IngestReport, *, is_dump: bool) -> str:
    """Return what was read as the table has it."""
    counts, lines = report.source.counts, report.lines
    assert counts.rows == counts.used + counts.rejected
    parts = [f"{counts.used} used"]
    for reason, numbers in counts.reject_lines.items():
        parts.append(f"{reason} at {', '.join(map(str, numbers))}")
    if repaired := lines.unquoted + lines.replaced:
        parts.append(f"{repaired} repaired")
    if lines.header > 1 and not is_dump:
        parts.append(f"{lines.header} name columns")
    return "; ".join(parts)
